import type { Logger } from "../core/logger.ts";
import type { ConnectionConfig } from "./connection.ts";
import type { FetchedRecords, TopicPartition } from "./driver.ts";

/** A topic, as it is listed. */
export interface TopicInfo {
  readonly name: string;
  /** Numbers of its partitions, ascending. */
  readonly partitions: readonly number[];
  /** Kafka's own, such as `__consumer_offsets`. */
  readonly isInternal: boolean;
}

/** Where the log of a partition begins and ends. */
export interface PartitionBounds {
  /** Offset of the first record that is still there. */
  readonly beginning: bigint;
  /** The last stable offset: records below it can be read. */
  readonly end: bigint;
}

/** A member of a group, as its coordinator sees it. */
export interface GroupMemberInfo {
  readonly memberId: string;
  readonly clientId: string;
  /** Address that it connected from. */
  readonly host: string;
  readonly partitions: readonly TopicPartition[];
}

/** A consumer group. */
export interface GroupInfo {
  readonly groupId: string;
  /** Kafka's word: `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty` (no members), `Dead` (there is no such group). */
  readonly state: string;
  /** None where the group is not active. */
  readonly members: readonly GroupMemberInfo[];
}

/** An offset of a partition that a group has committed, or is to have. */
export interface GroupOffset extends TopicPartition {
  /** Of the first record that the group has not done. */
  readonly offset: bigint;
}

/** Records of one partition that were read without a group. */
export type PeekedRecords = Omit<FetchedRecords, "epoch">;

/**
 * What people do with a Kafka besides running jobs: look at topics and groups, move an inactive group, read records
 * without a group. Whatever takes longer than the session's `timeoutMs` rejects with an `UnavailableError`; what is not
 * there or not allowed is a `ConfigurationError`.
 */
export interface KafkaAdmin {
  /** All topics that the user may see, by name. */
  topics(): Promise<readonly TopicInfo[]>;
  /** Beginning and end of all partitions of a topic, by partition. */
  bounds(topic: string): Promise<ReadonlyMap<number, PartitionBounds>>;
  /** The first offset at or after a Unix time in milliseconds, by partition; the end where there is none so late. */
  offsetsAt(topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>>;
  /** Ids of all consumer groups that the user may see, ascending. */
  groups(): Promise<readonly string[]>;
  /** One group; `Dead` where there is none of that id. */
  group(groupId: string): Promise<GroupInfo>;
  /** All that a group has committed, by topic and partition. */
  committed(groupId: string): Promise<readonly GroupOffset[]>;
  /**
   * Commits offsets for a group without members. Rejects with an `UnavailableError` while there are members, which this
   * looks for first, and the broker refuses too. A group that is not there comes into being.
   */
  setCommitted(groupId: string, offsets: readonly GroupOffset[]): Promise<void>;
  /**
   * Reads what follows some positions of a topic, by partition; one request to each leader. Waits at most `waitMs` where
   * all positions are at the end. A partition from which nothing came is left out or has no records; a position that does
   * not exist rejects.
   */
  fetch(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
    waitMs: number,
  ): Promise<readonly PeekedRecords[]>;
  /**
   * When the first record at or after each position was written, by partition: its timestamp, Unix time in milliseconds.
   * Records of aborted transactions are passed over. Absent where there is no record yet, where it has no timestamp, and
   * where a long row of aborted ones begins.
   */
  firstTimestamps(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
  ): Promise<ReadonlyMap<number, number>>;
  /** Ends the connections, within a second. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** How an admin session behaves. */
export interface AdminOptions {
  /** Bound of each call, and of connecting, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/** Connects for administration. Rejects within `timeoutMs`, saying why there is no connection and what to do. */
export type OpenAdmin = (connection: ConnectionConfig, options: AdminOptions) => Promise<KafkaAdmin>;
