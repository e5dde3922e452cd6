import type { Clock } from "../../runtime/clock.ts";
import type { Broker } from "./broker.ts";
import type { Delivery } from "./delivery.ts";
import { hangUp, isUnanswered } from "./half_open.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import type { ProducerNumbering } from "./numbering.ts";
import type { Batch, PartitionQueue } from "./partition_queue.ts";
import type { produce, ProduceResult } from "./produce_request.ts";
import { encodeBatch } from "./record_batch.ts";
import { SendOutcome } from "./send_outcome.ts";

/** What a sender needs. Sizes in bytes, times in milliseconds. */
export interface SenderPorts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly numbering: ProducerNumbering;
  /** kafkajs' number of the codec. */
  readonly compression: number;
  /** Of the records of one partition in one request. */
  readonly maxBatchBytes: number;
  /** How long a broker waits for the replicas. */
  readonly replicaTimeoutMs: number;
  /** Has the metadata of the topics in use read anew. */
  refresh(): Promise<void>;
  /** Sends the batches of one request; passed in so that tests can be the broker. */
  readonly produce: typeof produce;
}

/** Of all batches in one request: brokers take 100 MiB (socket.request.max.bytes). */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Sends what waits in the queues: one loop for each broker that leads some, one request at a time in each. */
export class Sender {
  readonly #ports: SenderPorts;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #loops = new Map<string, Promise<void>>();
  readonly #outcome: SendOutcome;
  #closed = false;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#outcome = new SendOutcome(ports.numbering, ports.clock);
  }

  /** The queue of a partition. */
  register(queue: PartitionQueue): void {
    this.#queues.set(`${queue.topic}/${queue.partition}`, queue);
  }

  /** Something was added to a queue. */
  kick(): void {
    for (const queue of this.#queues.values()) {
      if (queue.busy || queue.isEmpty || this.#closed) continue;
      const leader = this.#leaderOf(queue);
      if (this.#loops.has(leader)) continue;
      this.#loops.set(leader, this.#sendTo(leader));
    }
  }

  /** Sends no more; what is under way goes on. */
  close(): void {
    this.#closed = true;
  }

  async #sendTo(leader: string): Promise<void> {
    await undefined; // so that what is sent in the same turn goes together
    while (!this.#closed) {
      const batches = this.#ready(leader);
      if (batches.length === 0) break;
      const waitMs = await this.#round(leader, batches);
      if (waitMs > 0) {
        await this.#ports.clock.sleep(waitMs);
        await this.#ports.refresh().catch(() => {}); // the next round says why not
      }
      for (const { queue } of batches) queue.busy = false;
      this.kick(); // the leader may be another one now
    }
    this.#loops.delete(leader);
  }

  /** Takes a batch of each partition that this broker leads. */
  #ready(leader: string): Batch[] {
    const batches: Batch[] = [];
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      if (queue.busy || queue.isEmpty || bytes >= MAX_REQUEST_BYTES || this.#leaderOf(queue) !== leader) {
        continue;
      }
      const batch = this.#awaited(queue);
      if (batch === undefined) continue;
      queue.busy = true;
      bytes += batch.entries.reduce((sum, entry) => sum + entry.bytes, 0);
      batches.push(batch);
    }
    return batches;
  }

  /** The next batch for which somebody still waits; what lies before it is given up. */
  #awaited(queue: PartitionQueue): Batch | undefined {
    while (true) {
      const batch = queue.next(this.#ports.maxBatchBytes);
      if (batch === undefined || batch.entries.some(({ delivery }) => !delivery.isSettled)) return batch;
      this.#outcome.drop(batch);
    }
  }

  /** One request. Returns how long to wait before the next one: 0 where all went well. */
  async #round(leader: string, batches: readonly Batch[]): Promise<number> {
    const { cluster } = this.#ports;
    let broker: Broker | undefined;
    try {
      if (leader === "-1") throw errorFromCode(5); // LEADER_NOT_AVAILABLE
      broker = await cluster.findBroker({ nodeId: leader });
      const results = await this.#request(broker, batches);
      return Math.max(...batches.map((batch) => this.#outcome.answered(batch, resultOf(batch, results))));
    } catch (error) {
      if (broker !== undefined && (isUnanswered(error) || error === NOBODY_WAITS)) hangUp(cluster, broker);
      return Math.max(...batches.map((batch) => this.#outcome.failed(batch, error)));
    }
  }

  async #request(broker: Broker, batches: readonly Batch[]): Promise<readonly ProduceResult[]> {
    const ready = [];
    for (const batch of batches) {
      const { topic, partition } = batch.queue;
      ready.push({ topic, partition, bytes: await this.#encode(batch, broker) });
    }
    for (const { entries } of batches) {
      for (const { delivery } of entries) delivery.sent();
    }
    const deliveries = new Set(batches.flatMap(({ entries }) => entries.map(({ delivery }) => delivery)));
    return await Promise.race([
      this.#ports.produce(broker, ready, this.#ports.replicaTimeoutMs),
      nobodyWaits([...deliveries]),
    ]);
  }

  async #encode(batch: Batch, broker: Broker) {
    if (batch.encoded !== undefined) return batch.encoded.bytes;
    const { numbering, compression, clock } = this.#ports;
    const current = await numbering.current(broker);
    const sequence = current.producerId === -1n ? -1 : batch.queue.sequenceIn(current);
    const identity = { ...current, sequence };
    const records = batch.entries.map(({ record }) => record);
    const bytes = await encodeBatch(records, { identity, compression, timestamp: clock.wallTime() });
    batch.encoded = { bytes, identity };
    return bytes;
  }

  #leaderOf({ topic, partition }: PartitionQueue): string {
    const metadata = this.#ports.cluster.findTopicPartitionMetadata(topic);
    return String(metadata.find(({ partitionId }) => partitionId === partition)?.leader ?? -1);
  }
}

const NOBODY_WAITS = new Error("nobody waits for the answer any more");

async function nobodyWaits(deliveries: readonly Delivery[]): Promise<never> {
  await Promise.allSettled(deliveries.map(({ outcome }) => outcome));
  throw NOBODY_WAITS;
}

function resultOf({ queue }: Batch, results: readonly ProduceResult[]): ProduceResult {
  const found = results.find(({ topic, partition }) =>
    topic === queue.topic && partition === queue.partition
  );
  if (found === undefined) {
    throw new Error(`The broker did not answer for ${queue.topic}[${queue.partition}]`);
  }
  return found;
}
