import type { Buffer } from "node:buffer";
import KafkajsDecoder from "kafkajs/src/protocol/decoder.js";
import decodeKafkajsBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import type { Broker } from "../../../src/kafka/kafkajs/broker.ts";
import type { Cluster } from "../../../src/kafka/kafkajs/internals.ts";
import type { PartitionBatch, ProduceResult } from "../../../src/kafka/kafkajs/produce_request.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/**
 * What happens to a batch: it is written and acknowledged; it is not written, with an error code; it is written, with an
 * error code all the same; or the connection breaks before or after it was written.
 */
export type Fate =
  | { readonly kind: "acknowledged" }
  | { readonly kind: "refused"; readonly code: number }
  | { readonly kind: "written"; readonly code: number }
  | { readonly kind: "lost"; readonly written: boolean };

export const CODES = {
  notLeader: 6,
  timedOut: 7,
  tooLarge: 10,
  notEnoughReplicasAfterAppend: 20,
  outOfOrder: 45,
} as const;

const REQUEST_MS = 7;

interface Written {
  readonly producerId: string;
  readonly sequence: number;
  readonly offset: number;
  readonly count: number;
}

/** Brokers that number and recognise batches as Kafka's do (ProducerStateManager), and answer as a script says. */
export class FakeBrokers {
  /** Values of the records of each partition, in the order of their offsets. */
  readonly logs: string[][];
  /** Values of records that make a batch too large. */
  readonly tooLarge = new Set<string>();
  requests = 0;
  /** Turned by the test: a request takes {@link REQUEST_MS} of its time. */
  readonly clock = new ManualClock();
  readonly #batches: Written[][];
  readonly #fates: Fate[];
  #producers = 0;

  constructor(partitions: number, fates: readonly Fate[] = []) {
    this.logs = Array.from({ length: partitions }, () => []);
    this.#batches = Array.from({ length: partitions }, () => []);
    this.#fates = [...fates];
  }

  /** Partitions are led by broker 0 and 1 in turn; their leaders change after every third request. */
  get cluster(): Cluster {
    return {
      findTopicPartitionMetadata: () =>
        this.logs.map((_, partitionId) => ({ partitionId, leader: this.#leaderOf(partitionId) })),
      findBroker: ({ nodeId }: { nodeId: string }) => Promise.resolve(this.#broker(Number(nodeId))),
      brokerPool: { brokers: {} },
    } as unknown as Cluster;
  }

  /** Stands in for a produce request. */
  readonly produce = async (
    _broker: Broker,
    batches: readonly PartitionBatch[],
  ): Promise<readonly ProduceResult[]> => {
    this.requests++;
    await this.clock.sleep(REQUEST_MS);
    const results: ProduceResult[] = [];
    let broken = false;
    for (const { topic, partition, bytes } of batches) {
      const fate = this.#fates.shift() ?? { kind: "acknowledged" };
      if (fate.kind === "lost") broken = true;
      const writes = fate.kind === "acknowledged" || fate.kind === "written" ||
        fate.kind === "lost" && fate.written;
      const own = writes ? await this.#write(partition, bytes) : { errorCode: 0, offset: -1 };
      const asked = fate.kind === "refused" || fate.kind === "written" ? fate.code : 0;
      const errorCode = own.errorCode === 0 ? asked : own.errorCode;
      results.push({ topic, partition, errorCode, baseOffset: BigInt(errorCode === 0 ? own.offset : -1) });
    }
    if (broken) throw Object.assign(new Error("Closed connection"), { name: "KafkaJSConnectionClosedError" });
    return results;
  };

  #leaderOf(partition: number): number {
    return (partition + Math.floor(this.requests / 3)) % 2;
  }

  #broker(nodeId: number): Broker {
    return {
      nodeId,
      connectionPool: { host: "fake", port: nodeId },
      disconnect: () => Promise.resolve(),
      initProducerId: () => Promise.resolve({ producerId: String(this.#producers++), producerEpoch: 0 }),
    } as unknown as Broker;
  }

  async #write(partition: number, bytes: Buffer): Promise<{ errorCode: number; offset: number }> {
    const { producerId, firstSequence: sequence, records } = await decode(bytes);
    const values = records.map(({ value }) => String(value));
    if (values.some((value) => this.tooLarge.has(value))) return { errorCode: CODES.tooLarge, offset: -1 };
    const log = this.logs[partition]!;
    const mine = this.#batches[partition]!.filter((batch) => batch.producerId === producerId);
    const same = producerId === "-1"
      ? undefined
      : mine.slice(-5).find((batch) => batch.sequence === sequence && batch.count === records.length);
    if (same !== undefined) return { errorCode: 0, offset: same.offset };
    const last = mine.at(-1);
    const expected = last === undefined ? 0 : last.sequence + last.count;
    if (producerId !== "-1" && sequence !== expected) return { errorCode: CODES.outOfOrder, offset: -1 };
    this.#batches[partition]!.push({ producerId, sequence, offset: log.length, count: records.length });
    log.push(...values);
    return { errorCode: 0, offset: log.length - values.length };
  }
}

function decode(batch: Buffer) {
  const Decoder = KafkajsDecoder as unknown as new (bytes: Buffer) => unknown;
  return (decodeKafkajsBatch as unknown as (decoder: unknown) => Promise<{
    producerId: string;
    firstSequence: number;
    records: readonly { value: Buffer }[];
  }>)(new Decoder(batch));
}
