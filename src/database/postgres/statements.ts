import { quoteIdentifier } from "../identifiers.ts";
import type { NewColumn } from "../new_table.ts";
import type { Column, TableSchema } from "./table_schema.ts";

// Values are bound as arrays of texts, one for each column (`$1::text[]`), so that a statement takes any number of rows; those
// of one row as texts, which is planned in half the time. They are cast to the types of their columns; names are always quoted.

type Columns = readonly Column[];

/** Whether a statement is for one row, or for any number of them. */
export type Count = "one" | "many";

const quoted = (column: { readonly name: string }) => quoteIdentifier(column.name);
const list = (columns: Columns) => columns.map(quoted).join(", ");

/** The type of a column by a text of it. A timestamp with an offset means that instant, not its wall clock. */
function cast({ kind, castType }: Column, text: string): string {
  return kind === "timestamp" ? `(${text}::timestamptz AT TIME ZONE 'UTC')` : `${text}::${castType}`;
}

/** The rows that are bound, as `v0, v1, ...` of their columns' types, and `place`. */
function source(columns: Columns, count: Count): string {
  if (count === "one") {
    return `SELECT ${columns.map((column, i) => `${cast(column, `$${i + 1}::text`)} AS v${i}`).join(", ")}`;
  }
  const values = columns.map((column, i) => `${cast(column, `c${i}`)} AS v${i}`).join(", ");
  const arrays = columns.map((_, i) => `$${i + 1}::text[]`).join(", ");
  const names = columns.map((_, i) => `c${i}`).join(", ");
  return `SELECT ${values}, place FROM unnest(${arrays}) WITH ORDINALITY AS s(${names}, place)`;
}

/**
 * One row a key, the first or the last one, in the keys' order: two that write the same rows then wait for each other rather
 * than deadlock.
 */
function distinct(columns: Columns, keys: Columns, count: Count, wins: "first" | "last"): string {
  if (count === "one") return source(columns, count);
  const names = keys.map((key) => `v${columns.indexOf(key)}`).join(", ");
  const order = wins === "last" ? "DESC" : "ASC";
  return `SELECT DISTINCT ON (${names}) * FROM (${source(columns, count)}) AS u ` +
    `ORDER BY ${names}, place ${order}`;
}

/** Binds the columns. */
export function insertSql(table: TableSchema, columns: Columns, count: Count): string {
  const values = columns.map((_, i) => `v${i}`).join(", ");
  return `INSERT INTO ${table.sql} (${list(columns)}) SELECT ${values} FROM (${source(columns, count)}) AS s`;
}

/** Binds the columns. Needs a unique index on just the keys. */
export function upsertSql(table: TableSchema, columns: Columns, keys: Columns, count: Count): string {
  const set = columns.filter((column) => !keys.includes(column));
  const action = set.length === 0
    ? "NOTHING"
    : `UPDATE SET ${set.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ")}`;
  return `${insertDistinct(table, columns, keys, count, "last")} ON CONFLICT (${list(keys)}) DO ${action}`;
}

/** Binds the columns; of two rows of a key the first one is added. Needs a unique index on just the keys. */
export function insertIgnoreSql(table: TableSchema, columns: Columns, keys: Columns, count: Count): string {
  return `${insertDistinct(table, columns, keys, count, "first")} ON CONFLICT (${list(keys)}) DO NOTHING`;
}

function insertDistinct(
  table: TableSchema,
  columns: Columns,
  keys: Columns,
  count: Count,
  wins: "first" | "last",
): string {
  const values = columns.map((_, i) => `v${i}`).join(", ");
  return `INSERT INTO ${table.sql} (${list(columns)}) SELECT ${values} FROM (${
    distinct(columns, keys, count, wins)
  }) AS s`;
}

/** Binds the columns. */
export function updateSql(table: TableSchema, columns: Columns, keys: Columns, count: Count): string {
  const set = columns.flatMap((column, i) => keys.includes(column) ? [] : [`${quoted(column)} = s.v${i}`]);
  return `UPDATE ${table.sql} AS t SET ${set.join(", ")} FROM (${
    distinct(columns, keys, count, "last")
  }) AS s ` +
    `WHERE ${same(columns, keys)}`;
}

/** Binds the columns; adds the rows whose key is not there. */
export function insertMissingSql(table: TableSchema, columns: Columns, keys: Columns, count: Count): string {
  return `${insertDistinct(table, columns, keys, count, "last")} ` +
    `WHERE NOT EXISTS (SELECT FROM ${table.sql} AS t WHERE ${same(columns, keys)})`;
}

/** Binds the columns, which are keys; gives how many of the rows have a key that is there. */
export function countSql(table: TableSchema, keys: Columns, count: Count): string {
  return `SELECT count(*) FROM (${source(keys, count)}) AS s WHERE EXISTS ` +
    `(SELECT FROM ${table.sql} AS t WHERE ${same(keys, keys)})`;
}

/** Binds the columns, which are keys. */
export function deleteSql(table: TableSchema, keys: Columns, count: Count): string {
  return `DELETE FROM ${table.sql} AS t USING (${distinct(keys, keys, count, "last")}) AS s WHERE ${
    same(keys, keys)
  }`;
}

/** That a row of the table has the keys of a row that is bound. */
function same(columns: Columns, keys: Columns): string {
  return keys.map((key) => `t.${quoted(key)} = s.v${columns.indexOf(key)}`).join(" AND ");
}

/** Binds the texts of one column: fails where one of them does not fit. */
export function castSql(column: Column): string {
  return `SELECT count(${cast(column, "c")}) FROM unnest($1::text[]) AS s(c)`;
}

export function createTableSql(
  table: string,
  columns: readonly NewColumn[],
  keys: readonly string[],
): string {
  const parts = columns.map((column) => `${quoted(column)} ${column.type}`);
  if (keys.length > 0) parts.push(`PRIMARY KEY (${keys.map(quoteIdentifier).join(", ")})`);
  return `CREATE TABLE ${table} (${parts.join(", ")})`;
}
