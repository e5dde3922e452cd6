import { ConfigurationError } from "../../core/errors.ts";
import type {
  GroupInfo,
  GroupOffset,
  KafkaAdmin,
  OpenAdmin,
  PartitionBounds,
  PeekedRecords,
  TopicInfo,
} from "../admin.ts";
import { groupIsActive } from "../group_words.ts";
import type { MemoryBroker } from "./broker.ts";

/** Administration of a {@link MemoryBroker}, whatever the connection says. */
export function memoryAdmin(broker: MemoryBroker): OpenAdmin {
  return async () => {
    await broker.turn();
    return new MemoryAdmin(broker);
  };
}

class MemoryAdmin implements KafkaAdmin {
  constructor(private readonly broker: MemoryBroker) {}

  async topics(): Promise<readonly TopicInfo[]> {
    await this.broker.turn();
    return this.broker.topicNames.map((name) => ({
      name,
      partitions: this.broker.logs(name).map((_, partition) => partition),
      isInternal: false,
    }));
  }

  async bounds(topic: string): Promise<ReadonlyMap<number, PartitionBounds>> {
    await this.broker.turn();
    return new Map(
      this.broker.logs(topic).map(({ beginning, end }, partition) => [partition, { beginning, end }]),
    );
  }

  async offsetsAt(topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>> {
    await this.broker.turn();
    return new Map(
      this.broker.logs(topic).map((log, partition) => {
        const found = log.records.find((record) => record.timestamp >= timestamp);
        return [partition, found?.offset ?? log.end];
      }),
    );
  }

  async groups(): Promise<readonly string[]> {
    await this.broker.turn();
    return this.broker.groupIds;
  }

  async group(groupId: string): Promise<GroupInfo> {
    await this.broker.turn();
    if (!this.broker.groupIds.includes(groupId)) return { groupId, state: "Dead", members: [] };
    const group = this.broker.group(groupId);
    const members = group.memberIds.map((memberId) => ({
      memberId,
      clientId: "memory",
      host: "memory",
      partitions: group.partitionsOfMember(memberId),
    }));
    return { groupId, state: members.length === 0 ? "Empty" : "Stable", members };
  }

  async committed(groupId: string): Promise<readonly GroupOffset[]> {
    await this.broker.turn();
    if (!this.broker.groupIds.includes(groupId)) return [];
    return this.broker.topicNames.flatMap((topic) =>
      [...this.broker.committed(groupId, topic)].map(([partition, offset]) => ({ topic, partition, offset }))
    );
  }

  async setCommitted(groupId: string, offsets: readonly GroupOffset[]): Promise<void> {
    const found = await this.group(groupId);
    if (found.members.length > 0) throw groupIsActive(found);
    for (const { topic, partition } of offsets) this.broker.log(topic, partition);
    this.broker.group(groupId).setCommitted(offsets);
  }

  async fetch(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
    waitMs: number,
  ): Promise<readonly PeekedRecords[]> {
    await this.broker.turn();
    await this.broker.requests.fetch.gate.pass();
    const found = () => [...positions].map(([partition, position]) => this.#read(topic, partition, position));
    const first = found();
    if (waitMs === 0 || first.some(({ records }) => records.length > 0)) return first;
    await this.#changed(topic, waitMs);
    return found();
  }

  async firstTimestamps(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
  ): Promise<ReadonlyMap<number, number>> {
    await this.broker.turn();
    const logs = this.broker.logs(topic);
    return new Map([...positions].flatMap(([partition, position]) => {
      const found = logs[partition]?.records.find(({ offset }) => offset >= position);
      return found === undefined ? [] : [[partition, found.timestamp] as const];
    }));
  }

  async close(): Promise<void> {
    await this.broker.turn();
  }

  #read(topic: string, partition: number, position: bigint): PeekedRecords {
    const log = this.broker.log(topic, partition);
    if (!log.holds(position)) {
      throw new ConfigurationError(
        `Cannot read ${topic}[${partition}] at offset ${position}: the log has ${log.beginning} to ${log.end}`,
      );
    }
    return { topic, partition, ...log.read(position, this.broker.maxFetchRecords), endOffset: log.end };
  }

  /** Waits until a record is appended, at most `waitMs`. */
  async #changed(topic: string, waitMs: number): Promise<void> {
    const changed = Promise.withResolvers<void>();
    using _timer = this.broker.clock.timer(waitMs, changed.resolve);
    const unwatch = this.broker.logs(topic).map((log) => log.watch(changed.resolve));
    await changed.promise;
    for (const stop of unwatch) stop();
  }
}
