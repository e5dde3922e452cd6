import { quoteIdentifier } from "../identifiers.ts";
import type { NewColumn } from "../new_table.ts";
import { columnKind } from "./column_kind.ts";
import type { Source } from "./staging.ts";
import { type Column, type TableSchema, tableSql } from "./table_schema.ts";

// Values are always `?`, bound in the order of the statement's question marks; names are always quoted.

type Columns = readonly Column[];

const quoted = (column: { readonly name: string }) => quoteIdentifier(column.name);
const list = (columns: Columns) => columns.map(quoted).join(", ");

/** A value's place, cast to its column's type: comparing and ordering then follow the column, not the value. */
function place({ type }: Column, value = "?"): string {
  return columnKind(type) === "nested"
    ? `CAST(CAST(${value} AS JSON) AS ${type})`
    : `CAST(${value} AS ${type})`;
}

/** Binds for each row: its columns. */
export function insertSql(table: TableSchema, columns: Columns, source: Source): string {
  const into = `INSERT INTO ${tableSql(table)} (${list(columns)})`;
  if ("rows" in source) {
    const row = `(${columns.map((column) => place(column)).join(", ")})`;
    return `${into} VALUES ${Array(source.rows).fill(row).join(", ")}`;
  }
  const { names, values } = staged(columns, source);
  return `${into} SELECT ${names.join(", ")} FROM ${values} ORDER BY place`;
}

/** Binds the set columns, then the key columns. */
export function updateSql(table: TableSchema, set: Columns, keys: Columns): string {
  const assignments = set.map((column) => `${quoted(column)} = ${place(column)}`);
  return `UPDATE ${tableSql(table)} SET ${assignments.join(", ")} WHERE ${equal(keys)}`;
}

/** What a merge does: with rows whose key is there, with the others, and which row of a key counts. */
export interface MergeRule {
  readonly update: boolean;
  readonly insert: boolean;
  readonly counts: "first" | "last";
}

/**
 * Binds for each row: its columns. Of rows with the same key, one counts: DuckDB itself decides what is the same, since
 * its `INSERT ... ON CONFLICT` would silently keep the first one. It needs no unique index.
 */
export function mergeSql(
  table: TableSchema,
  columns: Columns,
  keys: Columns,
  source: Source,
  rule: MergeRule,
): string {
  const { names, of, values } = staged(columns, source);
  const set = rule.update ? columns.filter((column) => !keys.includes(column)) : [];
  const assignments = set.map((column) => `${quoted(column)} = ${of(column)}`).join(", ");
  const keyNames = keys.map((column) => names[columns.indexOf(column)]).join(", ");
  const order = rule.counts === "last" ? "DESC" : "ASC";
  return [
    `MERGE INTO ${tableSql(table)} AS t USING (SELECT ${names.join(", ")} FROM ${values}`,
    `QUALIFY row_number() OVER (PARTITION BY ${keyNames} ORDER BY place ${order}) = 1) AS s`,
    `ON ${same(keys, of)}`,
    set.length === 0 ? "" : `WHEN MATCHED THEN UPDATE SET ${assignments}`,
    rule.insert
      ? `WHEN NOT MATCHED THEN INSERT (${list(columns)}) VALUES (${columns.map(of).join(", ")})`
      : "",
  ].filter((part) => part !== "").join(" ");
}

/** Binds for each row: its key columns. Gives the number of rows whose key is in the table. */
export function countFoundSql(table: TableSchema, keys: Columns, source: Source): string {
  const { of, values } = staged(keys, source);
  return `SELECT count(*) FROM ${values} WHERE EXISTS (SELECT 1 FROM ${tableSql(table)} AS t WHERE ${
    same(keys, of)
  })`;
}

/** Binds for each row: its key columns. Each is looked up; `deleteSql` costs half for one. */
export function deleteManySql(table: TableSchema, keys: Columns, source: Source): string {
  const { of, values } = staged(keys, source);
  return `DELETE FROM ${tableSql(table)} AS t WHERE EXISTS (SELECT 1 FROM ${values} WHERE ${same(keys, of)})`;
}

/** The rows as a table `s`, with the place of each, and how its columns are called. */
function staged(columns: Columns, source: Source) {
  const names = columns.map((_, i) => `c${i}`);
  const of = (column: Column) => `s.c${columns.indexOf(column)}`;
  const row = (value: (i: number) => string) => columns.map((column, i) => place(column, value(i)));
  const rows = "rows" in source
    ? `VALUES ${
      Array.from({ length: source.rows }, (_, i) => `(${[...row(() => "?"), i].join(", ")})`).join(", ")
    }`
    : `SELECT ${[...row((i) => `c${i}`), "place"].join(", ")} FROM ${source.staged}`;
  return { names, of, values: `(${rows}) AS s(${[...names, "place"].join(", ")})` };
}

function same(keys: Columns, of: (column: Column) => string): string {
  return keys.map((column) => `t.${quoted(column)} = ${of(column)}`).join(" AND ");
}

/** Binds the key columns of one row. */
export function deleteSql(table: TableSchema, keys: Columns): string {
  return `DELETE FROM ${tableSql(table)} WHERE ${equal(keys)}`;
}

function equal(columns: Columns): string {
  return columns.map((column) => `${quoted(column)} = ${place(column)}`).join(" AND ");
}

export function createTableSql(
  table: Pick<TableSchema, "name" | "inSchema">,
  columns: readonly NewColumn[],
  keys: readonly string[],
): string {
  const parts = columns.map((column) => `${quoted(column)} ${column.type}`);
  if (keys.length > 0) parts.push(`PRIMARY KEY (${keys.map(quoteIdentifier).join(", ")})`);
  return `CREATE TABLE ${tableSql(table)} (${parts.join(", ")})`;
}

/** Binds a row; gives null where a value does not fit its column's type. */
export function tryCastSql(columns: Columns): string {
  return `SELECT ${columns.map((column) => place(column).replaceAll("CAST(", "TRY_CAST(")).join(", ")}`;
}
