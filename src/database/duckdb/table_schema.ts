import type { DuckDBConnection } from "../../deps/duckdb.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { foldName } from "../identifiers.ts";

/** A column as the table has it. */
export interface Column {
  readonly name: string;
  /** DuckDB's own name of the type: `DECIMAL(12,2)`, `TIMESTAMP WITH TIME ZONE`. */
  readonly type: string;
  /** Its place in the table, from 0. */
  readonly index: number;
}

/** A primary key, a unique constraint or a foreign key. */
export interface KeyConstraint {
  readonly kind: string;
  readonly columns: readonly string[];
  readonly referencedTable: string | null;
  readonly referencedColumns: readonly string[];
}

/** What is known about a table. */
export interface TableSchema {
  readonly name: string;
  /** By folded name, in the table's order. */
  readonly columns: ReadonlyMap<string, Column>;
  readonly keys: readonly KeyConstraint[];
}

const HERE = "database_name = current_database() AND schema_name = current_schema()";

/** Reads what DuckDB knows of a table; undefined where there is none of that name. */
export async function readTableSchema(
  connection: DuckDBConnection,
  table: string,
): Promise<TableSchema | undefined> {
  const wanted = foldName(table);
  const found = (await rows(connection, `SELECT table_name FROM duckdb_tables() WHERE ${HERE}`))
    .find(([name]) => foldName(String(name)) === wanted)?.[0];
  if (typeof found !== "string") return undefined;
  const columns = await rows(
    connection,
    `SELECT column_name, data_type FROM duckdb_columns() WHERE ${HERE} AND table_name = ? ORDER BY column_index`,
    found,
  );
  const keys = await rows(
    connection,
    `SELECT constraint_type, to_json(constraint_column_names), referenced_table, to_json(referenced_column_names)
     FROM duckdb_constraints() WHERE ${HERE} AND table_name = ?
       AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')`,
    found,
  );
  return {
    name: found,
    columns: new Map(columns.map(([name, type], index) => [
      foldName(String(name)),
      { name: String(name), type: String(type), index },
    ])),
    keys: keys.map(([kind, names, referencedTable, referencedNames]) => ({
      kind: String(kind),
      columns: texts(names),
      referencedTable: referencedTable === null ? null : String(referencedTable),
      referencedColumns: texts(referencedNames),
    })),
  };
}

async function rows(connection: DuckDBConnection, sql: string, ...values: string[]): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql, values)).getRows();
}

function texts(json: unknown): readonly string[] {
  return json === null ? [] : JSON.parse(String(json)) as string[];
}

/** The error about a table that is not there. */
export async function missingTable(
  connection: DuckDBConnection,
  table: string,
  database: string,
): Promise<ConfigurationError> {
  const names = (await rows(
    connection,
    `SELECT table_name, false FROM duckdb_tables() WHERE ${HERE} UNION ALL
     SELECT view_name, true FROM duckdb_views() WHERE ${HERE} AND NOT internal`,
  )).map(([name, view]) => ({ name: String(name), view: view === true }));
  if (names.some(({ name, view }) => view && foldName(name) === foldName(table))) {
    return new ConfigurationError(`Cannot write to "${table}" in ${database}: it is a view, not a table`);
  }
  const tables = names.filter(({ view }) => !view).map(({ name }) => name).sort();
  const there = tables.length === 0 ? "there are none yet" : `there is ${listed(tables)}`;
  return new ConfigurationError(
    `Cannot write to table "${table}" in ${database}: it does not exist${
      didYouMean(table, tables)
    } (${there}; ` +
      `create_table: true would create it from the rows)`,
  );
}

/** The column of that name. Throws a `ConfigurationError` that lists the columns there are and suggests the nearest. */
export function columnOf(schema: TableSchema, name: string): Column {
  const column = schema.columns.get(foldName(name));
  if (column !== undefined) return column;
  const names = [...schema.columns.values()].map((there) => there.name);
  throw new ConfigurationError(
    `Cannot write to table "${schema.name}": it has no column ${JSON.stringify(name)}${
      didYouMean(name, names)
    } (it has ${listed(names)})`,
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 50).join(", ");
  return names.length > 50 ? `${shown} and ${names.length - 50} more` : shown;
}
