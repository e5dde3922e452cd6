import { Buffer } from "node:buffer";
import { PermanentError } from "../core/errors.ts";

/** V8 has it (TC39: JSON.parse source text access); TypeScript's library does not yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const encoder = new TextEncoder();

/** DuckDB's values that have no one text, or whose text is not what they hold. */
const COMPOSED = /^DuckDB(List|Array|Struct|Map|Union|Variant|Blob)Value$/;

/** Objects whose content JSON.stringify does not see: it would write `{}` for them. */
const OPAQUE = new Set(["Map", "Set", "WeakMap", "WeakSet", "Promise", "Error", "RegExp"]);

/**
 * A value as JSON in UTF-8, with nothing rounded and nothing lost: integers of any size by all their digits, dates as
 * ISO 8601, bytes in base64 (as Kafka Connect's JsonConverter writes them), DuckDB's lists, structs and maps as lists
 * and objects and its other values by their text, secrets as `***`. What is undefined is left out.
 *
 * Throws a `PermanentError` that names the column, never its value, where JSON has no form for it: NaN and infinities,
 * dates that are none, functions, objects within themselves, a `Map` or a `Promise`.
 * @param where What it is for an error, such as `data[3]`.
 */
export function encodeJson(value: unknown, where: string): Uint8Array {
  let column = "";
  const place = () => column === "" ? where : `${where}.${column}`;
  function replace(this: unknown, key: string, converted: unknown): unknown {
    if (this === value) column = shortName(key);
    return jsonForm((this as Record<string, unknown>)[key], converted, place);
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value, replace);
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    // without the cause: its text is JSON.stringify's or a toJSON's own, and may hold what the message holds
    if (error instanceof RangeError) throw refusal(place(), "nested too deeply");
    const isCycle = error instanceof TypeError && error.message.includes("circular structure");
    if (isCycle) throw refusal(place(), "an object within itself");
    throw new PermanentError(`${where} cannot be written as JSON: the toJSON of a value in it fails`);
  }
  if (text === undefined) throw refusal(where, "undefined");
  return encoder.encode(text);
}

/** What JSON.stringify is to go on with. `converted` is what the value's own toJSON made of it, if it has one. */
function jsonForm(value: unknown, converted: unknown, place: () => string): unknown {
  switch (typeof value) {
    case "bigint":
      return rawJSON(value.toString());
    case "number":
      if (!Number.isFinite(value)) throw refusal(place(), String(value));
      return value;
    case "function":
    case "symbol":
      throw refusal(place(), `a ${typeof value}`);
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return value;
  if (value instanceof Uint8Array) return base64(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw refusal(place(), named(className(value)));
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) throw refusal(place(), "an invalid Date");
  if (converted !== value) return jsonForm(converted, converted, place);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (OPAQUE.has(tag)) throw refusal(place(), named(tag) + (tag === "Promise" ? " (a forgotten await)" : ""));
  return isDuckdbValue(value) ? duckdbForm(value, place) : value;
}

/** A value of @duckdb/node-api, known by the name of its class: this folder must not load DuckDB. */
interface DuckdbValue {
  readonly items?: readonly unknown[];
  readonly entries?: readonly { key: unknown; value: unknown }[] | Readonly<Record<string, unknown>>;
  readonly bytes?: Uint8Array;
  readonly value?: unknown;
}

function isDuckdbValue(value: object): value is DuckdbValue {
  return /^DuckDB\w+Value$/.test(className(value));
}

function duckdbForm(value: DuckdbValue, place: () => string): unknown {
  switch (className(value)) {
    case "DuckDBListValue":
    case "DuckDBArrayValue":
      return value.items;
    case "DuckDBStructValue":
      return value.entries;
    case "DuckDBMapValue": {
      const entries = value.entries as readonly { key: unknown; value: unknown }[];
      return Object.fromEntries(entries.map(({ key, value }) => [String(key), value]));
    }
    case "DuckDBUnionValue":
    case "DuckDBVariantValue":
      return jsonForm(value.value, value.value, place);
    case "DuckDBBlobValue":
      return base64(value.bytes ?? new Uint8Array());
    default:
      return String(value);
  }
}

/**
 * A key, or a value of `value_format: string`, as text in UTF-8: strings as they are, numbers, booleans and big integers
 * by their digits, dates as ISO 8601, DuckDB's simple values by their text. Null stays null. Throws a `PermanentError`
 * for what has no one text: objects, lists, NaN, strings that are not valid Unicode.
 */
export function encodeText(value: unknown, where: string): Uint8Array | null {
  if (value === null) return null;
  const text = textOf(value);
  if (text === undefined) {
    throw new PermanentError(
      `${where} is ${kindName(value)}: expected a text, a number, a boolean or a date`,
    );
  }
  if (!text.isWellFormed()) throw new PermanentError(`${where} is not valid Unicode: half a surrogate pair`);
  return encoder.encode(text);
}

/** Bytes as they are, anything else as {@link encodeText} does. */
export function encodeBytes(value: unknown, where: string): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const isBlob = typeof value === "object" && value !== null && className(value) === "DuckDBBlobValue";
  return isBlob ? (value as DuckdbValue).bytes ?? null : encodeText(value, where);
}

function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? String(value) : undefined;
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
      if (value === null || !isDuckdbValue(value) || COMPOSED.test(className(value))) return undefined;
      return String(value);
    default:
      return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function className(value: object): string {
  return (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ??
    "Object";
}

/** What a value is, in words that do not show it. */
function kindName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  if (typeof value === "object") return className(value) === "Object" ? "an object" : named(className(value));
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : `a ${typeof value}`;
}

/** A column's name for an error, cut where it is long: names, too, come out of messages. */
export function shortName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function named(name: string): string {
  return `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${name}`;
}

function refusal(where: string, what: string): PermanentError {
  return new PermanentError(`${where} is ${what}: JSON has no form for that`);
}
