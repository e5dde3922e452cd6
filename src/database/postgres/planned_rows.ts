import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { TableWrite } from "../database.ts";
import { foldName } from "../identifiers.ts";
import * as planning from "../planned_rows.ts";
import { type Column, columnOf, type TableSchema } from "./table_schema.ts";
import { textOf } from "./values.ts";

/** A row as texts. */
export type PlannedRow = planning.PlannedRow<Column, string | null>;

/** Makes texts of the rows of a write. Throws as {@link TableWrite} is declared to; never with a value in the message. */
export function planRows(schema: TableSchema, write: TableWrite): PlannedRow[] {
  return write.rows.map((row, place) =>
    planning.planRow(
      schema.name,
      row,
      place,
      (name) => columnOf(schema, name),
      (value, column) => planned(schema, write, value, column, place),
    )
  );
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
      return fits(() => textOf(value, column), () => where(place, column.name));
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
  const where = () => `${placeText(schema, place)}, column "${column.name}"`;
  if (!isGuessedTooNarrow(write, value, column)) return fits(() => textOf(value, column), where);
  throw new ConfigurationError(
    `${where()}: a number with a fraction does not fit ${column.type}; its type was inferred from the rows that created the ` +
      `table: declare it in column_types, such as { "${column.name}": "DOUBLE PRECISION" }, and create the table anew`,
  );
}

function fits<T>(make: () => T, where: () => string): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof PermanentError ? new PermanentError(`${where()}: ${error.message}`) : error;
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
export const placeText = (schema: TableSchema, place: number) => planning.placeText(schema.name, place);

/** The values of the key columns. Throws a `PermanentError` where the row lacks one or has a null in it. */
export function keyOf(schema: TableSchema, row: PlannedRow, keys: readonly Column[]): string[] {
  return planning.keyOf(schema.name, row, keys);
}

/** A key as a text to compare with; keys of different texts may be one to the database. */
export const keyText = (key: readonly (string | null)[]) => JSON.stringify(key);

/** One row a key, as an upsert of each would leave it. */
export function lastOfEachKey(
  schema: TableSchema,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
): PlannedRow[] {
  return planning.lastOfEachKey(rows, (row) => keyText(keyOf(schema, row, keys)));
}
