import { UnavailableError } from "../../core/errors.ts";
import { silentLogger } from "../../core/logger.ts";
import type { ConnectionConfig } from "../../kafka/connection.ts";
import { createCluster } from "../../kafka/kafkajs/cluster.ts";
import { KafkajsDriver } from "../../kafka/kafkajs/driver.ts";
import { type Cluster, errorFromCode } from "../../kafka/kafkajs/internals.ts";
import { rawRequest } from "../../kafka/kafkajs/raw_request.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { DemoMessage } from "./generate.ts";
import type { Offsets, Place } from "./topic_model.ts";

/** Which topic the demo writes to, and which group its job reads it with. */
export interface TopicNames {
  readonly topic: string;
  readonly group: string;
}

/** The names of jobs/kafka_context.json. */
export const OWN_NAMES: TopicNames = { topic: "orders", group: "orders-to-db" };

/** Fresh names, so that nothing of anybody else's is touched. */
export function freshNames(): TopicNames {
  const name = `datapy-demo-${crypto.randomUUID().slice(0, 8)}`;
  return { topic: name, group: name };
}

export const PARTITIONS = 3;

const TOPIC_EXISTS = 36;
const BATCH = 500;
const REQUEST_MS = 20_000;
const ATTEMPTS = 100;
const AGAIN_MS = 100;

/** The demo's topic on a real Kafka, and how far the job's group has come in it. */
export class DemoTopic implements AsyncDisposable {
  readonly names: TopicNames;
  readonly #connection: ConnectionConfig;
  readonly #cluster: Cluster;
  #partitions: readonly number[] = [];

  private constructor(connection: ConnectionConfig, names: TopicNames) {
    this.names = names;
    this.#connection = connection;
    this.#cluster = createCluster(connection, { retries: 8, log: silentLogger });
  }

  /** Makes the topic where it is not there yet. Rejects with an `UnavailableError` where the broker cannot be reached or refuses. */
  static async open(bootstrap: string, names: TopicNames, partitions: number): Promise<DemoTopic> {
    const opened = new DemoTopic({
      brokers: bootstrap.split(","),
      securityProtocol: "PLAINTEXT",
      sasl: undefined,
      tls: undefined,
      clientId: "datapy-demo",
      settings: {},
    }, names);
    try {
      await opened.#make(partitions);
      return opened;
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw new UnavailableError(`Cannot make or read the topic "${names.topic}" on ${bootstrap}`, {
        cause: error,
      });
    }
  }

  /**
   * Writes messages in their order; says after each request how many are written. Gives their places. Rejects with the
   * signal's reason where that fires in between.
   */
  async write(
    messages: readonly DemoMessage[],
    signal: AbortSignal,
    written: (count: number) => void,
  ): Promise<readonly Place[]> {
    const producer = await new KafkajsDriver().produce(this.#connection, silentLogger);
    const text = new TextEncoder();
    const places: Place[] = [];
    try {
      for (let from = 0; from < messages.length; from += BATCH) {
        const records = messages.slice(from, from + BATCH).map(({ key, value }) => ({
          key: text.encode(key),
          value: text.encode(value),
          headers: [],
        }));
        signal.throwIfAborted();
        places.push(...await producer.send(this.names.topic, records, REQUEST_MS));
        written(places.length);
      }
    } finally {
      await producer.close();
    }
    return places;
  }

  /** What the group has committed, by partition; nothing where it has committed nothing. */
  async committed(): Promise<Offsets> {
    const { topic, group } = this.names;
    const partitions = this.#partitions.map((partition) => ({ partition }));
    const { responses } = await patiently(async () => {
      const coordinator = await this.#cluster.findGroupCoordinator({ groupId: group });
      return await coordinator.offsetFetch({ groupId: group, topics: [{ topic, partitions }] });
    });
    const found = responses.flatMap((response) => response.partitions);
    return new Map(
      found.flatMap(({ partition, offset }) => BigInt(offset) < 0n ? [] : [[partition, BigInt(offset)]]),
    );
  }

  /** Where the partitions end, by the broker. */
  async ends(): Promise<Offsets> {
    const { topic } = this.names;
    const partitions = this.#partitions.map((partition) => ({ partition }));
    const found = await patiently(() =>
      this.#cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }])
    );
    return new Map(
      found.flatMap((one) => one.partitions.map(({ partition, offset }) => [partition, BigInt(offset)])),
    );
  }

  /** Deletes the topic: for a Kafka that goes on after the demo. */
  async remove(): Promise<void> {
    const controller = await this.#cluster.findControllerBroker();
    await rawRequest(controller, "DeleteTopics", { topics: [this.names.topic], timeout: REQUEST_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #make(partitions: number): Promise<void> {
    const { topic } = this.names;
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
    const controller = await this.#cluster.findControllerBroker();
    const { topicErrors } = await rawRequest<{ topicErrors: readonly { errorCode: number }[] }>(
      controller,
      "CreateTopics",
      { topics: [{ topic, numPartitions: partitions }], timeout: REQUEST_MS },
    );
    const code = topicErrors[0]?.errorCode ?? 0;
    if (code !== 0 && code !== TOPIC_EXISTS) throw errorFromCode(code);
    await patiently(() => this.#cluster.addMultipleTargetTopics([topic])); // until there are leaders
    this.#partitions = Array.from({ length: partitions }, (_, i) => i);
  }
}

/**
 * Tries again what the broker asks to try again: a topic that has only just been made has no leaders yet, a coordinator
 * loads its groups.
 */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { retriable?: unknown }).retriable !== true || attempt === ATTEMPTS) throw error;
      await systemClock.sleep(AGAIN_MS);
    }
  }
}
