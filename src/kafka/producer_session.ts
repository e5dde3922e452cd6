import type { TopicPartition } from "./driver.ts";

/** A record to send. A null key spreads records over the partitions; a null value is a tombstone. */
export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
  /** Chosen by the key, as Java's client does, where it is not given. */
  readonly partition?: number;
}

/** Where a record was written. */
export interface SentRecord extends TopicPartition {
  readonly offset: bigint;
}

/** A producer of one connection. */
export interface ProducerSession {
  /**
   * Sends records in one request a partition and waits for all in-sync replicas. Rejects with a `PermanentError` where a
   * record itself is refused (too large), with an `UnavailableError` where the brokers did not acknowledge within
   * `timeoutMs`: the outcome is then unknown.
   */
  send(topic: string, records: readonly OutgoingRecord[], timeoutMs: number): Promise<readonly SentRecord[]>;
  /** Waits for what is under way, then disconnects, within five seconds. Idempotent; never rejects. */
  close(): Promise<void>;
}
