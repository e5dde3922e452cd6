import type { Buffer } from "node:buffer";
import type { RawRecord } from "../driver.ts";

/** What the records of a batch count from. */
export interface BatchStart {
  readonly firstOffset: bigint;
  /** Unix time in milliseconds. */
  readonly firstTimestamp: number;
  /** The time of all records, where the broker sets it. */
  readonly appendTime: number | undefined;
}

const NO_HEADERS: RawRecord["headers"] = [];

/** The records of a batch, decompressed. Throws a `RangeError` where there are fewer, or more, or one is malformed. */
export function readRecords(body: Buffer, count: number, start: BatchStart): RawRecord[] {
  const cursor = new Cursor(body);
  const records: RawRecord[] = [];
  for (let i = 0; i < count; i++) records.push(readRecord(cursor, start));
  if (cursor.at !== body.length) throw new RangeError(`there are ${body.length - cursor.at} bytes too many`);
  return records;
}

function readRecord(cursor: Cursor, { firstOffset, firstTimestamp, appendTime }: BatchStart): RawRecord {
  const length = cursor.varint();
  const end = cursor.at + length;
  cursor.skip(1); // attributes, without use
  const timestamp = firstTimestamp + cursor.varlong();
  const offset = firstOffset + BigInt(cursor.varint());
  const key = cursor.bytes();
  const value = cursor.bytes();
  const count = cursor.varint();
  const headers = count === 0 ? NO_HEADERS : readHeaders(cursor, count);
  if (cursor.at !== end) throw new RangeError("a record is not as long as it says");
  return { offset, timestamp: appendTime ?? timestamp, key, value, headers };
}

function readHeaders(cursor: Cursor, count: number): RawRecord["headers"] {
  const headers: [string, Uint8Array | null][] = [];
  for (let i = 0; i < count; i++) {
    const name = cursor.bytes();
    if (name === null) throw new RangeError("a header has no name");
    headers.push([name.toString("utf8"), cursor.bytes()]);
  }
  return headers;
}

/** Reads on and on; throws a `RangeError` beyond the end. */
class Cursor {
  readonly #body: Buffer;
  at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** Bytes behind their length; -1 is null. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    const end = this.at + length;
    if (length < 0 || end > this.#body.length) throw new RangeError("a length is wrong");
    const bytes = this.#body.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  /** A 32-bit integer in zigzag form. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 1 ^ -(value & 1);
    }
    throw new RangeError("a number is too long");
  }

  /** A 64-bit integer in zigzag form; beyond 2^53 the nearest number. */
  varlong(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      if (shift === 0n && byte < 0x80) return byte >>> 1 ^ -(byte & 1); // most of them
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value >> 1n ^ -(value & 1n)));
    }
    throw new RangeError("a number is too long");
  }

  #byte(): number {
    const byte = this.#body[this.at++];
    if (byte === undefined) throw new RangeError("it ends too soon");
    return byte;
  }
}
