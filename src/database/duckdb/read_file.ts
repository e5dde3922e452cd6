import type { DuckDBConnection, DuckDBInstance } from "../../deps/duckdb.ts";
import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { abortedError } from "../aborted.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { interruptOnAbort } from "./interrupt.ts";
import { duckDbApi } from "./library.ts";
import { resultValue } from "./result_values.ts";

/** What a file of rows can be. */
export type FileFormat = "csv" | "json" | "jsonl" | "parquet";

/** A file of rows, and how it is to be read. */
export interface RowsOfFile {
  readonly path: string;
  readonly format: FileFormat;
  /** For CSV: whether values become numbers, dates and so on where all of a column look so; texts where false. */
  readonly detectTypes: boolean;
  /** For CSV: what stands between columns. */
  readonly delimiter: string;
}

/**
 * The rows of a file, read by DuckDB in a memory of its own. JSON comes as one column `json` with the text of each object.
 * In CSV the first line names the columns, an empty field is null and `""` an empty text. Values of Parquet are in the forms
 * that `Database` promises. A path with `*` or `?` reads
 * all files that it matches.
 *
 * At most `maxRows` rows are read; the others are left out. Rejects with a `ConfigurationError` where there is no such
 * file or it is none of that format, with an `UnavailableError` where it cannot be read now. Neither quotes its content.
 */
export async function readRowsOfFile(
  file: RowsOfFile,
  { maxRows, signal }: { readonly maxRows: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly Row[]> {
  const api = await duckDbApi();
  signal?.throwIfAborted();
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  try {
    instance = await api.DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false", // a path that is a url must not fetch anything
      autoload_known_extensions: "false",
      threads: "1", // the messages need the machine as well
    });
    connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const values = file.format === "csv" ? [file.path, file.delimiter] : [file.path];
    using _interrupt = interruptOnAbort(signal, connection);
    const result = await connection.runAndReadAll(selectRows(file, maxRows), values);
    const names = result.columnNames();
    return result.getRows().map((row) =>
      Object.fromEntries(row.map((value, i) => [names[i], resultValue(api, value)]))
    );
  } catch (error) {
    if (signal?.aborted) throw abortedError(`read the file ${file.path}`, signal);
    throw readError(error, file);
  } finally {
    connection?.closeSync();
    instance?.closeSync();
  }
}

function selectRows({ format, detectTypes }: RowsOfFile, maxRows: number): string {
  const limit = `LIMIT ${BigInt(maxRows)}`;
  switch (format) {
    case "csv":
      // without what is fixed here DuckDB guesses, and finds one column, or no rows, where quotes or lines are broken
      return `SELECT * FROM read_csv($1, delim = $2, header = true, quote = '"', escape = '"', comment = '', ` +
        `skip = 0, allow_quoted_nulls = false, all_varchar = ${!detectTypes}) ${limit}`;
    case "json":
      return `SELECT json FROM read_json_objects($1, format = 'auto') ${limit}`;
    case "jsonl":
      return `SELECT json FROM read_json_objects($1, format = 'newline_delimited') ${limit}`;
    case "parquet":
      return `SELECT * FROM read_parquet($1) ${limit}`;
  }
}

/** DuckDB's messages about files quote their lines: only where something is wrong is taken from them. */
function readError(error: unknown, { path, format }: RowsOfFile): unknown {
  const failure = duckDbFailure(error);
  if (failure === undefined) return error;
  const { message } = failure;
  const what = `Cannot read the file ${path}`;
  if (/No files found|No such file or directory/.test(message)) {
    return new ConfigurationError(`${what}: there is no such file`);
  }
  if (/Permission denied/.test(message)) {
    return new ConfigurationError(`${what}: permission denied by the operating system`);
  }
  if (failure.type === "Missing Extension") {
    return new ConfigurationError(`${what}: only files of this machine are read`);
  }
  if (failure.kind === "unavailable" && !/parquet|magic bytes/i.test(message)) {
    return new UnavailableError(`${what}: DuckDB reports an ${failure.type} error`);
  }
  const line = /\bCSV Error on Line: (\d+)/.exec(message)?.[1]; // in JSON it counts one too many
  return new ConfigurationError(
    `${what}: it is no ${format} file, or it is damaged${line === undefined ? "" : ` (line ${line})`}`,
  );
}
