/** What a group may have missed of one partition, and what it has not: by ids, from outside. */
export class TopicModel {
  /** Offsets of records that a reader can see. */
  readonly #visible: number[] = [];
  readonly #finished = new Set<number>();
  readonly #excused = new Set<number>();
  #beginning = 0;
  #checked = 0;
  #committed: number | undefined;

  /** What the group has committed, as it was seen last. */
  get committed(): number | undefined {
    return this.#committed;
  }

  appended(offset: number): void {
    this.#visible.push(offset);
  }

  /** Compaction: nobody has to process it any more. */
  compacted(offset: number): void {
    this.#excused.add(offset);
  }

  /** Retention: nobody can read what is below any more. */
  truncated(before: number): void {
    this.#beginning = Math.max(this.#beginning, before);
  }

  /** A message was processed or skipped, by any consumer. */
  finished(offset: number): void {
    this.#finished.add(offset);
  }

  /** A consumer begins here; says what is wrong with that. */
  begins(position: number, reset: "earliest" | "latest" | "none"): string | undefined {
    const committed = this.#committed;
    if (committed !== undefined && position < committed) {
      return `begins at ${position}, committed is ${committed}`;
    }
    if (committed === undefined || position > committed) {
      if (committed !== undefined && this.#beginning <= committed) {
        return `begins at ${position}, committed is ${committed}, and the log still holds that`;
      }
      if (reset !== "latest" && position > this.#beginning) {
        return `begins at ${position} though the log begins at ${this.#beginning}`;
      }
      for (const offset of this.#visible) if (offset < position) this.#excused.add(offset);
    }
    return undefined;
  }

  /** The group has accepted a commit; says what is wrong with that. */
  accepted(offset: number): string | undefined {
    if (this.#committed !== undefined && offset < this.#committed) {
      return `the group's offset moved back from ${this.#committed} to ${offset}`;
    }
    this.#committed = offset;
    const missed = this.missed(offset);
    return missed === undefined ? undefined : `${offset} was committed, and ${missed} was never finished`;
  }

  /** The first record below an offset that was never finished though it could have been; `Infinity` asks for all. */
  missed(below: number): number | undefined {
    for (; this.#checked < this.#visible.length; this.#checked++) {
      const offset = this.#visible[this.#checked] as number;
      if (offset >= below) return undefined;
      const gone = offset < this.#beginning || this.#excused.has(offset);
      if (!gone && !this.#finished.has(offset)) return offset;
    }
    return undefined;
  }
}
