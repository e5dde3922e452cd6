import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Row } from "../../core/rows.ts";
import type { TableWrite } from "../database.ts";
import { foldName } from "../identifiers.ts";
import { inferType } from "./infer_type.ts";
import type { DuckDbApi } from "./library.ts";
import { createTableSql, type NewColumn } from "./statements.ts";
import { tableText } from "./table_schema.ts";

/** A type as SQL has it: words, digits in brackets, square brackets. It cannot be bound, so nothing else is let through. */
const TYPE = /^[A-Za-z][A-Za-z0-9_]*( [A-Za-z]+)*(\(\s*\d+\s*(,\s*\d+\s*)?\))?(\[\d*\])*$/;

/**
 * The statement that creates a table for the rows: the columns in the order of their first appearance, the key columns
 * as the primary key. It makes no other index, although one on the parent's key would find children faster: DuckDB 1.5
 * loses entries of such indexes when it checkpoints after a crash (duckdb/duckdb#23788).
 */
export function createStatement(api: DuckDbApi, write: TableWrite): string {
  const columns = newColumns(api, write);
  const names = columns.map(({ name }) => name);
  const given = (name: string, parameter: string) => {
    const found = names.find((column) => foldName(column) === foldName(name));
    if (found !== undefined) return found;
    throw new ConfigurationError(
      `Cannot create table "${nameText(write)}": ${parameter} names ${JSON.stringify(name)}, ` +
        `which the rows do not have${didYouMean(name, names)} (they have ${names.join(", ")})`,
    );
  };
  const keys = write.keyColumns.map((name) => given(name, "key_columns"));
  for (const name of write.replaceChildren?.columns ?? []) given(name, "replace_children.columns");
  return createTableSql({ name: write.table, inSchema: write.schema }, columns, keys);
}

const nameText = ({ table, schema }: TableWrite) => tableText({ name: table, inSchema: schema });

function newColumns(api: DuckDbApi, write: TableWrite): readonly NewColumn[] {
  const declared = new Map(Object.entries(write.columnTypes).map(([name, type]) => [foldName(name), type]));
  const names = columnNames(write.rows, nameText(write));
  for (const [name, type] of Object.entries(write.columnTypes)) {
    if (!TYPE.test(type)) {
      throw new ConfigurationError(
        `Cannot create table "${nameText(write)}": ${JSON.stringify(type)} is no type for column ` +
          `${JSON.stringify(name)}: expected one such as BIGINT, DECIMAL(12,2), TIMESTAMPTZ or VARCHAR[]`,
      );
    }
    if (!names.has(foldName(name))) names.set(foldName(name), name);
  }
  return [...names].map(([folded, name]) => ({
    name,
    type: declared.get(folded) ??
      inferType(api, write.rows.map((row) => Object.hasOwn(row, name) ? row[name] : undefined)),
  }));
}

/** The columns of all rows, by folded name. */
function columnNames(rows: readonly Row[], table: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const row of rows) {
    for (const name of Object.keys(row)) {
      if (row[name] === undefined) continue;
      const there = names.get(foldName(name));
      if (there !== undefined && there !== name) {
        throw new PermanentError(
          `Cannot create table "${table}": the rows have two columns whose names differ in case only, ` +
            "which is one to a database",
        );
      }
      names.set(foldName(name), name);
    }
  }
  return names;
}
