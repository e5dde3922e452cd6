import type { FetchedRecords, RawRecord } from "../driver.ts";
import type { DecodedRecord, FetchedPartition } from "./broker.ts";
import { Batch } from "./internals.ts";

/** What a fetch brought of one partition: the records to hand out, and where to read on. */
export type Reading = Pick<FetchedRecords, "records" | "nextOffset" | "endOffset">;

/**
 * Reads a fetched partition: aborted transactions and markers are dropped, and the position passes them, as it passes
 * offsets that compaction removed.
 *
 * @param from The offset that was asked for: brokers send whole batches, which may begin before it.
 */
export function readPartition(topic: string, from: bigint, fetched: FetchedPartition): Reading {
  const batch = new Batch(topic, from.toString(), fetched);
  const records = (batch.messages as readonly DecodedRecord[]).map(toRawRecord);
  let nextOffset = from;
  for (const { offset, batchContext } of fetched.messages) {
    const ends = batchContext === undefined
      ? BigInt(offset)
      : BigInt(batchContext.firstOffset) + BigInt(batchContext.lastOffsetDelta);
    if (ends >= nextOffset) nextOffset = ends + 1n;
  }
  const stable = BigInt(fetched.lastStableOffset ?? -1);
  return { records, nextOffset, endOffset: stable >= 0n ? stable : BigInt(fetched.highWatermark) };
}

function toRawRecord(record: DecodedRecord): RawRecord {
  return {
    offset: BigInt(record.offset),
    timestamp: Number(record.timestamp),
    key: record.key,
    value: record.value,
    headers: headerPairs(record.headers ?? {}),
  };
}

/** All headers as pairs; a name that came twice has its values in their order. */
export function headerPairs(headers: DecodedRecord["headers"]): RawRecord["headers"] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isHeaderValue).map((one) => [name, one] as const)
  );
}

/** kafkajs finds "another value" of a header called `valueOf` or `constructor` in its objects' prototype. */
function isHeaderValue(value: unknown): value is Uint8Array | null {
  return value === null || value instanceof Uint8Array;
}
