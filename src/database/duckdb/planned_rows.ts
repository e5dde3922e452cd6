import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { TableWrite } from "../database.ts";
import { foldName } from "../identifiers.ts";
import { columnKind } from "./column_kind.ts";
import type { DuckDbSession } from "./session.ts";
import { type Column, columnOf, type TableSchema, tableText } from "./table_schema.ts";
import { bindable, type BoundValue, valueText } from "./values.ts";

/** A row, bound. */
export interface PlannedRow {
  /** The columns that it has, in the table's order. */
  readonly columns: readonly Column[];
  /** Their values, in the same order. */
  readonly values: readonly BoundValue[];
  /** Place in the data, from 0. */
  readonly place: number;
}

/** Binds the rows of a write. Throws as {@link TableWrite} is declared to; never with a value in the text. */
export function planRows(session: DuckDbSession, schema: TableSchema, write: TableWrite): PlannedRow[] {
  return write.rows.map((row, place) => planRow(session, schema, write, row, place));
}

/** The same of the key columns alone; what else a row has is not looked at. */
export function planKeys(
  session: DuckDbSession,
  schema: TableSchema,
  write: TableWrite,
  keys: readonly Column[],
): PlannedRow[] {
  return write.rows.map((row, place) => {
    const own = Object.entries(row).filter(([name, value]) =>
      value !== undefined &&
      keys.some((key) => foldName(key.name) === foldName(name))
    );
    if (own.length === 0) missingKey(schema, place, keys[0]?.name);
    const planned = planRow(session, schema, write, Object.fromEntries(own), place);
    return { columns: keys, values: keyOf(schema, planned, keys), place };
  });
}

function planRow(
  session: DuckDbSession,
  schema: TableSchema,
  write: TableWrite,
  row: Row,
  place: number,
): PlannedRow {
  const found = new Map<Column, BoundValue>();
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (value === undefined) continue;
    const column = columnOf(schema, name);
    if (found.has(column)) {
      throw new PermanentError(
        `${placeText(schema, place)} has two columns that are one to the database: "${column.name}"`,
      );
    }
    found.set(column, bound(session, schema, write, value, column, place));
  }
  if (found.size === 0) throw new PermanentError(`${placeText(schema, place)} has no columns`);
  const inOrder = [...found].sort(([a], [b]) => a.index - b.index);
  return { columns: inOrder.map(([column]) => column), values: inOrder.map(([, value]) => value), place };
}

function bound(
  session: DuckDbSession,
  schema: TableSchema,
  write: TableWrite,
  value: unknown,
  column: Column,
  place: number,
): BoundValue {
  try {
    return bindable(session.api, value, column);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const text = `${placeText(schema, place)}, column "${column.name}": ${error.message}`;
    if (!isGuessedTooNarrow(write, value, column)) throw new PermanentError(text);
    throw new ConfigurationError(
      `${text}; its type was inferred from the rows that created the table: declare it in column_types, such as ` +
        `{ "${column.name}": "DOUBLE" }, and create the table anew`,
    );
  }
}

/**
 * A fraction in a column that create_table made for whole numbers, because none came with the first rows: JSON writes
 * 10.0 as 10. That is the job's fault, not the message's.
 */
function isGuessedTooNarrow(write: TableWrite, value: unknown, column: Column): boolean {
  const declared = Object.keys(write.columnTypes).some((name) => foldName(name) === foldName(column.name));
  return write.createTable && !declared && columnKind(column.type) === "integer" &&
    typeof value === "number" && Number.isFinite(value);
}

/** `Cannot write row 3 of "orders"`. */
export function placeText(schema: TableSchema, place: number): string {
  return `Cannot write row ${place} of "${tableText(schema)}"`;
}

/** The values of the key columns. Throws a `PermanentError` where the row lacks one or has a null in it. */
export function keyOf(schema: TableSchema, row: PlannedRow, keys: readonly Column[]): BoundValue[] {
  return keys.map((key) => {
    const value = row.values[row.columns.indexOf(key)];
    if (value !== undefined && value !== null) return value;
    return missingKey(schema, row.place, key.name);
  });
}

function missingKey(schema: TableSchema, place: number, column: string | undefined): never {
  throw new PermanentError(`${placeText(schema, place)}: key column "${column}" is missing or null`);
}

/** A key as a text to compare with. */
export function keyText(key: readonly BoundValue[]): string {
  return JSON.stringify(key.map(valueText));
}

/** One row a key: a later row replaces the values of an earlier one that it has too, as an upsert of each would. */
export function lastOfEachKey(
  schema: TableSchema,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
): PlannedRow[] {
  const byKey = new Map<string, PlannedRow>();
  for (const row of rows) {
    const text = keyText(keyOf(schema, row, keys));
    const earlier = byKey.get(text);
    byKey.set(text, earlier === undefined ? row : merged(earlier, row));
  }
  return [...byKey.values()];
}

function merged(earlier: PlannedRow, later: PlannedRow): PlannedRow {
  const values = new Map<Column, BoundValue>();
  for (const { columns, values: own } of [earlier, later]) {
    columns.forEach((c, i) => values.set(c, own[i] ?? null));
  }
  const inOrder = [...values].sort(([a], [b]) => a.index - b.index);
  return { columns: inOrder.map(([c]) => c), values: inOrder.map(([, v]) => v), place: later.place };
}
