import { ConfigurationError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { foldName, quoteIdentifier } from "../identifiers.ts";
import { type ColumnKind, columnKind } from "./column_kind.ts";
import type { Connection } from "./connection.ts";

/** A column as the table has it. */
export interface Column {
  readonly name: string;
  /** PostgreSQL's own name of the type: `numeric(12,2)`, `timestamp with time zone`. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** The kind of the elements, where it is an array. */
  readonly elementKind: ColumnKind;
  /** The type that a text is cast to: without a length, which a cast would cut to and an assignment checks. */
  readonly castType: string;
  /** Most characters of a text; undefined where there is no limit. */
  readonly mostCharacters: number | undefined;
  /** Whether a row can be added without it. */
  readonly mayLack: boolean;
  /** Its place in the table, from 0. */
  readonly index: number;
}

/** What is known about a table. */
export interface TableSchema {
  readonly name: string;
  /** Its name in SQL, quoted, with its schema where one was asked for. */
  readonly sql: string;
  /** By exact name, in the table's order. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** A table as it was asked for. */
export interface TableName {
  readonly schema: string | undefined;
  readonly table: string;
}

/** The name in SQL, quoted. */
export const tableSql = ({ schema, table }: TableName) =>
  schema === undefined ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

/** The name for people. */
export const tableText = ({ schema, table }: TableName) =>
  schema === undefined ? `"${table}"` : `"${schema}"."${table}"`;

const COLUMNS = `
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1),
  coalesce(nullif(b.typname, ''), t.typname), coalesce(e.typname, ''),
  CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
  NOT a.attnotnull OR a.atthasdef OR a.attidentity <> ''
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'f')
ORDER BY a.attnum`;

/** Reads what the server knows of a table; undefined where there is none of that name. */
export async function readTableSchema(
  connection: Connection,
  name: TableName,
): Promise<TableSchema | undefined> {
  const sql = tableSql(name);
  const { rows } = await connection.run(COLUMNS, [sql]);
  if (rows.length === 0) return undefined;
  const columns = rows.map((row, index): Column => {
    const [, column, type, bareType, typeName, elementName, length, mayLack] = row.map((text) =>
      text as string | null
    );
    // a length is checked when a value is assigned; a cast would cut the text, and pad it
    const isText = /^(varchar|bpchar|bit|varbit)$/.test(typeName ?? "");
    return {
      name: column ?? "",
      type: type ?? "",
      kind: columnKind(typeName ?? ""),
      elementKind: columnKind(elementName ?? ""),
      castType: (isText ? bareType : type) ?? "",
      mostCharacters: length === null || length === undefined ? undefined : Number(length),
      mayLack: mayLack === "t",
      index,
    };
  });
  return { name: name.table, sql, columns: new Map(columns.map((column) => [column.name, column])) };
}

/** All that is known about a table, to compare with. */
export const schemaText = ({ columns }: TableSchema) => JSON.stringify([...columns.values()]);

/**
 * The column of a name: written just so, or else the only one that differs in case. Throws a `ConfigurationError` where
 * there is none.
 */
export function columnOf(schema: TableSchema, name: string): Column {
  const exact = schema.columns.get(name);
  if (exact !== undefined) return exact;
  const alike = [...schema.columns.values()].filter((column) => foldName(column.name) === foldName(name));
  if (alike.length === 1 && alike[0] !== undefined) return alike[0];
  const names = [...schema.columns.keys()];
  throw new ConfigurationError(
    `Cannot write to "${schema.name}": it has no column ${JSON.stringify(name)}${didYouMean(name, names)} ` +
      `(it has ${names.join(", ")})`,
  );
}

const TABLES = `
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND
  CASE WHEN $1::text IS NULL THEN pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  ELSE n.nspname = $1 END
ORDER BY 1 LIMIT 1000`;

/** The error about a table that is not there. */
export async function missingTable(
  connection: Connection,
  name: TableName,
  database: string,
): Promise<ConfigurationError> {
  const { rows } = await connection.run(TABLES, [name.schema ?? null]);
  const names = rows.map(([table]) => String(table));
  const list = names.length === 0
    ? "there are no tables"
    : `there are ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", ..." : ""}`;
  return new ConfigurationError(
    `Cannot write to table ${tableText(name)} in ${database}: there is no such table${
      didYouMean(name.table, names)
    } ` +
      `(${list}); create it, or set create_table`,
  );
}
