import type { DecodedRecord, FetchedPartition } from "./broker.ts";

/** Type of a marker in its key, after two bytes of version; 1 is a commit (kafka.apache.org/documentation/#controlbatch). */
const ABORT = 0;

/**
 * Tells of each record of a fetch answer, which must be asked in their order and all of them, whether it is of an
 * aborted transaction: it is from the transaction's first offset to its producer's next abort marker. kafkajs' own
 * filter takes one transaction a record, in the order of the list (brokers sort by markers), and any record with a key
 * of four zero bytes for a marker.
 *
 * @param list The aborted transactions of the answer, in any order; empty unless read_committed was asked for.
 */
export function abortedTransactions(
  list: FetchedPartition["abortedTransactions"],
): (record: DecodedRecord, offset: bigint) => boolean {
  if (list.length === 0) return () => false;
  const begins = list
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0);
  const open = new Set<string>();
  let begun = 0;
  return (record, offset) => {
    for (; begun < begins.length && begins[begun]!.firstOffset <= offset; begun++) {
      open.add(begins[begun]!.producerId);
    }
    const { batchContext: batch, isControlRecord, key } = record;
    if (batch === undefined) return false; // formats before 2 know no transactions
    if (!isControlRecord) return batch.inTransaction && open.has(batch.producerId);
    if (key !== null && key.length >= 4 && key.readInt16BE(2) === ABORT) open.delete(batch.producerId);
    return false;
  };
}
