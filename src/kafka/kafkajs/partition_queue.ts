import type { Buffer } from "node:buffer";
import type { Entry } from "./delivery.ts";
import type { BatchIdentity } from "./record_batch.ts";

/** Records that go to a partition together, the same ones at every attempt. */
export interface Batch {
  readonly queue: PartitionQueue;
  readonly entries: readonly Entry[];
  /** Of the attempts since then each was answered that the topic is unknown, by the clock of the sender. */
  unknownSince: number | undefined;
  /** As it was first sent: a repeated batch must not differ in a byte. Made anew under a new identity. */
  encoded: { readonly bytes: Buffer; readonly identity: BatchIdentity } | undefined;
  /** An attempt ended without an answer: it may have been written. */
  uncertain: boolean;
}

/**
 * What waits for one partition. At most one batch is under way, so that order and numbering hold whatever is repeated.
 */
export class PartitionQueue {
  #waiting: Entry[] = [];
  #batch: Batch | undefined;
  /** Fewer records a batch, after one that was refused: it is halved until the record at fault stands alone. */
  #limit = Infinity;
  /** Number of the next record, and of whose numbering. */
  #sequence = 0;
  #numbering: unknown;

  constructor(readonly topic: string, readonly partition: number) {}

  /** Its batch is with a broker, or is being made. */
  busy = false;

  add(entry: Entry): void {
    this.#waiting.push(entry);
  }

  get isEmpty(): boolean {
    return this.#batch === undefined && this.#waiting.length === 0;
  }

  /** The batch to send: the one to repeat, or a new one of at most `maxBytes`; undefined where nobody waits any more. */
  next(maxBytes: number): Batch | undefined {
    if (this.#batch !== undefined) return this.#batch;
    const entries: Entry[] = [];
    let bytes = 0;
    while (entries.length < this.#limit) {
      const entry = this.#waiting[0];
      if (entry === undefined) break;
      if (!entry.delivery.isSettled) {
        if (entries.length > 0 && bytes + entry.bytes > maxBytes) break;
        bytes += entry.bytes;
        entries.push(entry);
      }
      this.#waiting.shift();
    }
    if (entries.length === 0) return undefined;
    return this.#batch = {
      queue: this,
      entries,
      unknownSince: undefined,
      encoded: undefined,
      uncertain: false,
    };
  }

  /** The number of the batch's first record in this numbering, a new one of which begins at 0. */
  sequenceIn(numbering: unknown): number {
    if (this.#numbering !== numbering) {
      this.#numbering = numbering;
      this.#sequence = 0;
    }
    return this.#sequence;
  }

  /** The batch was written. */
  done(batch: Batch): void {
    this.#batch = undefined;
    this.#limit *= 2;
    if (batch.encoded?.identity.producerId === -1n) return;
    this.#sequence = (this.#sequence + batch.entries.length) % 2 ** 31;
  }

  /** The batch will not be written: its number is free again. */
  drop(): void {
    this.#batch = undefined;
    this.#limit = Infinity;
  }

  /** The batch was refused as a whole: its records are sent in smaller ones. */
  split({ entries }: Batch): void {
    this.#batch = undefined;
    this.#limit = Math.ceil(entries.length / 2);
    this.#waiting = [...entries, ...this.#waiting]; // as arguments of a call they may be too many
  }
}
