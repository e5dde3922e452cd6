import { PermanentError, UnavailableError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { type Clock, systemClock, within } from "../../runtime/clock.ts";
import { setting } from "../additional_config.ts";
import type { ConnectionConfig } from "../connection.ts";
import type { OutgoingRecord, ProducerSession, SentRecord } from "../driver.ts";
import { createCluster } from "./cluster.ts";
import { compressionOf } from "./codecs.ts";
import { cutOff } from "./cut_off.ts";
import { Delivery } from "./delivery.ts";
import { translateError } from "./errors.ts";
import type { Cluster } from "./internals.ts";
import { ProducerNumbering } from "./numbering.ts";
import { PartitionQueue } from "./partition_queue.ts";
import { type Partitioner, spreadByKey } from "./partitioner.ts";
import { produce } from "./produce_request.ts";
import { BATCH_OVERHEAD, sizeOf } from "./record_batch.ts";
import { Sender } from "./sender.ts";
import { TopicReader } from "./topic_reader.ts";

/** Bounds of closing, in milliseconds: within five seconds together. */
const FLUSH_MS = 4_000;
const CUT_OFF_MS = 500;

/** Opens a producer. It connects with its first send, whose time that counts against. */
export function openProducer(
  connection: ConnectionConfig,
  log: Logger,
  clock: Clock = systemClock,
): Promise<ProducerSession> {
  return Promise.resolve(new KafkajsProducer(connection, log, clock));
}

/**
 * A producer on kafkajs' brokers. What is sent while a request is under way goes into the next one; a record that is
 * sent again keeps partition and number, so that it is written once, in order. kafkajs' own producer does not hold
 * that where several sends run side by side and a connection breaks.
 */
class KafkajsProducer implements ProducerSession {
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #maxBytes: number;
  readonly #topics: TopicReader;
  readonly #sender: Sender;
  readonly #partitioner: Partitioner = spreadByKey();
  readonly #queues = new Map<string, Map<number, PartitionQueue>>();
  /** Sends to a topic take their turn, also while its partitions are not known yet. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #deliveries = new Set<Delivery>();
  #closed: Promise<void> | undefined;

  constructor({ settings, ...connection }: ConnectionConfig, log: Logger, clock: Clock) {
    this.#clock = clock;
    // a topic that does not exist yet is made where the broker is set to, as with Java's producer
    this.#cluster = createCluster({ ...connection, settings }, { log, autoCreateTopics: true });
    this.#maxBytes = setting(settings, "max.request.size");
    this.#topics = new TopicReader(this.#cluster, clock);
    this.#sender = new Sender({
      cluster: this.#cluster,
      clock,
      numbering: new ProducerNumbering(setting(settings, "enable.idempotence"), log),
      compression: compressionOf(setting(settings, "compression.type")),
      maxBatchBytes: this.#maxBytes - BATCH_OVERHEAD,
      replicaTimeoutMs: setting(settings, "request.timeout.ms"),
      refresh: () => this.#topics.refresh(),
      produce,
    });
  }

  async send(
    topic: string,
    records: readonly OutgoingRecord[],
    timeoutMs: number,
  ): Promise<readonly SentRecord[]> {
    if (this.#closed !== undefined) {
      throw new UnavailableError(`Cannot send to topic "${topic}": the producer is closed`);
    }
    const sizes = records.map(sizeOf);
    this.#checkSizes(topic, sizes);
    if (records.length === 0) return [];
    const delivery = new Delivery(topic, records.length, timeoutMs, this.#clock);
    this.#deliveries.add(delivery);
    try {
      const queued = this.#inTurn(topic, () => this.#enqueue(delivery, records, sizes));
      await Promise.race([queued, delivery.outcome]); // its time may be over before its turn
      return await delivery.outcome;
    } finally {
      this.#deliveries.delete(delivery);
    }
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const pending = [...this.#deliveries].map(({ outcome }) => outcome);
    await within(this.#clock, FLUSH_MS, Promise.allSettled(pending));
    this.#sender.close();
    for (const delivery of this.#deliveries) delivery.abandon();
    await cutOff(this.#cluster, this.#clock, CUT_OFF_MS);
  }

  #checkSizes(topic: string, sizes: readonly number[]): void {
    const largest = this.#maxBytes - BATCH_OVERHEAD;
    const index = sizes.findIndex((bytes) => bytes > largest);
    if (index < 0) return;
    throw new PermanentError(
      `Cannot send to topic "${topic}": record ${index} of the send has ${
        sizes[index]
      } bytes, more than ${largest} ` +
        "(raise max.request.size in additional_config, and max.message.bytes of the topic, or send less)",
    );
  }

  /** The work must not reject: the next in turn would never begin. */
  async #inTurn(topic: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(topic) ?? Promise.resolve()).then(work);
    this.#turns.set(topic, turn);
    await turn;
  }

  /** Puts the records into the queues of their partitions; where those cannot be found out, the delivery has failed. */
  async #enqueue(
    delivery: Delivery,
    records: readonly OutgoingRecord[],
    sizes: readonly number[],
  ): Promise<void> {
    const { topic } = delivery;
    const least = records.reduce((most, { partition = 0 }) => Math.max(most, partition + 1), 1);
    const partitions = await this.#topics.partitionsOf(delivery, least);
    if (partitions === undefined) return;
    try {
      const chosen = records.map((record) => this.#partitioner(topic, record, partitions));
      records.forEach((record, index) => {
        this.#queueOf(topic, chosen[index]!).add({ record, bytes: sizes[index]!, delivery, index });
      });
      this.#sender.kick();
    } catch (error) {
      delivery.fail(translateError(error, `send to topic "${topic}"`));
    }
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const ofTopic = this.#queues.get(topic) ?? new Map<number, PartitionQueue>();
    this.#queues.set(topic, ofTopic);
    const present = ofTopic.get(partition);
    if (present !== undefined) return present;
    const queue = new PartitionQueue(topic, partition);
    ofTopic.set(partition, queue);
    this.#sender.register(queue);
    return queue;
  }
}
