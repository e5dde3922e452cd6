import type { RawRecord } from "../driver.ts";
import type { FetchedPartition } from "./broker.ts";
import type { LogBatch } from "./log_batch.ts";

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
): (batch: LogBatch, record: Pick<RawRecord, "offset" | "key">) => boolean {
  if (list.length === 0) return () => false;
  const begins = list.toSorted((a, b) =>
    a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0
  );
  const open = new Set<bigint>();
  let begun = 0;
  return ({ producerId, inTransaction, isControl }, { offset, key }) => {
    for (; begun < begins.length && begins[begun]!.firstOffset <= offset; begun++) {
      open.add(begins[begun]!.producerId);
    }
    if (!isControl) return inTransaction && open.has(producerId);
    if (typeOf(key) === ABORT) open.delete(producerId);
    return false;
  };
}

/** What a marker says of its transaction. */
function typeOf(key: Uint8Array | null): number | undefined {
  return key === null || key.length < 4 ? undefined : key[2]! << 8 | key[3]!;
}
