import type { RawRecord } from "../driver.ts";

/** A record as it is appended; its offset comes from the log. */
export type NewRecord = Omit<RawRecord, "offset">;

/** The log of one partition: records and gaps, by offset. */
export class PartitionLog {
  /** From `#beginning` on; undefined is an offset that readers never see. */
  #entries: (RawRecord | undefined)[] = [];
  #beginning = 0n;
  readonly #watchers = new Set<() => void>();

  /** The first offset that is still there. */
  get beginning(): bigint {
    return this.#beginning;
  }

  /** The offset of the next record: there are no open transactions here, so it is the last stable offset too. */
  get end(): bigint {
    return this.#beginning + BigInt(this.#entries.length);
  }

  /** The records that are still there. */
  get records(): readonly RawRecord[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  /** Appends a record and returns its offset. */
  append(record: NewRecord): bigint {
    const offset = this.end;
    this.#entries.push({ ...record, offset });
    this.#changed();
    return offset;
  }

  /** Appends offsets that no reader sees, as the markers of transactions and aborted records are. */
  appendGap(count: number): void {
    for (let i = 0; i < count; i++) this.#entries.push(undefined);
    this.#changed();
  }

  /** Takes one record away and leaves a gap, as compaction does. */
  compact(offset: bigint): void {
    const index = Number(offset - this.#beginning);
    if (index >= 0 && index < this.#entries.length) this.#entries[index] = undefined;
  }

  /** Takes away everything before an offset, as retention does. */
  truncate(before: bigint): void {
    const count = Number(before - this.#beginning);
    if (count <= 0) return;
    if (before > this.end) throw new RangeError(`Cannot truncate to ${before}: the log ends at ${this.end}`);
    this.#entries = this.#entries.slice(count);
    this.#beginning = before;
    this.#changed();
  }

  /** Whether a reader can stand there. */
  holds(position: bigint): boolean {
    return position >= this.#beginning && position <= this.end;
  }

  /** Up to `max` offsets from a position on; `nextOffset` passes the gaps among them. */
  read(position: bigint, max: number): { records: readonly RawRecord[]; nextOffset: bigint } {
    const from = Number(position - this.#beginning);
    const entries = this.#entries.slice(from, from + max);
    return {
      records: entries.filter((entry) => entry !== undefined),
      nextOffset: position + BigInt(entries.length),
    };
  }

  /** Calls back after every change; call what is returned to stop that. */
  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => void this.#watchers.delete(callback);
  }

  #changed(): void {
    for (const callback of this.#watchers) callback();
  }
}
