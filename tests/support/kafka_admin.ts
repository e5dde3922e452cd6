import { type Admin, Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { Buffer } from "node:buffer";
import { silentLogger } from "../../src/core/logger.ts";
import type { ConnectionConfig } from "../../src/kafka/connection.ts";
import type { OutgoingRecord } from "../../src/kafka/driver.ts";
import type { Broker as GroupCoordinator } from "../../src/kafka/kafkajs/broker.ts";
import { createCluster } from "../../src/kafka/kafkajs/cluster.ts";
import { commitOffsets } from "../../src/kafka/kafkajs/group_requests.ts";
import { rawRequest } from "../../src/kafka/kafkajs/raw_request.ts";
import { waitFor } from "./wait_for.ts";

/** A connection without security to `host:port`, or several separated by commas. */
export function plainConnection(
  broker: string,
  settings: ConnectionConfig["settings"] = {},
): ConnectionConfig {
  return {
    brokers: broker.split(","),
    securityProtocol: "PLAINTEXT",
    sasl: undefined,
    tls: undefined,
    clientId: "datapy-test",
    settings,
  };
}

/** A real Kafka, administered with kafkajs itself: what a test does past the code that it tests. */
export class KafkaAdmin implements AsyncDisposable {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #broker: string;
  readonly #topics = new Set<string>();
  #producer: Promise<Producer> | undefined;

  private constructor(broker: string) {
    this.#broker = broker;
    this.#kafka = new Kafka({
      brokers: broker.split(","),
      clientId: "datapy-test-admin",
      logLevel: logLevel.NOTHING,
      requestTimeout: 5_000, // so that a broker that is stopped is given up
      retry: { retries: 10, maxRetryTime: 5_000 },
    });
    this.#admin = this.#kafka.admin();
  }

  /** Connects to `host:port`, or several separated by commas. */
  static async connect(broker: string): Promise<KafkaAdmin> {
    const admin = new KafkaAdmin(broker);
    await admin.#admin.connect();
    return admin;
  }

  /**
   * Makes a topic that is deleted when this is disposed; resolves when its leaders have opened its logs. They are named a
   * moment before: of two partitions one may then take what it is sent and the other refuse it, and kafkajs sends both again.
   */
  async createTopic(topic: string, partitions: number, copies = 1): Promise<void> {
    this.#topics.add(topic);
    await this.#admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: copies }],
      waitForLeaders: false, // it gives up early on a busy machine
    });
    const hasLeaders = async () => {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === partitions &&
        topics[0].partitions.every(({ leader }) => leader >= 0);
    };
    await waitFor(() => hasLeaders().catch(() => false), `the leaders of ${topic}`);
    const hasLogs = async () => (await this.#admin.fetchTopicOffsets(topic)).length === partitions;
    await waitFor(() => hasLogs().catch(() => false), `the logs of ${topic}`);
  }

  async addPartitions(topic: string, total: number): Promise<void> {
    await this.#admin.createPartitions({ topicPartitions: [{ topic, count: total }] });
    await this.#closeProducer(); // it would not see them until its metadata is old, and lose what is for them
  }

  /**
   * Writes records by a producer of kafkajs, each partition by a request of its own: where a leader moves, kafkajs takes a
   * broker that has answered for one partition to have answered for all (src/producer/sendMessages.js), and what moved
   * there is acknowledged and never sent.
   */
  async append(topic: string, records: readonly (OutgoingRecord & { timestamp?: number })[]): Promise<void> {
    const producer = await this.#openProducer();
    try {
      for (const some of Map.groupBy(records, ({ partition }) => partition).values()) {
        await producer.send({ topic, messages: some.map(kafkajsMessage) });
      }
    } catch (error) {
      await this.#closeProducer();
      throw error;
    }
  }

  /** Writes records in a transaction and aborts it: they and its marker stay in the log, invisible. */
  async appendAborted(topic: string, partition: number, count: number): Promise<void> {
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId: `aborted-${crypto.randomUUID()}`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    const end = async () => (await this.endOffsets(topic)).get(partition) ?? 0n;
    const before = await end();
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      const messages = Array.from({ length: count }, () => ({ partition, value: "aborted" }));
      await transaction.send({ topic, messages });
      await transaction.abort();
    } finally {
      await producer.disconnect();
    }
    // the broker writes the marker after it has answered; until then the records are open and hold readers back
    await waitFor(async () => await end() > before + BigInt(count), "the marker of an aborted transaction");
  }

  /** Deletes the records before an offset. */
  async truncate(topic: string, partition: number, before: bigint): Promise<void> {
    await this.endOffsets(topic); // kafkajs deletes only where it knows the leader already
    await this.#admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  }

  /** What a group has committed of a topic, by partition. */
  async committed(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    const [answer] = await patiently(
      () => this.#admin.fetchOffsets({ groupId, topics: [topic] }),
      `the coordinator of group ${groupId}`,
    );
    const found = (answer?.partitions ?? []).filter(({ offset }) => BigInt(offset) >= 0n);
    return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  /** Commits an offset for a group without members. */
  async commit(groupId: string, topic: string, partition: number, offset: bigint): Promise<void> {
    const topics = [{ topic, partitions: [{ partition, offset: String(offset) }] }];
    await this.#onCoordinator(
      groupId,
      (coordinator) => commitOffsets(coordinator, { groupId, groupGenerationId: -1, memberId: "", topics }),
    );
  }

  /** The last stable offsets, by partition. */
  async endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
  }

  /** The offsets of the first records that are still there, by partition. */
  async beginnings(topic: string): Promise<ReadonlyMap<number, bigint>> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, low }) => [partition, BigInt(low)]));
  }

  /** Ids of the members of a group. */
  async members(groupId: string): Promise<readonly string[]> {
    const { groups } = await this.#admin.describeGroups([groupId]);
    return (groups[0]?.members ?? []).map((member) => member.memberId);
  }

  /**
   * Makes a member leave its group without its knowing, as Java's `removeMembersFromConsumerGroup` does and a session
   * timeout would.
   */
  async dropMember(groupId: string, index = 0): Promise<void> {
    const memberId = (await this.members(groupId))[index];
    if (memberId === undefined) {
      throw new RangeError(`Cannot drop member ${index} of ${groupId}: none is there`);
    }
    await this.#onCoordinator(
      groupId,
      (coordinator) => rawRequest(coordinator, "LeaveGroup", { groupId, memberId }),
    );
  }

  async #onCoordinator(
    groupId: string,
    work: (coordinator: GroupCoordinator) => Promise<unknown>,
  ): Promise<void> {
    const cluster = createCluster(plainConnection(this.#broker), { retries: 8, log: silentLogger });
    try {
      await cluster.connect();
      await patiently(
        async () => await work(await cluster.findGroupCoordinator({ groupId })),
        `the coordinator of group ${groupId}`,
      );
    } finally {
      await cluster.disconnect();
    }
  }

  #openProducer(): Promise<Producer> {
    return this.#producer ??= (async () => {
      const producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      return producer;
    })();
  }

  async #closeProducer(): Promise<void> {
    const opened = this.#producer;
    this.#producer = undefined;
    await opened?.then((producer) => producer.disconnect()).catch(() => {});
  }

  /** Disconnects, and leaves the topics. */
  async disconnect(): Promise<void> {
    await this.#closeProducer();
    await this.#admin.disconnect();
  }

  /** Deletes the topics that were made here and disconnects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeProducer();
    if (this.#topics.size > 0) await this.#admin.deleteTopics({ topics: [...this.#topics] });
    await this.#admin.disconnect();
  }
}

/** Tries again while a coordinator is starting or moving. */
async function patiently<T>(ask: () => Promise<T>, what: string): Promise<T> {
  const { answer } = await waitFor(
    () =>
      ask().then((answer) => ({ answer }), (error) => {
        if (!/coordinator/i.test(error.message)) throw error;
        return undefined;
      }),
    what,
  );
  return answer;
}

function kafkajsMessage(
  { key, value, headers, partition, timestamp }: OutgoingRecord & { timestamp?: number },
) {
  const buffer = (bytes: Uint8Array | null) => bytes === null ? null : Buffer.from(bytes);
  const named: Record<string, Buffer[]> = Object.create(null);
  for (const [name, bytes] of headers) {
    if (bytes === null) throw new TypeError(`Cannot append a null header ${name}: kafkajs fails to write it`);
    (named[name] ??= []).push(Buffer.from(bytes));
  }
  return {
    key: buffer(key),
    value: buffer(value),
    headers: named,
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  };
}
