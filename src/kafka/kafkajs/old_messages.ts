import type { Buffer } from "node:buffer";
import type { LogBatch, UnreadableBatch } from "./log_batch.ts";
import { decodeMessageSet } from "./internals.ts";

/**
 * Messages of the formats before 2, which brokers before 4.0 may still hold in old topics, as one batch. kafkajs reads
 * them; they have no headers and know no transactions.
 */
export async function readOldMessages(
  bytes: Buffer,
): Promise<{ readonly batches: readonly LogBatch[] } | UnreadableBatch> {
  try {
    const messages = await decodeMessageSet(bytes);
    const [first, last] = [messages[0], messages.at(-1)];
    if (first === undefined || last === undefined) throw new RangeError("there is no whole message");
    const batch = {
      firstOffset: BigInt(first.offset),
      end: BigInt(last.offset) + 1n,
      producerId: -1n,
      inTransaction: false,
      isControl: false,
      records: messages.map(({ offset, timestamp, key, value }) => ({
        offset: BigInt(offset),
        timestamp: Number(timestamp ?? -1), // the oldest format has none
        key,
        value,
        headers: [],
      })),
    };
    return { batches: [batch] };
  } catch (cause) {
    const firstOffset = bytes.length < 8 ? undefined : bytes.readBigInt64BE(0);
    return { firstOffset, end: undefined, why: "messages of an old format", isUnknown: false, cause };
  }
}
