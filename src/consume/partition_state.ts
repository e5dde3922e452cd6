import type { Assignment, FetchedRecords, OffsetCommit, RawRecord } from "../kafka/driver.ts";
import type { PartitionVitals } from "../core/vitals.ts";
import { OffsetLedger } from "./offset_ledger.ts";

/** Queued records above which a partition is paused: more would only cost memory. */
const PAUSE_ABOVE = 500;
/** Bytes that may be queued in all partitions together; each has its share, and at least {@link LEAST_BYTES}. */
const QUEUED_BYTES = 64 * 1024 * 1024;
const LEAST_BYTES = 1024 * 1024;

/** One assignment of a partition: its ledger, and how much of it waits here. */
export class PartitionState {
  readonly assignment: Assignment;
  readonly ledger: OffsetLedger;
  /** No more work is handed out: a rebalance began, or the assignment has ended. */
  revoked = false;
  /** The assignment has ended: nothing of it may be committed. */
  lost = false;
  #queued = 0;
  #queuedBytes = 0;
  #finished = 0;
  #paused = false;
  #end: bigint | undefined;

  constructor(assignment: Assignment) {
    this.assignment = assignment;
    this.ledger = new OffsetLedger(assignment.position);
    if (assignment.committed !== null) this.ledger.committed(assignment.committed);
  }

  /** `orders[0]`. */
  get name(): string {
    return `${this.assignment.topic}[${this.assignment.partition}]`;
  }

  /** Takes note of a fetch; returns its bytes of keys and values. */
  fetched(batch: FetchedRecords): number {
    for (const record of batch.records) this.ledger.track(record.offset);
    this.ledger.advance(batch.nextOffset);
    this.#queued += batch.records.length;
    let bytes = 0;
    for (const record of batch.records) bytes += sizeOf(record);
    this.#queuedBytes += bytes;
    this.#end = batch.endOffset;
    return bytes;
  }

  /** A queued record was handed out. */
  handedOut(record: RawRecord): void {
    this.#queued--;
    this.#queuedBytes -= sizeOf(record);
  }

  /** A record is done. */
  finish(offset: bigint): void {
    if (this.ledger.finish(offset)) this.#finished++;
  }

  /** The group accepted an offset. */
  committed(offset: bigint): void {
    this.ledger.committed(offset);
    this.#finished = 0;
  }

  /** Messages that are finished and not committed; at least one where only gaps moved the position. */
  get pending(): number {
    return this.commit === undefined ? 0 : Math.max(this.#finished, 1);
  }

  /**
   * Whether fetching should change now: `pause`, `resume` at half of the bounds (enough to work on while the next fetch is
   * under way), or neither.
   *
   * @param partitions How many partitions share the memory.
   */
  flow(partitions: number): "pause" | "resume" | undefined {
    const bytes = Math.max(LEAST_BYTES, QUEUED_BYTES / partitions);
    if (!this.#paused && (this.#queued > PAUSE_ABOVE || this.#queuedBytes > bytes)) {
      this.#paused = true;
      return "pause";
    }
    if (this.#paused && this.#queued < PAUSE_ABOVE / 2 && this.#queuedBytes <= bytes / 2) {
      this.#paused = false;
      return "resume";
    }
    return undefined;
  }

  /** Whether fetching has stopped although nothing of it waits here: somebody has forgotten to go on. */
  get isStarved(): boolean {
    return this.#paused && this.#queued === 0 && !this.revoked;
  }

  /** What may be committed now, if it is more than was committed. */
  get commit(): OffsetCommit | undefined {
    const offset = this.ledger.toCommit;
    if (offset === undefined) return undefined;
    const { topic, partition, epoch } = this.assignment;
    return { topic, partition, epoch, offset };
  }

  /** Records below the last stable offset that are not done, as far as it is known. */
  get lag(): bigint {
    const lag = (this.#end ?? this.assignment.position) - this.ledger.lowMark;
    return lag > 0n ? lag : 0n;
  }

  /** How it is now. */
  get vitals(): PartitionVitals {
    const { topic, partition } = this.assignment;
    const { position, lastCommitted: committed = null } = this.ledger;
    const [end, lag, queued] = [this.#end, this.lag, this.#queued];
    return { topic, partition, position, committed, end, lag, queued };
  }
}

function sizeOf({ key, value }: RawRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
