import { Buffer } from "node:buffer";
import type { TopicPartition } from "../driver.ts";
import type { Broker } from "./broker.ts";
import { apiKeys, encoded, requestDefinitions } from "./internals.ts";

/** What a broker says to the batch of one partition. */
export interface ProduceResult extends TopicPartition {
  /** 0 where it was written. */
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

/** The batch of one partition. */
export interface PartitionBatch extends TopicPartition {
  readonly bytes: Buffer;
}

interface Answer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { partition: number; errorCode: number; baseOffset: string }[];
  }[];
}

const ALL_IN_SYNC = -1;

/**
 * Sends batches to the leader of their partitions and waits for all in-sync replicas. Rejects only where there was no
 * answer; what became of each partition is in the results, which kafkajs' own request does not tell.
 *
 * @param timeoutMs How long the broker waits for the replicas.
 */
export async function produce(
  broker: Broker,
  batches: readonly PartitionBatch[],
  timeoutMs: number,
): Promise<readonly ProduceResult[]> {
  const ours = encodeRequest(batches, timeoutMs);
  // version and answer are kafkajs' choice; versions 3 to 7 are written alike
  const { request, response } = broker.lookupRequest(apiKeys.Produce, requestDefinitions.Produce)({
    acks: ALL_IN_SYNC,
    timeout: timeoutMs,
    topicData: [],
  });
  try {
    const answer = await broker.connectionPool.send({
      request: { ...request as object, encode: () => Promise.resolve(encoded(ours)) },
      response: { decode: response.decode, parse: (decoded) => Promise.resolve(decoded) },
      requestTimeout: null,
    }) as Answer;
    return answer.topics.flatMap(({ topicName: topic, partitions }) =>
      partitions.map(({ partition, errorCode, baseOffset }) => ({
        topic,
        partition,
        errorCode,
        baseOffset: BigInt(baseOffset),
      }))
    );
  } catch (error) {
    if ((error as Error).name === "KafkaJSConnectionClosedError") await broker.disconnect();
    throw error;
  }
}

function encodeRequest(batches: readonly PartitionBatch[], timeoutMs: number): Buffer {
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  const parts = [int16(-1), int16(ALL_IN_SYNC), int32(timeoutMs), int32(topics.size)]; // no transactional id
  for (const [topic, partitions] of topics) {
    const name = Buffer.from(topic);
    parts.push(int16(name.length), name, int32(partitions.length));
    for (const { partition, bytes } of partitions) parts.push(int32(partition), int32(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
