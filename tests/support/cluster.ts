import { type Admin, ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import {
  type Broker,
  type Cluster,
  type Engine,
  type NodeOptions,
  startCluster,
  systemTools,
} from "../../src/dev/kafka/mod.ts";
import { splitAddress } from "../../src/dev/kafka/running.ts";
import { systemPorts } from "../../src/runtime/ports.ts";
import { BROKER_FOLDER, testEngine } from "./broker.ts";
import { waitFor } from "./wait_for.ts";

const OFFSETS = "__consumer_offsets";
const OFFSETS_PARTITIONS = 3; // as src/dev/kafka sets offsets.topic.num.partitions
/** How long brokers may need until all copies are in sync again after some of them were killed. */
const IN_SYNC_MS = 90_000;

/** Three brokers for tests, which may break each of them, and see and change who leads what. Node ids begin with 1. */
export class TestCluster implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #admin: Admin;
  readonly #paused = new Set<number>();
  readonly #ended = new Set<number>();

  private constructor(cluster: Cluster, admin: Admin) {
    this.#cluster = cluster;
    this.#admin = admin;
  }

  static async start(optionsOf: NodeOptions = () => ({}), engine: Engine | undefined = testEngine) {
    const cluster = await startCluster(systemTools(BROKER_FOLDER), 3, optionsOf, engine);
    const kafka = new Kafka({
      brokers: cluster.bootstrap.split(","),
      clientId: "datapy-test-cluster",
      logLevel: logLevel.NOTHING,
      requestTimeout: 5_000, // a broker that was paused is given up
      retry: { retries: 20, maxRetryTime: 1_000 },
    });
    const admin = kafka.admin();
    await admin.connect();
    // makes Kafka's own topic of offsets, which its brokers load at first
    const asked = () => admin.fetchOffsets({ groupId: "first" }).then(() => true, () => false);
    await waitFor(asked, "the coordinators");
    const ready = new TestCluster(cluster, admin);
    await ready.untilInSync();
    return ready;
  }

  get bootstrap(): string {
    return this.#cluster.bootstrap;
  }

  /** Ids of the brokers that are neither paused nor ended. */
  get live(): readonly number[] {
    return this.ids.filter((id) => !this.#paused.has(id) && !this.#ended.has(id));
  }

  get ids(): readonly number[] {
    return this.#cluster.brokers.map((_, i) => i + 1);
  }

  broker(id: number): Broker {
    const broker = this.#cluster.brokers[id - 1];
    if (broker === undefined) throw new RangeError(`There is no broker ${id}`);
    return broker;
  }

  async pause(id: number): Promise<void> {
    this.#paused.add(id);
    await this.broker(id).pause();
  }

  async resume(id: number): Promise<void> {
    await this.broker(id).resume();
    this.#paused.delete(id);
  }

  async kill(id: number): Promise<void> {
    this.#ended.add(id);
    await this.broker(id).kill();
  }

  async stop(id: number): Promise<void> {
    this.#ended.add(id);
    await this.broker(id).stop();
  }

  async restart(id: number): Promise<void> {
    await this.broker(id).restart();
    this.#ended.delete(id);
  }

  /** All brokers run, and all copies of all partitions are in sync. */
  async heal(): Promise<void> {
    for (const id of [...this.#paused]) await this.resume(id);
    await Promise.all([...this.#ended].map((id) => this.restart(id)));
    await this.untilInSync();
  }

  async untilInSync(): Promise<void> {
    let lacking: unknown = "an answer";
    await waitFor(
      async () => {
        const { topics } = await this.#admin.fetchTopicMetadata();
        const behind = topics.flatMap(({ name, partitions }) =>
          partitions.filter(({ isr, replicas, leader }) => leader < 0 || isr.length < replicas.length)
            .map(({ partitionId, isr }) => `${name}[${partitionId}] has ${isr}`)
        );
        lacking = behind;
        return behind.length === 0;
      },
      () => `all copies to be in sync: ${lacking}`,
      IN_SYNC_MS,
    );
  }

  /** Who leads a partition; -1 where nobody does. */
  async leaderOf(topic: string, partition = 0): Promise<number> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  }

  /** Who coordinates a group. */
  coordinatorOf(group: string): Promise<number> {
    return this.leaderOf(OFFSETS, offsetsPartition(group));
  }

  /** Who is the active controller. */
  async controller(): Promise<number> {
    // DescribeQuorum, version 0: of the metadata's topic its only partition
    const topic = compact("__cluster_metadata");
    const answer = await this.#ask(55, 0, [2, ...topic, 2, ...int32(0), 0, 0, 0]);
    // length, correlation id, tags, error code, count of topics, name, count of partitions, index, error code, leader
    const at = 4 + 4 + 1 + 2 + 1 + topic.length + 1 + 4 + 2;
    return new DataView(answer.buffer, answer.byteOffset).getInt32(at);
  }

  /** Changes settings of a topic. */
  async configure(topic: string, entries: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }));
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await this.#admin.alterConfigs({ validateOnly: false, resources });
  }

  /** Makes a broker the leader of a partition; the copies stay where they are. */
  async moveLeader(topic: string, partition: number, to: number): Promise<void> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
    const replicas = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.replicas ??
      [];
    const preferred = [to, ...replicas.filter((id) => id !== to)];
    await this.#admin.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition, replicas: preferred }] }],
    });
    await waitFor(async () => {
      await this.#electPreferred(topic, partition);
      return await this.leaderOf(topic, partition) === to;
    }, `broker ${to} to lead ${topic}[${partition}]`);
  }

  /** Makes a broker the coordinator of a group. */
  moveCoordinator(group: string, to: number): Promise<void> {
    return this.moveLeader(OFFSETS, offsetsPartition(group), to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect();
    await this.#cluster[Symbol.asyncDispose]();
  }

  async #electPreferred(topic: string, partition: number): Promise<void> {
    // ElectLeaders, version 2: type 0 is preferred
    const wanted = [2, ...compact(topic), 2, ...int32(partition), 0];
    await this.#ask(43, 2, [0, ...wanted, ...int32(10_000), 0]);
  }

  /** Sends a request of a flexible version to any broker that lives. */
  async #ask(key: number, version: number, body: readonly number[]): Promise<Uint8Array> {
    const header = [0, key, 0, version, 0, 0, 0, 1, 0xff, 0xff, 0];
    const request = new Uint8Array([...int32(header.length + body.length), ...header, ...body]);
    const [id] = this.live;
    if (id === undefined) throw new Error("No broker lives");
    return await systemPorts.ask(...splitAddress(this.broker(id).bootstrap), request, 10_000);
  }
}

/** The partition of Kafka's own topic that has a group's offsets: Java's hash of its id. */
function offsetsPartition(group: string): number {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (31 * hash + group.charCodeAt(i)) | 0;
  return Math.abs(hash === -(2 ** 31) ? 0 : hash) % OFFSETS_PARTITIONS;
}

const compact = (text: string) => [text.length + 1, ...new TextEncoder().encode(text)];

const int32 = (value: number) => [value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 0xff);
