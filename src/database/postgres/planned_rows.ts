import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { TableWrite } from "../database.ts";
import { foldName } from "../identifiers.ts";
import { type Column, columnOf, type TableSchema } from "./table_schema.ts";
import { textOf } from "./values.ts";

/** A row as texts. */
export interface PlannedRow {
  /** The columns that it has, in the table's order. */
  readonly columns: readonly Column[];
  /** Their values, in the same order. */
  readonly values: readonly (string | null)[];
  /** Place in the data, from 0. */
  readonly place: number;
}

/** Makes texts of the rows of a write. Throws as {@link TableWrite} is declared to; never with a value in the message. */
export function planRows(schema: TableSchema, write: TableWrite): PlannedRow[] {
  return write.rows.map((row, place) => {
    const found = new Map<Column, string | null>();
    for (const name of Object.keys(row)) {
      const value = row[name];
      if (value === undefined) continue;
      const column = columnOf(schema, name);
      if (found.has(column)) {
        throw new PermanentError(
          `${placeText(schema, place)} has two columns that are one to the database: "${column.name}"`,
        );
      }
      found.set(column, planned(schema, write, value, column, place));
    }
    if (found.size === 0) throw new PermanentError(`${placeText(schema, place)} has no columns`);
    return inOrder(found, place);
  });
}

/** The same for the key columns alone, whatever else the rows have. */
export function planKeys(
  schema: TableSchema,
  rows: readonly Row[],
  names: readonly string[],
  where: (place: number, column: string) => string,
): PlannedRow[] {
  const columns = names.map((name) => columnOf(schema, name));
  return rows.map((row, place) => {
    const values = columns.map((column, i) => {
      const name = nameIn(row, names[i] ?? column.name);
      const value = name === undefined ? undefined : row[name];
      if (value === null || value === undefined) {
        throw new PermanentError(`${where(place, column.name)} is missing or null`);
      }
      return fits(() => textOf(value, column), where(place, column.name));
    });
    return { columns, values, place };
  });
}

/** The row's own name of a column: just so, or with other cases. */
function nameIn(row: Row, column: string): string | undefined {
  if (Object.hasOwn(row, column)) return column;
  return Object.keys(row).find((name) => foldName(name) === foldName(column));
}

function planned(
  schema: TableSchema,
  write: TableWrite,
  value: unknown,
  column: Column,
  place: number,
): string | null {
  const where = `${placeText(schema, place)}, column "${column.name}"`;
  if (!isGuessedTooNarrow(write, value, column)) return fits(() => textOf(value, column), where);
  throw new ConfigurationError(
    `${where}: a number with a fraction does not fit ${column.type}; its type was inferred from the rows that created the ` +
      `table: declare it in column_types, such as { "${column.name}": "DOUBLE PRECISION" }, and create the table anew`,
  );
}

function fits<T>(make: () => T, where: string): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof PermanentError ? new PermanentError(`${where}: ${error.message}`) : error;
  }
}

/**
 * A fraction in a column that create_table made for whole numbers, because none came with the first rows: JSON writes
 * 10.0 as 10. That is the job's fault, not the message's.
 */
function isGuessedTooNarrow(write: TableWrite, value: unknown, column: Column): boolean {
  if (!write.createTable || column.kind !== "integer") return false;
  if (typeof value !== "number" || !Number.isFinite(value) || Number.isInteger(value)) return false;
  return !Object.keys(write.columnTypes).some((name) => foldName(name) === foldName(column.name));
}

/** `Cannot write row 3 of "orders"`. */
export function placeText(schema: TableSchema, place: number): string {
  return `Cannot write row ${place} of "${schema.name}"`;
}

/** The values of the key columns. Throws a `PermanentError` where the row lacks one or has a null in it. */
export function keyOf(schema: TableSchema, row: PlannedRow, keys: readonly Column[]): string[] {
  return keys.map((key) => {
    const value = row.values[row.columns.indexOf(key)];
    if (value !== undefined && value !== null) return value;
    throw new PermanentError(`${placeText(schema, row.place)}: key column "${key.name}" is missing or null`);
  });
}

/** A key as a text to compare with; keys of different texts may be one to the database. */
export const keyText = (key: readonly (string | null)[]) => JSON.stringify(key);

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
  const values = new Map<Column, string | null>();
  for (const { columns, values: own } of [earlier, later]) {
    columns.forEach((column, i) => values.set(column, own[i] ?? null));
  }
  return inOrder(values, later.place);
}

function inOrder(values: ReadonlyMap<Column, string | null>, place: number): PlannedRow {
  const sorted = [...values].sort(([a], [b]) => a.index - b.index);
  return { columns: sorted.map(([column]) => column), values: sorted.map(([, value]) => value), place };
}

/** Neighbours that have the same columns: one statement can write them. */
export function runsOfSameColumns(rows: readonly PlannedRow[]): PlannedRow[][] {
  const runs: PlannedRow[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const same = run?.[0]?.columns.length === row.columns.length &&
      row.columns.every((column, i) => column === run[0]?.columns[i]);
    if (same) run.push(row);
    else runs.push([row]);
  }
  return runs;
}
