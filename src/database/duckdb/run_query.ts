import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from "../../deps/duckdb.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { abortedError } from "../aborted.ts";
import type { QueryOptions, QueryValues } from "../database.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { interruptOnAbort } from "./interrupt.ts";
import type { DuckDbApi } from "./library.ts";
import { queryError } from "./query_error.ts";
import { bindQueryValues } from "./query_values.ts";
import { resultValue } from "./result_values.ts";

/** A query, as it was asked. */
export interface Query {
  readonly sql: string;
  readonly values: QueryValues;
  readonly options: QueryOptions;
  /** The database's name, for messages. */
  readonly database: string;
  /** Called when DuckDB has given the database up. */
  readonly onFatal: () => void;
  /** Carries out a commit, as `commit` in commit.ts does. */
  readonly commit: (run: () => Promise<unknown>) => Promise<void>;
}

/** What a statement does, by DuckDB's types of statements; the others would change the connection, or reach files. */
const READS = ["SELECT"];
const WRITES = ["INSERT", "UPDATE", "DELETE", "MERGE_INTO", "EXPLAIN", "CREATE", "ALTER", "DROP"];

/**
 * Reads the rows of a statement as they come. Resolves to undefined, with nothing done, for one that may write: that
 * must wait for its turn.
 */
export async function read(
  connection: DuckDBConnection,
  api: DuckDbApi,
  query: Query,
): Promise<readonly Row[] | undefined> {
  return await guarded(connection, query, async (statement) => {
    if (!isRead(api, statement)) return undefined;
    bindQueryValues(api, statement, query.values);
    return await rowsOf(api, await statement.stream(), query.options.maxRows);
  });
}

/** Runs a statement that writes, in a transaction: too many rows, or a signal, undo it. */
export async function write(
  connection: DuckDBConnection,
  api: DuckDbApi,
  query: Query,
): Promise<readonly Row[]> {
  await told(connection.run("BEGIN TRANSACTION"), query);
  try {
    const rows = await guarded(connection, query, async (statement) => {
      bindQueryValues(api, statement, query.values);
      return await rowsOf(api, await statement.run(), query.options.maxRows);
    });
    await told(query.commit(() => connection.run("COMMIT")), query); // nothing interrupts it: its outcome would not be known
    return rows;
  } catch (error) {
    await connection.run("ROLLBACK").catch(() => {}); // the connection is closed after this
    throw error;
  }
}

async function told(work: Promise<unknown>, query: Query): Promise<void> {
  await work.catch((error) => {
    throw failed(error, query, "run");
  });
}

function isRead(api: DuckDbApi, statement: DuckDBPreparedStatement): boolean {
  const type = api.StatementType[statement.statementType] ?? "";
  if (READS.includes(type)) return true;
  if (WRITES.includes(type)) return false;
  throw new ConfigurationError(
    `${type} statements are not for queries: expected one that reads or writes rows, or defines tables`,
  );
}

async function guarded<T>(
  connection: DuckDBConnection,
  query: Query,
  work: (statement: DuckDBPreparedStatement) => Promise<T>,
): Promise<T> {
  const { signal } = query.options;
  using _interrupt = interruptOnAbort(signal, connection);
  let step: "prepare" | "run" = "prepare";
  try {
    signal?.throwIfAborted();
    const statement = await connection.prepare(query.sql);
    step = "run";
    try {
      const result = await work(statement);
      signal?.throwIfAborted();
      return result;
    } finally {
      statement.destroySync();
    }
  } catch (error) {
    if (signal?.aborted) throw abortedError(`query ${query.database}`, signal);
    throw failed(error, query, step);
  }
}

function failed(error: unknown, { database, onFatal }: Query, step: "prepare" | "run"): Error {
  if (duckDbFailure(error)?.fatal === true) onFatal();
  return queryError(error, database, step);
}

async function rowsOf(api: DuckDbApi, result: DuckDBResult, maxRows = Infinity): Promise<readonly Row[]> {
  if (result.returnType !== api.ResultReturnType.QUERY_RESULT) return [];
  const names = result.columnNames();
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigurationError(
      `two columns of the result are called "${twice}": name one of them anew, by AS`,
    );
  }
  const rows: Row[] = [];
  for (let chunk; (chunk = await result.fetchChunk()) !== null && chunk.rowCount > 0;) {
    if (rows.length + chunk.rowCount > maxRows) {
      throw new ConfigurationError(
        `there are more rows than max_rows, which is ${maxRows}: ask for fewer by WHERE or LIMIT, or raise it`,
      );
    }
    for (const values of chunk.getRows()) {
      rows.push(Object.fromEntries(values.map((value, i) => [names[i], resultValue(api, value)])));
    }
  }
  return rows;
}
