import { exactJson, parseExactJson } from "../core/exact_json.ts";
import type { OutgoingRecord, RawRecord } from "../kafka/driver.ts";

/** A message that a test gives to a job. */
export interface TestMessage {
  /** Its key; without one, or null, it has none. */
  readonly key?: string | null;
  /** A text or bytes as they are; null is a tombstone; anything else as JSON, bigints by their digits. */
  readonly value: unknown;
  /** Names and values. */
  readonly headers?: Readonly<Record<string, string | Uint8Array | null>>;
  /** By default that of the key, as Kafka chooses it. */
  readonly partition?: number;
  /** Unix time in milliseconds; by default now. */
  readonly timestamp?: number;
}

/** A message as it lies in a topic, decoded. */
export interface TopicMessage {
  /** The partition it lies in, from 0. */
  readonly partition: number;
  /** Its place in the partition, from 0. */
  readonly offset: number;
  /** Null where it has none. */
  readonly key: string | null;
  /**
   * What its JSON says, integers beyond 2^53 as bigints; the text where it is none, the bytes where they are no UTF-8, null
   * for a tombstone.
   */
  readonly value: unknown;
  /** Name to last value. */
  readonly headers: Readonly<Record<string, string | Uint8Array | null>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A test's message as bytes. Throws a `TypeError` where its value cannot be written. */
export function toRecord(
  topic: string,
  message: TestMessage,
): OutgoingRecord & { readonly timestamp?: number } {
  const { key = null, value, headers = {}, partition, timestamp } = message;
  return {
    key: bytesOf(key),
    value: valueBytes(topic, value),
    headers: Object.entries(headers).map(([name, header]) => [name, bytesOf(header)]),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

function valueBytes(topic: string, value: unknown): Uint8Array | null {
  if (value === null || typeof value === "string" || value instanceof Uint8Array) return bytesOf(value);
  const json = exactJson(value);
  if (json !== undefined) return encoder.encode(json);
  throw new TypeError(
    `Cannot make a message for topic ${topic}: its value is ${typeof value}; ` +
      "give an object, a text, bytes, or null for a tombstone, as { key, value }",
  );
}

function bytesOf(value: string | Uint8Array | null): Uint8Array | null {
  return typeof value === "string" ? encoder.encode(value) : value;
}

/** A record of a topic as a test looks at it. */
export function fromRecord(record: RawRecord & { readonly partition: number }): TopicMessage {
  const { partition, offset, key, value, headers } = record;
  const text = textOf(value);
  return {
    partition,
    offset: Number(offset),
    key: key === null ? null : new TextDecoder().decode(key),
    value: typeof text === "string" ? jsonOr(text) : text,
    headers: Object.fromEntries(headers.map(([name, header]) => [name, textOf(header)])),
  };
}

function textOf(value: Uint8Array | null): string | Uint8Array | null {
  if (value === null) return null;
  try {
    return decoder.decode(value);
  } catch {
    return value;
  }
}

function jsonOr(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
