import { quoteIdentifier } from "../identifiers.ts";
import { columnKind } from "./column_kind.ts";
import type { Column, TableSchema } from "./table_schema.ts";

// Values are always `?`, bound in the order of the statement's question marks; names are always quoted.

type Columns = readonly Column[];

const quoted = (column: { readonly name: string }) => quoteIdentifier(column.name);
const list = (columns: Columns) => columns.map(quoted).join(", ");

/** A value's place, cast to its column's type: comparing and ordering then follow the column, not the value. */
function place({ type }: Column): string {
  return columnKind(type) === "nested" ? `CAST(CAST(? AS JSON) AS ${type})` : `CAST(? AS ${type})`;
}

/** Binds for each row: its columns. */
export function insertSql(table: TableSchema, columns: Columns, rows: number): string {
  const row = `(${columns.map(place).join(", ")})`;
  return `INSERT INTO ${quoted(table)} (${list(columns)}) VALUES ${Array(rows).fill(row).join(", ")}`;
}

/** Binds the set columns, then the key columns. */
export function updateSql(table: TableSchema, set: Columns, keys: Columns): string {
  const assignments = set.map((column) => `${quoted(column)} = ${place(column)}`);
  return `UPDATE ${quoted(table)} SET ${assignments.join(", ")} WHERE ${equal(keys)}`;
}

/**
 * Binds for each row: its columns. Of rows with the same key, the last one counts: DuckDB itself decides what is the
 * same, since its `INSERT ... ON CONFLICT` would silently keep the first one. It needs no unique index.
 */
export function mergeSql(table: TableSchema, columns: Columns, keys: Columns, rows: number): string {
  const alias = new Map(columns.map((column, i) => [column, `c${i}`]));
  const names = [...alias.values()];
  const of = (column: Column) => `s.${alias.get(column)}`;
  const values = Array.from({ length: rows }, (_, i) => `(${[...columns.map(place), i].join(", ")})`);
  const set = columns.filter((column) => !keys.includes(column));
  const assignments = set.map((column) => `${quoted(column)} = ${of(column)}`).join(", ");
  const keyNames = keys.map((column) => alias.get(column)).join(", ");
  return [
    `MERGE INTO ${quoted(table)} AS t USING (SELECT ${names.join(", ")}`,
    `FROM (VALUES ${values.join(", ")}) AS v(${[...names, "place"].join(", ")})`,
    `QUALIFY row_number() OVER (PARTITION BY ${keyNames} ORDER BY place DESC) = 1) AS s`,
    `ON ${keys.map((column) => `t.${quoted(column)} = ${of(column)}`).join(" AND ")}`,
    set.length === 0 ? "" : `WHEN MATCHED THEN UPDATE SET ${assignments}`,
    `WHEN NOT MATCHED THEN INSERT (${list(columns)}) VALUES (${columns.map(of).join(", ")})`,
  ].filter((part) => part !== "").join(" ");
}

/** Binds for each row: its key columns. */
export function deleteSql(table: TableSchema, keys: Columns, rows: number): string {
  return `DELETE FROM ${quoted(table)} WHERE ${Array(rows).fill(`(${equal(keys)})`).join(" OR ")}`;
}

function equal(columns: Columns): string {
  return columns.map((column) => `${quoted(column)} = ${place(column)}`).join(" AND ");
}

/** A column of a table that is to be created. */
export interface NewColumn {
  readonly name: string;
  readonly type: string;
}

export function createTableSql(
  table: string,
  columns: readonly NewColumn[],
  keys: readonly string[],
): string {
  const parts = columns.map((column) => `${quoted(column)} ${column.type}`);
  if (keys.length > 0) parts.push(`PRIMARY KEY (${keys.map(quoteIdentifier).join(", ")})`);
  return `CREATE TABLE ${quoteIdentifier(table)} (${parts.join(", ")})`;
}

/** Binds a row; gives null where a value does not fit its column's type. */
export function tryCastSql(columns: Columns): string {
  return `SELECT ${columns.map((column) => place(column).replaceAll("CAST(", "TRY_CAST(")).join(", ")}`;
}
