import type { DuckDBConnection } from "../../deps/duckdb.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { foldName, quoteIdentifier } from "../identifiers.ts";

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
  /** The schema that was asked for; undefined for the one that DuckDB looks in by itself, `main`. */
  readonly inSchema?: string | undefined;
  /** By folded name, in the table's order. */
  readonly columns: ReadonlyMap<string, Column>;
  readonly keys: readonly KeyConstraint[];
}

/** A table by its name and the schema that was asked for, as a job writes them. */
export interface TableName {
  readonly table: string;
  readonly schema: string | undefined;
}

/** Binds the folded name of the schema, or null. */
const HERE =
  "database_name = current_database() AND lower(schema_name) = coalesce(lower(?), current_schema())";

/** The table as SQL has it. */
export function tableSql({ name, inSchema }: Pick<TableSchema, "name" | "inSchema">): string {
  return inSchema === undefined
    ? quoteIdentifier(name)
    : `${quoteIdentifier(inSchema)}.${quoteIdentifier(name)}`;
}

/** The table as messages have it: `orders`, or `sales.orders`. */
export function tableText({ name, inSchema }: Pick<TableSchema, "name" | "inSchema">): string {
  return inSchema === undefined ? name : `${inSchema}.${name}`;
}

/** Reads what DuckDB knows of a table; undefined where there is none of that name. */
export async function readTableSchema(
  connection: DuckDBConnection,
  { table, schema }: TableName,
): Promise<TableSchema | undefined> {
  const wanted = foldName(table);
  const within = schema ?? null;
  const found = (await rows(connection, `SELECT table_name FROM duckdb_tables() WHERE ${HERE}`, within))
    .find(([name]) => foldName(String(name)) === wanted)?.[0];
  if (typeof found !== "string") return undefined;
  const columns = await rows(
    connection,
    `SELECT column_name, data_type FROM duckdb_columns() WHERE ${HERE} AND table_name = ? ORDER BY column_index`,
    within,
    found,
  );
  const keys = await rows(
    connection,
    `SELECT constraint_type, to_json(constraint_column_names), referenced_table, to_json(referenced_column_names)
     FROM duckdb_constraints() WHERE ${HERE} AND table_name = ?
       AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')`,
    within,
    found,
  );
  return {
    name: found,
    inSchema: schema,
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

async function rows(
  connection: DuckDBConnection,
  sql: string,
  ...values: (string | null)[]
): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql, values)).getRows();
}

function texts(json: unknown): readonly string[] {
  return json === null ? [] : JSON.parse(String(json)) as string[];
}

/** The error about a table that is not there. */
export async function missingTable(
  connection: DuckDBConnection,
  { table, schema }: TableName,
  database: string,
): Promise<ConfigurationError> {
  const within = schema ?? null;
  const text = tableText({ name: table, inSchema: schema });
  const names = (await rows(
    connection,
    `SELECT table_name, false FROM duckdb_tables() WHERE ${HERE} UNION ALL
     SELECT view_name, true FROM duckdb_views() WHERE ${HERE} AND NOT internal`,
    within,
    within,
  )).map(([name, view]) => ({ name: String(name), view: view === true }));
  if (names.some(({ name, view }) => view && foldName(name) === foldName(table))) {
    return new ConfigurationError(`Cannot write to "${text}" in ${database}: it is a view, not a table`);
  }
  const tables = names.filter(({ view }) => !view).map(({ name }) => name).sort();
  const there = tables.length === 0 ? "there are none yet" : `there is ${listed(tables)}`;
  return new ConfigurationError(
    `Cannot write to table "${text}" in ${database}: it does not exist${
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
    `Cannot write to table "${tableText(schema)}": it has no column ${JSON.stringify(name)}${
      didYouMean(name, names)
    } (it has ${listed(names)})`,
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 50).join(", ");
  return names.length > 50 ? `${shown} and ${names.length - 50} more` : shown;
}
