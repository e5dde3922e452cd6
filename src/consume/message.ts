import type { RawRecord } from "../kafka/driver.ts";

/** How values are handed to the processor. `auto`: a string where the bytes are valid UTF-8, else the bytes. */
export type ValueFormat = "auto" | "string" | "bytes";

/** The value of a header: text where it is valid UTF-8, else bytes. */
export type HeaderValue = string | Uint8Array | null;

/** What a processor is given: the seed's message, and a few fields more. */
export interface Message {
  /** Decoded as UTF-8; the bytes are at `_raw_message.key`. Null where the record has no key. */
  readonly key: string | null;
  /** Decoded by `value_format`. Null is a tombstone. */
  readonly value: string | Uint8Array | null;
  /** Where it came from. */
  readonly topic: string;
  /** The partition of that topic, from 0. */
  readonly partition: number;
  /** A number while it is safe (below 2^53); reading it beyond is a `RangeError`: use `offset_text`. */
  readonly offset: number;
  /** The offset as text, exact at any size. */
  readonly offset_text: string;
  /** Unix time in milliseconds; -1 where the broker has none. */
  readonly timestamp: number;
  /** Name to last value. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** All headers in their order; a name may come twice. */
  readonly header_list: readonly (readonly [name: string, value: HeaderValue])[];
  /** The record as it lies in the log. */
  readonly _raw_message: RawRecord;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes a record. Throws a `TypeError` where `value_format: string` meets bytes that are not UTF-8. */
export function decodeMessage(
  topic: string,
  partition: number,
  record: RawRecord,
  valueFormat: ValueFormat,
): Message {
  const headerList = record.headers.map(([name, value]) => [name, textOrBytes(value)] as const);
  const message = {
    key: record.key === null ? null : lenient.decode(record.key),
    value: decodeValue(record.value, valueFormat),
    topic,
    partition,
    offset: Number(record.offset),
    offset_text: record.offset.toString(),
    timestamp: record.timestamp,
    headers: lastByName(headerList),
    header_list: headerList,
    _raw_message: record,
  };
  if (record.offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    Object.defineProperty(message, "offset", { enumerable: true, get: unsafeOffset });
  }
  return message;
}

function unsafeOffset(): never {
  throw new RangeError("Cannot read offset as a number: it is beyond 2^53; read offset_text");
}

function decodeValue(value: Uint8Array | null, format: ValueFormat): string | Uint8Array | null {
  if (value === null || format === "bytes") return value;
  if (format === "auto") return textOrBytes(value);
  try {
    return strict.decode(value);
  } catch (cause) {
    throw new TypeError('value is not valid UTF-8; use value_format "bytes" or "auto"', { cause });
  }
}

function textOrBytes(value: Uint8Array | null): HeaderValue {
  if (value === null) return null;
  try {
    return strict.decode(value);
  } catch {
    return value;
  }
}

function lastByName(list: readonly (readonly [string, HeaderValue])[]): Record<string, HeaderValue> {
  const headers: Record<string, HeaderValue> = {};
  for (const [name, value] of list) {
    // defineProperty: a header called __proto__ is a header like any other
    Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return headers;
}
