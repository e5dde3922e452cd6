import { Buffer } from "node:buffer";
import { escapeControls, escapeInJson } from "../logging/escape.ts";
import { jsonLine } from "./output.ts";
import type { Peeked } from "./peek_records.ts";
import { peekText } from "./text/records.ts";

const MOST_HEX = 32;
const WIDEST_KEY = 36;

/** The text of bytes in UTF-8; undefined where they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes for people, on one line, without what commands a terminal. */
export function shown(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (text !== undefined) return escapeControls(text);
  const hex = Buffer.from(bytes.subarray(0, MOST_HEX)).toString("hex");
  return peekText.binary(bytes.length, bytes.length > MOST_HEX ? `${hex}…` : hex);
}

/** Writes records as lines below each other; columns grow with what comes. */
export function lineWriter(
  widestPlace: number,
  headers: boolean,
): { readonly titles: string; line(peeked: Peeked): string } {
  let keyWidth = 3;
  const columns = (time: string, place: string, key: string, value: string) => {
    keyWidth = Math.min(WIDEST_KEY, Math.max(keyWidth, key.length));
    return `${time.padEnd(24)}  ${place.padEnd(Math.max(5, widestPlace))}  ${key.padEnd(keyWidth)}  ${value}`;
  };
  return {
    titles: columns("TIME", "PLACE", "KEY", "VALUE"),
    line({ partition, record }) {
      const value = record.value === null ? peekText.tombstone : shown(record.value);
      const more = record.headers.map(([name, bytes]) =>
        `${escapeControls(name)}=${bytes === null ? "" : shown(bytes)}`
      );
      return columns(
        timeOf(record.timestamp) ?? peekText.noTime,
        `${partition}@${record.offset}`,
        record.key === null ? "-" : shown(record.key),
        headers && more.length > 0 ? `${value}  {${more.join(", ")}}` : value,
      ).trimEnd();
    },
  };
}

/** A record as a line of JSON: texts as they are, other bytes in base64 in a field of their own. */
export function recordJson({ topic, partition, record }: Peeked): string {
  const { offset, timestamp, key, value, headers } = record;
  return escapeInJson(
    jsonLine({
      topic,
      partition,
      offset,
      timestamp,
      time: timeOf(timestamp) ?? null,
      ...field("key", key),
      ...field("value", value),
      headers: Object.fromEntries(
        headers.map(([name, bytes]) => [name, bytes === null ? null : plain(bytes)]),
      ),
    }).trimEnd(),
  ) + "\n";
}

/** A field of JSON: text as it is, other bytes in base64 in a field of their own. */
export function field(name: string, bytes: Uint8Array | null): Record<string, string | null> {
  if (bytes === null) return { [name]: null };
  const text = textOf(bytes);
  return text === undefined ? { [name]: null, [`${name}_base64`]: base64(bytes) } : { [name]: text };
}

const plain = (bytes: Uint8Array) => textOf(bytes) ?? base64(bytes);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** ISO 8601 in UTC; undefined where the broker has no time. */
export function timeOf(timestamp: number): string | undefined {
  const time = new Date(timestamp);
  return timestamp < 0 || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
