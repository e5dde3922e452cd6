import { jobClock } from "../control/job_clock.ts";
import type { Logger } from "../core/logger.ts";
import { readAdditionalConfig, setting } from "../kafka/additional_config.ts";
import { type ConnectionConfig, KafkaConnection } from "../kafka/connection.ts";
import type { ProducerSession } from "../kafka/driver.ts";
import { MemoryBroker } from "../kafka/memory/broker.ts";
import { MemoryDriver } from "../kafka/memory/driver.ts";
import { fromRecord, type TestMessage, type TopicMessage, toRecord } from "./messages.ts";

/** Kafka in memory, and a test's hands on it. */
export interface MemoryConnection {
  /** What `kafka_consumer` and `kafka_producer` take as `connection`. */
  readonly connection: KafkaConnection;
  /** Names of the topics there are. */
  readonly topics: readonly string[];
  /** Appends messages to a topic; makes the topic where it is not there. */
  produce(topic: string, messages: readonly TestMessage[]): void;
  /** All messages of a topic, by partition and offset. Throws a `ConfigurationError` where there is no such topic. */
  read(topic: string): readonly TopicMessage[];
  /** What a consumer group has committed of a topic: partition to the offset at which it goes on. */
  committed(groupId: string, topic: string): Readonly<Record<number, number>>;
}

/** Makes topics when they are first sent to, as a broker with `auto.create.topics.enable` does. */
class TopicMakingDriver extends MemoryDriver {
  override async produce(connection: ConnectionConfig, log: Logger): Promise<ProducerSession> {
    const session = await super.produce(connection, log);
    return {
      send: (topic, records, timeoutMs) => {
        makeTopic(this.broker, topic, 1);
        return session.send(topic, records, timeoutMs);
      },
      close: () => session.close(),
    };
  }
}

/**
 * Kafka in memory for tests that call `kafka_consumer` and `kafka_producer` themselves, or that run a job several times
 * on the same topics (option `kafka` of `runProcessor`). It passes the same contract tests as the driver that talks to
 * brokers.
 *
 * ```ts
 * import { runMod } from "@datapy/datapy";
 * import { memoryConnection } from "@datapy/datapy/testing";
 *
 * const kafka = memoryConnection({ orders: 3 });
 * await runMod("kafka_producer", { connection: kafka.connection, topic: "orders", data: { id: 1 } });
 * kafka.read("orders"); // [{ partition, offset: 0, key: null, value: { id: 1 }, headers: {} }]
 * ```
 *
 * @param topics Topics to begin with, and how many partitions each has.
 */
export function memoryConnection(topics: Readonly<Record<string, number>> = {}): MemoryConnection {
  const clock = {
    now: () => jobClock.get().now(),
    wallTime: () => jobClock.get().wallTime(),
    sleep: (ms: number, signal?: AbortSignal) => jobClock.get().sleep(ms, signal),
    timer: (ms: number, callback: () => void) => jobClock.get().timer(ms, callback),
  };
  const broker = new MemoryBroker({ clock });
  for (const [topic, partitions] of Object.entries(topics)) broker.createTopic(topic, partitions);
  return {
    connection: new KafkaConnection(CONFIG, new TopicMakingDriver(broker)),
    get topics() {
      return broker.topicNames;
    },
    produce(topic, messages) {
      const records = messages.map((message) => toRecord(topic, message));
      makeTopic(broker, topic, partitionsOf(messages));
      for (const record of records) broker.append(topic, record);
    },
    read: (topic) => broker.records(topic).map(fromRecord),
    committed: (groupId, topic) => committedOf(broker, groupId, topic),
  };
}

const settings = readAdditionalConfig({});
const CONFIG: ConnectionConfig = {
  brokers: ["memory:9092"],
  securityProtocol: "PLAINTEXT",
  sasl: undefined,
  tls: undefined,
  clientId: setting(settings, "client.id"),
  settings,
};

/** The driver of a memory connection, and the broker behind it. Throws a `TypeError` where it is another connection. */
export function memoryDriverOf({ connection }: MemoryConnection): MemoryDriver {
  if (connection.driver instanceof MemoryDriver) return connection.driver;
  throw new TypeError("Cannot run a job on that Kafka: expected what memoryConnection() returned");
}

/** Makes a topic where it is not there. */
export function makeTopic(broker: MemoryBroker, topic: string, partitions: number): void {
  if (!broker.topicNames.includes(topic)) broker.createTopic(topic, partitions);
}

/** As many partitions as the messages name; one at least. */
export function partitionsOf(messages: readonly TestMessage[]): number {
  return Math.max(0, ...messages.map(({ partition = 0 }) => partition)) + 1;
}

/** What a group has committed of a topic, by partition. */
export function committedOf(broker: MemoryBroker, groupId: string, topic: string): Record<number, number> {
  const committed = [...broker.committed(groupId, topic)];
  return Object.fromEntries(committed.map(([partition, offset]) => [partition, Number(offset)]));
}
