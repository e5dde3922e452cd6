import { ConfigurationError } from "../../../core/errors.ts";
import type { Row } from "../../../core/rows.ts";
import { nameKind, quoteName } from "../words.ts";
import { joinKeys, keyOf, type KeyTypes, kindOfKey, NO_KEY } from "./key.ts";

/** What of the source's rows is kept, and how it is found. */
export interface TableShape {
  /** Columns that are the key, in order; none where every row is a match. */
  readonly keys: readonly string[];
  /** Columns that are added to the data, in order. */
  readonly columns: readonly string[];
  readonly keyTypes: KeyTypes;
}

/** The values that one row of the lookup adds, in the order of the shape's columns. */
export type Values = readonly unknown[];

/** Rows by their keys. */
export interface LookupTable {
  /** How many rows it holds, those without a key included. */
  readonly rows: number;
  /** How many bytes they take, estimated from a sample. */
  readonly bytes: number;
  /** How many keys have more than one row. */
  readonly repeatedKeys: number;
  /** The rows of a key, in the order of the source. */
  find(key: string): readonly Values[];
  /** What kinds of values are in a key's column, by {@link kindOfKey}. */
  kinds(key: number): ReadonlySet<string>;
}

const ROWS_AT_ONCE = 20_000; // about 20 ms, then the event loop has its turn: heartbeats must not wait

/**
 * Makes a table of the source's rows, without holding the event loop for long. A row with a null in its key is found by
 * nothing. Rejects with a `ConfigurationError` where no row has a column that is asked for, or a key cannot be one.
 */
export async function buildTable(
  rows: readonly Row[],
  shape: TableShape,
  name: string,
): Promise<LookupTable> {
  checkColumns(rows, [...shape.keys, ...shape.columns], name);
  const found = new Map<string, Values[]>();
  const kinds = shape.keys.map(() => new Set<string>());
  for (const [i, row] of rows.entries()) {
    if (i > 0 && i % ROWS_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    const key = keyOfRow(row, shape, kinds, name);
    if (key === undefined) continue;
    const values = shape.columns.map((column) => valueOf(row, column) ?? null);
    const others = found.get(key);
    if (others === undefined) found.set(key, [values]);
    else others.push(values);
  }
  let repeatedKeys = 0;
  for (const some of found.values()) if (some.length > 1) repeatedKeys++;
  return {
    rows: rows.length,
    bytes: estimateBytes(rows, shape),
    repeatedKeys,
    find: (key) => found.get(key) ?? [],
    kinds: (key) => kinds[key] ?? new Set(),
  };
}

function keyOfRow(row: Row, shape: TableShape, kinds: Set<string>[], name: string): string | undefined {
  const parts: string[] = [];
  for (const [k, column] of shape.keys.entries()) {
    const value = valueOf(row, column);
    const key = keyOf(value, shape.keyTypes);
    if (key === NO_KEY) {
      throw new ConfigurationError(
        `Cannot look up in ${name}: its key column ${quoteName(column)} holds ${
          nameKind(value)
        }, which cannot be a key`,
      );
    }
    if (key === undefined) return undefined;
    kinds[k]!.add(kindOfKey(key));
    parts.push(key);
  }
  return joinKeys(parts);
}

/** Rows of JSON may lack a column here and there: it must be in one of them. */
function checkColumns(rows: readonly Row[], asked: readonly string[], name: string): void {
  if (rows.length === 0) return;
  const open = new Set(asked);
  for (const row of rows) {
    for (const column of open) if (Object.hasOwn(row, column)) open.delete(column);
    if (open.size === 0) return;
  }
  const there = new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row)));
  const [missing = ""] = open;
  const names = [...there].slice(0, 20).map(quoteName).join(", ");
  const more = there.size > 20 ? ` and ${there.size - 20} more` : "";
  throw new ConfigurationError(
    `Cannot look up in ${name}: it has no column ${quoteName(missing)}; it has ${names || "none"}${more}`,
  );
}

function valueOf(row: Row, column: string): unknown {
  return Object.hasOwn(row, column) ? row[column] : null;
}

const SAMPLE = 1000;
const BYTES_OF_ROW = 120; // the list of its values, its place in the map

function estimateBytes(rows: readonly Row[], { keys, columns }: TableShape): number {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  let [bytes, sampled] = [0, 0];
  for (let i = 0; i < rows.length; i += step, sampled++) {
    bytes += BYTES_OF_ROW;
    for (const column of [...keys, ...columns]) bytes += sizeOf(valueOf(rows[i]!, column), 0);
  }
  return sampled === 0 ? 0 : Math.round(bytes / sampled * rows.length);
}

/** About what a value takes in memory. */
function sizeOf(value: unknown, depth: number): number {
  if (typeof value === "string") return 24 + value.length;
  if (typeof value === "bigint") return 24;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 100 + value.byteLength;
  if (depth > 20) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item, depth + 1), 56);
}
