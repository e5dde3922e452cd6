import { ConfigurationError, PermanentError } from "../core/errors.ts";
import { type Row, toRows } from "../core/rows.ts";
import type { OutgoingRecord } from "./driver.ts";
import { encodeBytes, encodeJson, encodeText, shortName } from "./encode.ts";

/** How values are written. */
export const VALUE_FORMATS = ["json", "string", "bytes"] as const;
export type OutgoingFormat = typeof VALUE_FORMATS[number];

/** A text or bytes that is a value by itself; null is a tombstone. */
export type PlainValue = string | Uint8Array | null;

/** How data becomes records. */
export interface OutgoingSettings {
  readonly valueFormat: OutgoingFormat;
  /** The column that is sent, for `string` and `bytes`. */
  readonly valueColumn: string | undefined;
  readonly keyColumn: string | undefined;
  /** One key for all records; undefined where none was given, null is no key. */
  readonly keyValue: unknown;
  readonly headers: readonly (readonly [name: string, value: PlainValue])[];
}

/**
 * One record for each row, or for each plain value. Throws a `ConfigurationError` where the settings contradict each
 * other, and a `PermanentError` where data cannot be written as they say: it lacks a column that they name, too.
 */
export function toOutgoing(data: unknown, settings: OutgoingSettings): OutgoingRecord[] {
  if (settings.keyColumn !== undefined && settings.keyValue !== undefined) {
    throw new ConfigurationError("key_column and key_value are both given: give one of them");
  }
  if (settings.valueFormat === "json" && settings.valueColumn !== undefined) {
    throw new ConfigurationError(
      'value_column is for value_format "string" and "bytes": with "json" the whole row is sent',
    );
  }
  const headers = settings.headers.map(([name, value]) =>
    [name, encodeBytes(value, `header "${shortName(name)}"`)] as const
  );
  const fixedKey = encodeBytes(settings.keyValue ?? null, "key_value");
  const plain = plainValues(data);
  if (plain !== undefined && settings.valueFormat === "json") {
    throw new PermanentError(
      'data is a text, bytes or null: value_format "json" sends objects, "string" and "bytes" send these as they are',
    );
  }
  if (plain !== undefined) {
    refuseColumns(settings);
    return plain.map((item, i) => ({
      key: fixedKey,
      value: encodePlain(item, plain.length === 1 ? "data" : `data[${i}]`, settings.valueFormat),
      headers,
    }));
  }
  const rows = toRows(data);
  requireColumns(rows, settings);
  const isList = Array.isArray(data);
  return rows.map((row, i) => {
    const where = isList || rows.length > 1 ? `data[${i}]` : "data";
    const key = settings.keyColumn === undefined
      ? fixedKey
      : encodeBytes(cell(row, settings.keyColumn, where), columnPlace(where, settings.keyColumn));
    return { key, value: encodeRow(row, where, settings), headers };
  });
}

function encodeRow(row: Row, where: string, settings: OutgoingSettings): Uint8Array | null {
  if (settings.valueFormat === "json") return encodeJson(row, where);
  const column = settings.valueColumn;
  if (column === undefined) {
    throw new ConfigurationError(
      `value_column is missing: with value_format "${settings.valueFormat}" it names the column to send`,
    );
  }
  return encodePlain(cell(row, column, where), columnPlace(where, column), settings.valueFormat);
}

function encodePlain(value: unknown, where: string, format: OutgoingFormat): Uint8Array | null {
  if (format === "bytes") return encodeBytes(value, where);
  if (value instanceof Uint8Array) {
    throw new PermanentError(`${where} is bytes: value_format "string" writes texts, "bytes" writes both`);
  }
  return encodeText(value, where);
}

/** The data as plain values, or undefined where they are rows. */
function plainValues(data: unknown): readonly PlainValue[] | undefined {
  if (isPlain(data)) return [data];
  return Array.isArray(data) && data.length > 0 && data.every(isPlain) ? data : undefined;
}

/** Whether a value is sent as it is. */
export function isPlain(value: unknown): value is PlainValue {
  return value === null || typeof value === "string" || value instanceof Uint8Array;
}

function refuseColumns({ keyColumn, valueColumn }: OutgoingSettings): void {
  const name = keyColumn !== undefined
    ? "key_column"
    : valueColumn !== undefined
    ? "value_column"
    : undefined;
  if (name === undefined) return;
  const instead = name === "key_column" ? "; key_value gives one key for all" : "";
  throw new ConfigurationError(
    `${name} names a column, but data is a text or bytes, without columns${instead}`,
  );
}

/**
 * A column that no row has may be a typo in the job, but as well one message that lacks it: rows come out of messages, and
 * one of them must not stop a job for good. It is the message's fault, as a missing column is to data_mapper.
 */
function requireColumns(rows: readonly Row[], { keyColumn, valueColumn }: OutgoingSettings): void {
  if (rows.length === 0) return;
  for (const [name, column] of [["key_column", keyColumn], ["value_column", valueColumn]] as const) {
    if (column === undefined || rows.some((row) => Object.hasOwn(row, column))) continue;
    const columns = [...new Set(rows.slice(0, 100).flatMap(Object.keys))];
    const listed = columns.slice(0, 20).map(shortName).join(", ") + (columns.length > 20 ? ", …" : "");
    throw new PermanentError(
      `${name} "${column}" is in no row: data has ${columns.length === 0 ? "no columns" : listed}`,
    );
  }
}

function cell(row: Row, column: string, where: string): unknown {
  const value = Object.hasOwn(row, column) ? row[column] : undefined;
  if (value !== undefined) return value;
  throw new PermanentError(`${where} has no column "${shortName(column)}", which other rows have`);
}

function columnPlace(where: string, column: string): string {
  return `${where}.${shortName(column)}`;
}
