import { ConfigurationError, PermanentError } from "./errors.ts";

/** One row: column names and values. */
export type Row = Readonly<Record<string, unknown>>;

/** A result of DuckDB that has been read, as far as the mods look at it. */
export interface RowSource {
  /** Its rows as objects of column names and values. */
  getRowObjects(): readonly Row[];
}

/** What the mods take as rows (the Python framework's DataFrame): one object, several, or a DuckDB result. */
export type Rows = Row | readonly Row[] | RowSource;

/**
 * Any of the three forms as a list of rows. Throws a `PermanentError` that says what came instead, and a
 * `ConfigurationError` for a DuckDB result that was not read.
 */
export function toRows(data: unknown): readonly Row[] {
  if (isRowSource(data)) return rowsOf(data);
  if (!Array.isArray(data)) return [asRow(data, "")];
  data.forEach((item, i) => asRow(item, `[${i}]`));
  return data as readonly Row[];
}

/**
 * What a mod handed on as a list of rows: also one object, and none where an output is null because nothing came to it.
 * `R` is what the job knows of its rows, `toRows<Order>(artifacts.data)`: nobody checks that. Throws like {@link toRows}
 * for what is no rows.
 */
export function listRows<R extends object = Row>(data: unknown): readonly R[] {
  return data === null ? [] : toRows(data) as unknown as readonly R[];
}

function rowsOf(source: RowSource): readonly Row[] {
  const rows: unknown = source.getRowObjects();
  if (Array.isArray(rows)) return rows;
  if (rows instanceof Promise) rows.catch(() => {}); // nobody will wait for it
  throw new ConfigurationError(
    "data is a DuckDB result that was not read: hand over a reader, from runAndReadAll()",
  );
}

function asRow(item: unknown, where: string): Row {
  if (typeof item === "object" && item !== null && !Array.isArray(item) && !ArrayBuffer.isView(item)) {
    return item as Row;
  }
  throw new PermanentError(`data${where} is ${kindOfValue(item)}: expected an object of columns and values`);
}

function kindOfValue(item: unknown): string {
  if (item === null || item === undefined) return String(item);
  if (Array.isArray(item)) return "an array";
  return ArrayBuffer.isView(item) ? "bytes" : `a ${typeof item}`;
}

function isRowSource(data: unknown): data is RowSource {
  return typeof data === "object" && data !== null &&
    typeof (data as { getRowObjects?: unknown }).getRowObjects === "function";
}
