/**
 * What was read of one assignment and what of it is done; from that, the offset that may be committed.
 *
 * It keeps the offsets that are not done rather than ranges of those that are, so gaps (compacted topics, transaction
 * markers) need no care. Pure: no clock, no await.
 */
export class OffsetLedger {
  readonly #unfinished = new Set<bigint>();
  /**
   * What was tracked, in ascending order, from `#head` on; those before the first that is open are passed for good. The
   * set alone knows the first as well, but looks for it among all that were deleted.
   */
  #order: bigint[] = [];
  #head = 0;
  #position: bigint;
  #committed: bigint | undefined;

  /** @param position Offset of the first record that will be read. */
  constructor(position: bigint) {
    this.#position = position;
  }

  /** A record was read and is not done. Offsets come in ascending order. */
  track(offset: bigint): void {
    if (offset < this.#position) {
      throw new RangeError(`Cannot track offset ${offset}: ${this.#position} was read already`);
    }
    this.#unfinished.add(offset);
    this.#order.push(offset);
    this.#position = offset + 1n;
  }

  /** Everything below `position` was read or skipped. Never moves back. */
  advance(position: bigint): void {
    if (position > this.#position) this.#position = position;
  }

  /** A record is done: processed, or skipped by the error policy. Returns false where it was not open. */
  finish(offset: bigint): boolean {
    return this.#unfinished.delete(offset);
  }

  /** The first offset that is not done; where all are done, the position after the last that was read or skipped. */
  get lowMark(): bigint {
    let lowest = this.#order[this.#head];
    while (lowest !== undefined && !this.#unfinished.has(lowest)) lowest = this.#order[++this.#head];
    if (this.#head > 1024 && this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
    return lowest ?? this.#position;
  }

  /** How many records were read and are not done. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** Offset after what was read or skipped. */
  get position(): bigint {
    return this.#position;
  }

  /** What the group accepted last; undefined where that is nothing. */
  get lastCommitted(): bigint | undefined {
    return this.#committed;
  }

  /** The low mark if it is beyond what was committed, else undefined. Where nothing was read, there is nothing to commit. */
  get toCommit(): bigint | undefined {
    const mark = this.lowMark;
    return this.#committed === undefined || mark > this.#committed ? mark : undefined;
  }

  /** The group has accepted an offset. Never moves back within an assignment. */
  committed(offset: bigint): void {
    if (this.#committed === undefined || offset > this.#committed) this.#committed = offset;
  }
}
