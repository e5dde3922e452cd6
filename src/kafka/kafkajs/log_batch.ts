import type { Buffer } from "node:buffer";
import type { RawRecord } from "../driver.ts";
import { codecOf, isKnownCodec } from "./codecs.ts";
import { crc32c } from "./internals.ts";
import { readOldMessages } from "./old_messages.ts";
import { BATCH_OVERHEAD } from "./record_batch.ts";
import { readRecords } from "./record_reader.ts";

/** Records that were written together, as they lie in the log; none where the log cleaner has removed them. */
export interface LogBatch {
  readonly firstOffset: bigint;
  /** The offset after it. */
  readonly end: bigint;
  /** -1 where it has none. */
  readonly producerId: bigint;
  readonly inTransaction: boolean;
  /** Its one record is the end of a transaction. */
  readonly isControl: boolean;
  readonly records: readonly RawRecord[];
}

/** A batch that cannot be read: nothing behind it was looked at. */
export interface UnreadableBatch {
  readonly firstOffset: bigint | undefined;
  /** The offset after it, where it tells. */
  readonly end: bigint | undefined;
  /** What is wrong with it, to be put behind "its". */
  readonly why: string;
  /** It may be whole: this version does not know how to read it. */
  readonly isUnknown: boolean;
  readonly cause: unknown;
}

/** What a record set holds: batches up to the first that cannot be read. */
export interface RecordSet {
  readonly batches: readonly LogBatch[];
  readonly unreadable: UnreadableBatch | undefined;
}

/** Where the parts of a batch lie (kafka.apache.org/documentation/#recordbatch). */
const LENGTH = 8;
const FORMAT = 16;
const CHECKSUM = 17;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const FIRST_TIMESTAMP = 27;
const LAST_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const COUNT = 57;
/** Bytes of a batch that its length does not count: the base offset and the length itself. */
const LENGTH_ENDS = 12;

const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/**
 * Reads the record set of a fetched partition. Never rejects: what is wrong with a batch is told by `unreadable`, so that
 * one partition's trouble is not that of the others in the answer. kafkajs' own reader fails for all of them, checks no
 * checksums, and fails at batches of some 100,000 records.
 */
export async function readRecordSet(bytes: Buffer): Promise<RecordSet> {
  const batches: LogBatch[] = [];
  for (let at = 0; bytes.length > at;) {
    const left = bytes.length - at;
    const size = left < BATCH_OVERHEAD ? undefined : bytes.readInt32BE(at + LENGTH) + LENGTH_ENDS;
    const format = left <= FORMAT ? undefined : bytes.readInt8(at + FORMAT);
    if (format === 0 || format === 1) {
      if (at > 0) break; // it is asked for next
      const old = await readOldMessages(bytes);
      return "why" in old ? { batches, unreadable: old } : { batches: old.batches, unreadable: undefined };
    }
    if (size === undefined || size > left) break; // brokers cut off the last batch of an answer, never its first
    const batch = size < BATCH_OVERHEAD || format !== 2
      ? damaged(bytes.subarray(at), format === 2 ? "length is wrong" : `format is ${format}`, format !== 2)
      : await readBatch(bytes.subarray(at, at + size));
    if ("why" in batch) return { batches, unreadable: batch };
    batches.push(batch);
    at += size;
  }
  if (batches.length > 0 || bytes.length === 0) return { batches, unreadable: undefined };
  return { batches, unreadable: damaged(bytes, `first ${bytes.length} bytes are all that came`) };
}

async function readBatch(batch: Buffer): Promise<LogBatch | UnreadableBatch> {
  if (batch.readUInt32BE(CHECKSUM) !== crc32c(batch.subarray(ATTRIBUTES))) {
    return damaged(batch, "checksum does not fit");
  }
  const attributes = batch.readInt16BE(ATTRIBUTES);
  const codec = attributes & CODEC;
  if (!isKnownCodec(codec)) {
    return damaged(batch, `records are compressed by codec ${codec}, which is not known`, true);
  }
  const firstOffset = batch.readBigInt64BE(0);
  const count = batch.readInt32BE(COUNT);
  const isAppendTime = (attributes & LOG_APPEND_TIME) !== 0;
  let body = batch.subarray(BATCH_OVERHEAD);
  try {
    if (codec !== 0 && count > 0) body = await codecOf(codec).decompress(body);
  } catch (cause) {
    return damaged(batch, `${codecOf(codec).name} data cannot be decompressed`, false, cause);
  }
  try {
    return {
      firstOffset,
      end: endOf(batch),
      producerId: batch.readBigInt64BE(PRODUCER_ID),
      inTransaction: (attributes & TRANSACTIONAL) !== 0,
      isControl: (attributes & CONTROL) !== 0,
      records: readRecords(body, count, {
        firstOffset,
        firstTimestamp: Number(batch.readBigInt64BE(FIRST_TIMESTAMP)),
        appendTime: isAppendTime ? Number(batch.readBigInt64BE(LAST_TIMESTAMP)) : undefined,
      }),
    };
  } catch (cause) {
    return damaged(batch, "records are malformed", false, cause);
  }
}

function endOf(batch: Buffer): bigint {
  return batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA)) + 1n;
}

function damaged(batch: Buffer, why: string, isUnknown = false, cause?: unknown): UnreadableBatch {
  return {
    firstOffset: batch.length < 8 ? undefined : batch.readBigInt64BE(0),
    end: batch.length < BATCH_OVERHEAD ? undefined : endOf(batch),
    why,
    isUnknown,
    cause,
  };
}
