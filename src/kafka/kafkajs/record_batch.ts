import { Buffer } from "node:buffer";
import type { OutgoingRecord } from "../driver.ts";
import { compressionCodecs, crc32c } from "./internals.ts";

/** Who wrote a batch, so that the broker recognises one that comes twice. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
  /** Number of the batch's first record within its partition. */
  readonly sequence: number;
}

/** Bytes of a batch before its first record. */
export const BATCH_OVERHEAD = 61;
const CRC_FROM = 21;

/**
 * A record batch as it goes over the wire and lies in the log (Kafka's message format 2). kafkajs' own encoder loses the
 * order of headers and refuses null in one, so this is ours.
 *
 * @param compression kafkajs' number of the codec; 0 is none.
 * @param timestamp Unix time in milliseconds of all records.
 */
export async function encodeBatch(
  records: readonly OutgoingRecord[],
  { identity, compression, timestamp }: { identity: BatchIdentity; compression: number; timestamp: number },
): Promise<Buffer> {
  const plain = Buffer.concat(records.map(encodeRecord));
  const body = compression === 0
    ? plain
    : await compressionCodecs[compression]!().compress({ buffer: plain });
  const batch = Buffer.alloc(BATCH_OVERHEAD + body.length);
  let at = batch.writeBigInt64BE(0n, 0); // the broker sets the base offset
  at = batch.writeInt32BE(batch.length - at - 4, at);
  at = batch.writeInt32BE(-1, at); // partition leader epoch: the broker's
  at = batch.writeInt8(2, at); // message format
  at += 4; // the checksum follows below
  at = batch.writeInt16BE(compression, at);
  at = batch.writeInt32BE(records.length - 1, at);
  at = batch.writeBigInt64BE(BigInt(timestamp), at);
  at = batch.writeBigInt64BE(BigInt(timestamp), at);
  at = batch.writeBigInt64BE(identity.producerId, at);
  at = batch.writeInt16BE(identity.epoch, at);
  at = batch.writeInt32BE(identity.sequence, at);
  at = batch.writeInt32BE(records.length, at);
  body.copy(batch, at);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)), CRC_FROM - 4);
  return batch;
}

/** The bytes that a record takes in a batch, before compression: never too few. */
export function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = 24 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of headers) bytes += 10 + Buffer.byteLength(name) + (content?.length ?? 0);
  return bytes;
}

function encodeRecord(record: OutgoingRecord, index: number): Buffer {
  const size = sizeOf(record);
  const bytes = Buffer.allocUnsafe(size + 5);
  let at = 5; // room for the length, which is known at the end
  at = bytes.writeInt8(0, at); // attributes
  at = writeVarint(bytes, 0, at); // time since the batch's
  at = writeVarint(bytes, index, at);
  at = writeBytes(bytes, record.key, at);
  at = writeBytes(bytes, record.value, at);
  at = writeVarint(bytes, record.headers.length, at);
  for (const [name, content] of record.headers) {
    at = writeBytes(bytes, Buffer.from(name), at);
    at = writeBytes(bytes, content, at);
  }
  const length = Buffer.allocUnsafe(5);
  const lengthBytes = writeVarint(length, at - 5, 0);
  length.copy(bytes, 5 - lengthBytes, 0, lengthBytes);
  return bytes.subarray(5 - lengthBytes, at);
}

function writeBytes(target: Buffer, bytes: Uint8Array | null, at: number): number {
  if (bytes === null) return writeVarint(target, -1, at);
  const start = writeVarint(target, bytes.length, at);
  target.set(bytes, start);
  return start + bytes.length;
}

/** A 32-bit integer in zigzag form: small ones, negative too, take few bytes. */
function writeVarint(target: Buffer, value: number, at: number): number {
  let rest = (value << 1 ^ value >> 31) >>> 0;
  let end = at;
  while (rest > 0x7f) {
    target[end++] = rest & 0x7f | 0x80;
    rest >>>= 7;
  }
  target[end++] = rest;
  return end;
}
