import type { Logger } from "../core/logger.ts";
import type { ConnectionConfig } from "./connection.ts";
import type { ProducerSession } from "./producer_session.ts";

export type { OutgoingRecord, ProducerSession, SentRecord } from "./producer_session.ts";

/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as it lies in the log: bytes, undecoded. */
export interface RawRecord {
  /** Its place in the partition. */
  readonly offset: bigint;
  /** Unix time in milliseconds; -1 where the broker has none. */
  readonly timestamp: number;
  /** Null where the record has none. */
  readonly key: Uint8Array | null;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
  /** All pairs in their order; a name may come twice. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
}

/**
 * A partition that was given to this consumer, once. A partition that comes back after it was lost is a new assignment
 * with a new epoch; what belongs to an older epoch must not be committed.
 */
export interface Assignment extends TopicPartition {
  /** Grows with every assignment in this process. */
  readonly epoch: number;
  /** Offset of the first record that will be delivered. */
  readonly position: bigint;
  /** What the group had committed, or null where it had committed nothing. */
  readonly committed: bigint | null;
}

/** Records of one partition, in the order of their offsets; possibly none, where only gaps were read. */
export interface FetchedRecords extends TopicPartition {
  readonly epoch: number;
  readonly records: readonly RawRecord[];
  /** Offset after everything that was read, skipped records (markers, aborted, compacted) included. */
  readonly nextOffset: bigint;
  /** The last stable offset: records below it exist and can be read. */
  readonly endOffset: bigint;
}

/** A low mark to commit: the first offset that is not done. */
export interface OffsetCommit extends TopicPartition {
  readonly epoch: number;
  readonly offset: bigint;
}

/** Why partitions were taken away. */
export type LostReason =
  /** The group redistributes its partitions. */
  | "rebalance"
  /** The group dropped this member: another consumer may already have its partitions. */
  | "member_lost"
  /** The position does not exist any more; a new assignment follows. */
  | "out_of_range"
  /** The session is closing. */
  | "closed";

/** What a consumer session tells. All but `revoking` are called and forgotten; they must not throw. */
export interface ConsumerEvents {
  /** Partitions were given to this consumer; their records follow. */
  assigned(partitions: readonly Assignment[]): void;
  /** Records arrived. The receiver queues them, and pauses the partition when it has enough. */
  records(fetched: FetchedRecords): void;
  /**
   * A rebalance begins: the last moment to commit in the old generation. The driver waits for the promise, and bounds
   * the wait by {@link ConsumerOptions.revokeTimeoutMs}. Not called where the member was lost already.
   */
  revoking(partitions: readonly Assignment[]): Promise<void>;
  /** The assignments have ended: nothing of them may be committed any more. */
  lost(partitions: readonly Assignment[], reason: LostReason): void;
  /** The session is over, by an error that it could not mend. Nothing follows. */
  crashed(error: Error): void;
  /** The brokers count as out of reach from now on: what failed has failed more than now and then. */
  outageBegan?(why: string): void;
  /** They answer again, after so many milliseconds. */
  outageOver?(ms: number): void;
}

/**
 * A step of a session's own that is under way, for whoever watches that it moves: one that neither succeeds nor fails is
 * stuck. A commit is none, since who asks for it can see that itself.
 */
export interface SessionStep {
  /** Which of the session's steps it is: the same as long as it is the same. */
  readonly id: string;
  readonly step: "connect" | "join" | "fetch";
  /** In words, such as `the answer of broker 2 for orders[0,3]`. */
  readonly waitsFor: string;
  /** Another number whenever it moved: an answer came, or a failure that the log tells of where it lasts. */
  readonly moves: number;
}

/** How to consume. All times in milliseconds, all sizes in bytes. */
export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to begin a partition for which the group has committed nothing. */
  readonly autoOffsetReset: "earliest" | "latest" | "none";
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** How long the group waits for its members in a rebalance. */
  readonly rebalanceTimeoutMs: number;
  /** Bound of {@link ConsumerEvents.revoking}. */
  readonly revokeTimeoutMs: number;
  /** How long the brokers may be out of reach before the session crashes with an `UnavailableError`. */
  readonly recoveryTimeoutMs: number;
  readonly log: Logger;
}

/** A member of a consumer group. */
export interface ConsumerSession {
  /**
   * Commits low marks, in one request. Commits of lost assignments are dropped. Rejects with a {@link PartitionsLostError}
   * when the group refuses this member, with an `UnavailableError` when the outcome is unknown and it may be tried again,
   * with a `ConfigurationError` when the group may not be used.
   */
  commit(offsets: readonly OffsetCommit[]): Promise<void>;
  /** Stops fetching a partition; records on their way still arrive. Ignored for a lost assignment. */
  pause(partition: TopicPartition): void;
  /** Goes on fetching. */
  resume(partition: TopicPartition): void;
  /** What it waits for now; nothing where it is a member without partitions, or all of them are paused. */
  underWay(): readonly SessionStep[];
  /** Why the brokers count as out of reach now, in one line; undefined where they do not. */
  readonly outage: string | undefined;
  /** Leaves the group and closes the connections, within five seconds. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** The group does not accept this member any more: what it was working on comes again elsewhere. */
export class PartitionsLostError extends Error {
  override readonly name = "PartitionsLostError";
}

/** A topic, as far as somebody who sends to it wants to know it. */
export interface TopicDetails {
  readonly partitions: number;
  /** The largest batch of records that it takes, in bytes, after compression; undefined where the user may not know it. */
  readonly maxMessageBytes: number | undefined;
  /** How long records are kept, in milliseconds; -1 is for ever; undefined where the user may not know it. */
  readonly retentionMs: number | undefined;
  /** Whether records are lost that a later one of their key takes the place of. */
  readonly isCompacted: boolean;
}

/** The one door to Kafka. The kafkajs driver and the memory driver pass the same contract tests. */
export interface KafkaDriver {
  /** It talks to no other machine: certificates are not read, because nobody would look at them. */
  readonly isInMemory?: boolean;
  /**
   * Names of all topics. Rejects within `timeoutMs`, saying why there is no connection and what to do. While it waits for
   * brokers that are not there yet, the log says so.
   */
  listTopics(connection: ConnectionConfig, timeoutMs: number, log?: Logger): Promise<readonly string[]>;
  /**
   * Looks topics up by name; those that are not there, or are hidden from the user, are not in the answer. Creates none.
   * Rejects within `timeoutMs`, as `listTopics` does.
   */
  describeTopics(
    connection: ConnectionConfig,
    topics: readonly string[],
    timeoutMs: number,
    log?: Logger,
  ): Promise<ReadonlyMap<string, TopicDetails>>;
  /** Joins a group; resolves when the session has been set up, before the first assignment. */
  consume(
    connection: ConnectionConfig,
    options: ConsumerOptions,
    events: ConsumerEvents,
  ): Promise<ConsumerSession>;
  /** Opens a producer. */
  produce(connection: ConnectionConfig, log: Logger): Promise<ProducerSession>;
}
