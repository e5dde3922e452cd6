import type { FetchedRecords, RawRecord } from "../driver.ts";
import { abortedTransactions } from "./aborted.ts";
import type { DecodedRecord, FetchedPartition } from "./broker.ts";
import { HeaderList } from "./header_order.ts";

/** What a fetch brought of one partition: the records to hand out, and where to read on. */
export type Reading = Pick<FetchedRecords, "records" | "nextOffset" | "endOffset">;

/**
 * Reads a fetched partition: aborted transactions and markers are dropped, and the position passes them, as it passes
 * offsets that compaction removed.
 *
 * @param from The offset that was asked for: brokers send whole batches, which may begin before it.
 */
export function readPartition(from: bigint, fetched: FetchedPartition): Reading {
  const { messages, recordsEnd, lastStableOffset, highWatermark } = fetched;
  const isAborted = abortedTransactions(fetched.abortedTransactions ?? []);
  const records: RawRecord[] = [];
  for (const message of messages) {
    const record = toRawRecord(message);
    // records before `from` are looked at too: a transaction may begin there
    const isOut = isAborted(message, record.offset) || message.isControlRecord;
    if (!isOut && record.offset >= from) records.push(record);
  }
  let nextOffset = from;
  for (const end of [endOf(messages.at(-1)), recordsEnd]) {
    if (end !== undefined && end > nextOffset) nextOffset = end;
  }
  const stable = BigInt(lastStableOffset ?? -1);
  return { records, nextOffset, endOffset: stable >= 0n ? stable : BigInt(highWatermark) };
}

/** The offset after a record's batch; formats before 2 have none. */
function endOf(record: DecodedRecord | undefined): bigint | undefined {
  if (record === undefined) return undefined;
  const { offset, batchContext } = record;
  if (batchContext === undefined) return BigInt(offset) + 1n;
  return BigInt(batchContext.firstOffset) + BigInt(batchContext.lastOffsetDelta) + 1n;
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

/** All headers as pairs, in their order. */
export function headerPairs(headers: DecodedRecord["headers"] | HeaderList): RawRecord["headers"] {
  if (headers instanceof HeaderList) return headers.pairs;
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isHeaderValue).map((one) => [name, one] as const)
  );
}

/** kafkajs finds "another value" of a header called `valueOf` or `constructor` in its objects' prototype. */
function isHeaderValue(value: unknown): value is Uint8Array | null {
  return value === null || value instanceof Uint8Array;
}
