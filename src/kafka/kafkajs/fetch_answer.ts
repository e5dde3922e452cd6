import type { Buffer } from "node:buffer";
import type { FetchedPartition } from "./broker.ts";
import { BATCH_OVERHEAD } from "./record_batch.ts";

type Decode = (raw: unknown) => Promise<unknown>;

interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

/** Bytes of a batch that its length does not count: the base offset and the length itself. */
const LENGTH_ENDS = 12;

/**
 * Adds `recordsEnd` to each partition that kafkajs decodes from an answer to a fetch. kafkajs hands out records only:
 * where the log cleaner left nothing but emptied batches (it keeps a producer's last batch for its sequence number),
 * only their headers tell where to read on.
 *
 * @param version Of the request: brokers from 2.3 on speak 11 with kafkajs, those before 10 or less; below 4 nothing is
 * added.
 * @param decode kafkajs' own decoder of that version.
 */
export function withRecordEnds(version: number, decode: Decode): Decode {
  if (version < 4 || version > 11) return decode;
  return async (raw) => {
    const answer = await decode(raw) as FetchAnswer;
    const recordSets = recordSetsOf(raw as Buffer, version);
    const responses = answer.responses.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((partition) => {
        const recordSet = recordSets.next().value;
        const recordsEnd = recordSet === undefined ? undefined : endOfBatches(recordSet);
        return recordsEnd === undefined ? partition : { ...partition, recordsEnd };
      }),
    }));
    return { ...answer, responses };
  };
}

/** The record sets of an answer, one for each partition in their order (src/protocol/requests/fetch/v4 to v11). */
function* recordSetsOf(raw: Buffer, version: number): Generator<Buffer, undefined> {
  let at = 4; // throttle time
  if (version >= 7) at += 6; // error code, session id
  const int32 = () => raw.readInt32BE((at += 4) - 4);
  for (let topics = int32(); topics > 0; topics--) {
    at += 2 + raw.readInt16BE(at); // name
    for (let partitions = int32(); partitions > 0; partitions--) {
      at += 4 + 2 + 8 + 8; // partition, error code, high watermark, last stable offset
      if (version >= 5) at += 8; // log start offset
      const aborted = Math.max(0, int32());
      at += aborted * (8 + 8); // producer id, first offset
      if (version >= 11) at += 4; // preferred read replica
      const size = Math.max(0, int32());
      yield raw.subarray(at, at + size);
      at += size;
    }
  }
}

/**
 * The offset after the last whole batch of a record set; undefined where there is none, or where the first is of a
 * format before 2. Brokers may cut off the last batch: kafkajs leaves it out too.
 */
function endOfBatches(recordSet: Buffer): bigint | undefined {
  let end: bigint | undefined;
  let at = 0;
  while (at + BATCH_OVERHEAD <= recordSet.length && recordSet.readInt8(at + 16) === 2) {
    const next = at + LENGTH_ENDS + recordSet.readInt32BE(at + 8);
    if (next < at + BATCH_OVERHEAD || next > recordSet.length) break;
    end = recordSet.readBigInt64BE(at) + BigInt(recordSet.readInt32BE(at + 23)) + 1n;
    at = next;
  }
  return end;
}
