import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { OffsetCommit, OutgoingRecord, RawRecord, SentRecord, TopicDetails } from "../driver.ts";
import { type Hold, newRequests } from "./faults.ts";
import { MemoryGroup } from "./group.ts";
import { partitionOfKey } from "../murmur2.ts";
import { PartitionLog } from "./partition_log.ts";
import { nextTurn } from "./timing.ts";

/** There is no such topic. */
export function unknownTopic(topic: string): ConfigurationError {
  return new ConfigurationError(`Topic ${topic} does not exist: create it first`);
}

/** Settings of a broker in memory. */
export interface MemoryBrokerOptions {
  /** Stamps the records and bounds the waits. Default: the machine's. */
  readonly clock?: Clock;
  /** Offsets that one fetch passes at most. Default: 100. */
  readonly maxFetchRecords?: number;
  /** Bytes of key, value and headers of one record, as `message.max.bytes`. Default: 1,048,588, Kafka's. */
  readonly maxRecordBytes?: number;
  /** How an answer is waited for: who gives the turns decides their order. Default: a turn of the event loop. */
  readonly turn?: () => Promise<void>;
}

/**
 * Kafka in the memory of one process: topics, consumer groups, and hooks by which a test makes it fail. It does what a
 * broker does as far as {@link KafkaDriver} can see it, always in a later turn of the event loop, never by the time of day.
 */
export class MemoryBroker {
  readonly clock: Clock;
  readonly maxFetchRecords: number;
  readonly maxRecordBytes: number;
  /** Lets everything else that is ready run first. */
  readonly turn: () => Promise<void>;
  /** Where requests can be held or made to fail, by their kind. */
  readonly requests = newRequests();
  /** What topics have set otherwise than the broker, by name. */
  readonly topicSettings = new Map<string, Partial<TopicDetails>>();
  readonly #topics = new Map<string, PartitionLog[]>();
  readonly #groups = new Map<string, MemoryGroup>();
  #keyless = 0;

  constructor(options: MemoryBrokerOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.maxFetchRecords = options.maxFetchRecords ?? 100;
    this.maxRecordBytes = options.maxRecordBytes ?? 1_048_588;
    this.turn = options.turn ?? nextTurn;
  }

  get topicNames(): readonly string[] {
    return [...this.#topics.keys()].sort();
  }

  /** Ids of the groups that have members or have committed something. */
  get groupIds(): readonly string[] {
    return [...this.#groups.values()].filter((group) => group.isKnown).map(({ id }) => id).sort();
  }

  /** Makes a topic. Throws where it is there already. */
  createTopic(topic: string, partitions = 1): void {
    if (this.#topics.has(topic)) throw new TypeError(`Cannot create topic ${topic}: it exists`);
    this.#topics.set(topic, Array.from({ length: partitions }, () => new PartitionLog()));
  }

  /** Adds partitions up to a total; the groups that read the topic rebalance. */
  addPartitions(topic: string, total: number): void {
    const logs = this.logs(topic);
    while (logs.length < total) logs.push(new PartitionLog());
    for (const group of this.#groups.values()) {
      if (group.members.some((member) => member.topics.includes(topic))) group.rebalance();
    }
  }

  /** The logs of a topic. Throws a `ConfigurationError` where there is no such topic. */
  logs(topic: string): PartitionLog[] {
    const logs = this.#topics.get(topic);
    if (logs === undefined) throw unknownTopic(topic);
    return logs;
  }

  /** What a topic has set. Throws as {@link logs} does. */
  details(topic: string): TopicDetails {
    const partitions = this.logs(topic).length;
    const settings = { maxMessageBytes: this.maxRecordBytes, retentionMs: -1, isCompacted: false };
    return { partitions, ...settings, ...this.topicSettings.get(topic) };
  }

  /** The log of one partition. */
  log(topic: string, partition: number): PartitionLog {
    const log = this.logs(topic)[partition];
    if (log === undefined) throw new ConfigurationError(`Topic ${topic} has no partition ${partition}`);
    return log;
  }

  /** Appends a record, to the partition of its key unless it names one. */
  append(topic: string, record: OutgoingRecord & { readonly timestamp?: number }): SentRecord {
    const count = this.logs(topic).length;
    const byKey = () => record.key === null ? this.#keyless++ % count : partitionOfKey(record.key, count);
    const partition = record.partition ?? byKey();
    const timestamp = record.timestamp ?? this.clock.wallTime();
    const { key, value, headers } = record;
    return {
      topic,
      partition,
      offset: this.log(topic, partition).append({ key, value, headers, timestamp }),
    };
  }

  /** All records of a topic, by partition and offset. */
  records(topic: string): readonly (RawRecord & { readonly partition: number })[] {
    return this.logs(topic).flatMap((log, partition) =>
      log.records.map((record) => ({ ...record, partition }))
    );
  }

  /** The offsets after the last records, by partition. */
  endOffsets(topic: string): Map<number, bigint> {
    return new Map(this.logs(topic).map((log, partition) => [partition, log.end]));
  }

  /** What a group has committed, by partition. */
  committed(groupId: string, topic: string): Map<number, bigint> {
    return this.group(groupId).committedOf(topic);
  }

  /** Every commit that a group has accepted, each with the partitions that it carried. */
  commits(groupId: string): readonly (readonly OffsetCommit[])[] {
    return this.group(groupId).requests;
  }

  /** A group; it is there as soon as somebody asks for it. */
  group(groupId: string): MemoryGroup {
    const present = this.#groups.get(groupId);
    if (present !== undefined) return present;
    const group = new MemoryGroup(groupId, {
      partitionsOf: (topic) => this.#topics.get(topic)?.length ?? 0,
      turn: this.turn,
      joins: this.requests.join.gate,
    });
    this.#groups.set(groupId, group);
    return group;
  }

  /** Makes a group rebalance. */
  rebalance(groupId: string): void {
    this.group(groupId).rebalance();
  }

  /** Ends a member's session as the session timeout does: the group forgets it at once, it finds out later. */
  dropMember(groupId: string, index = 0): void {
    const group = this.group(groupId);
    const id = group.memberIds[index];
    if (id === undefined) {
      throw new RangeError(`Cannot drop member ${index} of group ${groupId}: none is there`);
    }
    group.leave(id)?.dropped(id);
  }

  /** Ends all members of a group by an error that they cannot mend. */
  crashMembers(groupId: string, error: Error): void {
    for (const member of this.group(groupId).members) member.crash(error);
  }

  failNextCommits(
    count: number,
    error: Error = new UnavailableError("Commit failed: broken on purpose"),
  ): void {
    this.requests.commit.faults.failNext(count, error);
  }

  failNextSends(count: number, error: Error = new UnavailableError("Send failed: broken on purpose")): void {
    this.requests.send.faults.failNext(count, error);
  }

  failNextLists(count: number, error: Error = new UnavailableError("No broker: broken on purpose")): void {
    this.requests.list.faults.failNext(count, error);
  }

  holdCommits(): Hold {
    return this.requests.commit.gate.hold();
  }

  holdFetches(): Hold {
    return this.requests.fetch.gate.hold();
  }

  holdSends(): Hold {
    return this.requests.send.gate.hold();
  }
}
