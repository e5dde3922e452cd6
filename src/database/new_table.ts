import { ConfigurationError, PermanentError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Row } from "../core/rows.ts";
import type { TableWrite } from "./database.ts";
import { foldName } from "./identifiers.ts";

/** A column of a table that is to be created. */
export interface NewColumn {
  readonly name: string;
  readonly type: string;
}

/** A table that is to be created. */
export interface NewTable {
  /** In the order of their first appearance. */
  readonly columns: readonly NewColumn[];
  /** Names of the columns that are its primary key. */
  readonly keys: readonly string[];
}

/** A type as SQL has it: words, digits in brackets, square brackets. It cannot be bound, so nothing else is let through. */
const TYPE = /^[A-Za-z][A-Za-z0-9_]*( [A-Za-z]+)*(\(\s*\d+\s*(,\s*\d+\s*)?\))?( [A-Za-z]+)*(\[\d*\])*$/;

/**
 * The table that a write's rows need, called `name` in errors; `infer` gives the type for the values of a column that
 * column_types does not name. Throws a `ConfigurationError` where the job asks for what cannot be, a `PermanentError` where
 * the rows do.
 */
export function newTable(
  write: TableWrite,
  name: string,
  infer: (values: readonly unknown[]) => string,
): NewTable {
  const columns = newColumns(write, name, infer);
  if (columns.length === 0) {
    throw new PermanentError(`Cannot create table "${name}": the rows have no columns`);
  }
  const names = columns.map((column) => column.name);
  const given = (wanted: string, parameter: string) => {
    const found = names.find((column) => foldName(column) === foldName(wanted));
    if (found !== undefined) return found;
    // one message without its key must not stop the job for good, as it would not where the table is there
    throw new PermanentError(
      `Cannot create table "${name}": ${parameter} names ${JSON.stringify(wanted)}, ` +
        `which the rows do not have${didYouMean(wanted, names)} (they have ${names.join(", ")})`,
    );
  };
  const keys = write.keyColumns.map((key) => given(key, "key_columns"));
  for (const column of write.replaceChildren?.columns ?? []) given(column, "replace_children.columns");
  return { columns, keys };
}

function newColumns(
  write: TableWrite,
  table: string,
  infer: (values: readonly unknown[]) => string,
): readonly NewColumn[] {
  const declared = new Map(Object.entries(write.columnTypes).map(([name, type]) => [foldName(name), type]));
  const names = columnNames(write.rows, table);
  for (const [name, type] of Object.entries(write.columnTypes)) {
    if (!TYPE.test(type)) {
      throw new ConfigurationError(
        `Cannot create table "${table}": ${JSON.stringify(type)} is no type for column ` +
          `${JSON.stringify(name)}: expected one such as BIGINT, DECIMAL(12,2), TIMESTAMPTZ or VARCHAR[]`,
      );
    }
    if (!names.has(foldName(name))) names.set(foldName(name), name);
  }
  return [...names].map(([folded, name]) => ({
    name,
    type: declared.get(folded) ??
      infer(write.rows.map((row) => Object.hasOwn(row, name) ? row[name] : undefined)),
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
