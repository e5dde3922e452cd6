import type { FetchedRecords, RawRecord } from "../driver.ts";
import { abortedTransactions } from "./aborted.ts";
import type { FetchedPartition } from "./broker.ts";
import { unreadableError } from "./unreadable.ts";

/** What a fetch brought of one partition: the records to hand out, and where to read on. */
export type Reading = Pick<FetchedRecords, "records" | "nextOffset" | "endOffset">;

/** {@link readPartition}, but hands back the error of a batch that cannot be read. */
export function readingOf(from: bigint, fetched: FetchedPartition): Reading | Error {
  try {
    return readPartition(from, fetched);
  } catch (error) {
    return error as Error;
  }
}

/**
 * Reads a fetched partition: aborted transactions and markers are dropped, and the position passes them, as it passes
 * offsets that compaction removed. Throws where the batch at `from` cannot be read; one that lies behind others is asked
 * for next.
 *
 * @param from The offset that was asked for: brokers send whole batches, which may begin before it.
 */
export function readPartition(from: bigint, fetched: FetchedPartition): Reading {
  const { batches, unreadable, lastStableOffset, highWatermark } = fetched;
  const isAborted = abortedTransactions(fetched.abortedTransactions);
  const records: RawRecord[] = [];
  let nextOffset = from;
  for (const batch of batches) {
    for (const record of batch.records) {
      // records before `from` are looked at too: a transaction may begin there
      const isOut = isAborted(batch, record) || batch.isControl;
      if (!isOut && record.offset >= from) records.push(record);
    }
    if (batch.end > nextOffset) nextOffset = batch.end;
  }
  if (unreadable !== undefined && nextOffset === from) throw unreadableError(fetched, from, unreadable);
  return { records, nextOffset, endOffset: lastStableOffset >= 0n ? lastStableOffset : highWatermark };
}
