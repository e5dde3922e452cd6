import type { Buffer } from "node:buffer";
import type { FetchedPartition } from "./broker.ts";
import { readRecordSet } from "./log_batch.ts";

interface FetchAnswer {
  /** Milliseconds that kafkajs is to wait before it asks again (KIP-219); brokers before that have waited themselves. */
  readonly clientSideThrottleTime: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

/** Versions of the answer that are written alike but for what is told apart below; kafkajs asks for no later ones. */
export const FETCH_VERSIONS = { first: 4, last: 11 } as const;

/**
 * Reads an answer to a fetch (Kafka's FetchResponse.json; src/protocol/requests/fetch/v4 to v11 of kafkajs).
 *
 * @param version Of the request: brokers from 2.3 on speak 11 with kafkajs, those before 10 or less.
 */
export async function decodeFetchAnswer(version: number, raw: Buffer): Promise<FetchAnswer> {
  const clientSideThrottleTime = version >= 8 ? raw.readInt32BE(0) : 0;
  let at = 4;
  if (version >= 7) at += 6; // error code, session id: there are no sessions without asking for one
  const int16 = () => raw.readInt16BE((at += 2) - 2);
  const int32 = () => raw.readInt32BE((at += 4) - 4);
  const int64 = () => raw.readBigInt64BE((at += 8) - 8);
  const bytes = (length: number) => raw.subarray(at, at += Math.max(0, length));
  const responses = [];
  for (let topics = int32(); topics > 0; topics--) {
    const topicName = bytes(int16()).toString("utf8");
    const partitions: FetchedPartition[] = [];
    for (let count = int32(); count > 0; count--) {
      const head = {
        partition: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64(),
        ...(version >= 5 ? { logStartOffset: int64() } : {}),
        abortedTransactions: Array.from(
          { length: Math.max(0, int32()) },
          () => ({ producerId: int64(), firstOffset: int64() }),
        ),
        ...(version >= 11 ? { preferredReadReplica: int32() } : {}),
      };
      partitions.push({ ...head, topic: topicName, ...await readRecordSet(bytes(int32())) });
    }
    responses.push({ topicName, partitions });
  }
  return { clientSideThrottleTime, responses };
}
