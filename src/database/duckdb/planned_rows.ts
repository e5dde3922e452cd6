import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { TableWrite } from "../database.ts";
import { foldName } from "../identifiers.ts";
import * as planning from "../planned_rows.ts";
import { columnKind } from "./column_kind.ts";
import type { DuckDbSession } from "./session.ts";
import { type Column, columnOf, type TableSchema, tableText } from "./table_schema.ts";
import { bindable, type BoundValue, valueText } from "./values.ts";

/** A row, bound. */
export type PlannedRow = planning.PlannedRow<Column, BoundValue>;

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
    if (own.length === 0) planning.missingKey(tableText(schema), place, keys[0]?.name);
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
  return planning.planRow(
    tableText(schema),
    row,
    place,
    (name) => columnOf(schema, name),
    (value, column) => bound(session, schema, write, value, column, place),
  );
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
export const placeText = (schema: TableSchema, place: number) => planning.placeText(tableText(schema), place);

/** The values of the key columns. Throws a `PermanentError` where the row lacks one or has a null in it. */
export function keyOf(schema: TableSchema, row: PlannedRow, keys: readonly Column[]): BoundValue[] {
  return planning.keyOf(tableText(schema), row, keys);
}

/** A key as a text to compare with. */
export function keyText(key: readonly BoundValue[]): string {
  return JSON.stringify(key.map(valueText));
}

/** One row a key, as an upsert of each would leave it. */
export function lastOfEachKey(
  schema: TableSchema,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
): PlannedRow[] {
  return planning.lastOfEachKey(rows, (row) => keyText(keyOf(schema, row, keys)));
}
