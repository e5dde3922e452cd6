import type { DuckDBValue } from "../../deps/duckdb.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { type Paths, systemPaths } from "../../runtime/paths.ts";
import { acquire } from "./instances.ts";
import { duckDbPath, isDuckDbUrl, locate, MEMORY } from "./location.ts";

/** A row as DuckDB's library reads it: bigint for BIGINT, a `DuckDBDecimalValue` for DECIMAL, texts for JSON. */
export type DuckDbRow = Readonly<Record<string, DuckDBValue>>;

/**
 * Runs SQL on a database and returns the rows of its last statement: for tests, for the demo, for a look at what a job
 * wrote. Shares the file with a job of this process that has it open; closes what it opened.
 *
 * Rejects with a `ConfigurationError` where there is no such file (nothing is created), with an `UnavailableError` where
 * another process holds it, and with DuckDB's own error where the SQL is wrong.
 */
export async function queryDuckDb(
  url: string,
  sql: string,
  values: DuckDBValue[] = [],
  paths: Paths = systemPaths,
): Promise<readonly DuckDbRow[]> {
  if (!isDuckDbUrl(url)) {
    throw new ConfigurationError("Cannot query the database: its url is not one of duckdb:");
  }
  const path = duckDbPath(url);
  if (path !== MEMORY && await paths.real(path) === undefined) {
    throw new ConfigurationError(`Cannot query ${url}: there is no such file`);
  }
  const lease = await acquire(await locate(url));
  try {
    const connection = await lease.connect();
    try {
      return (await connection.runAndReadAll(sql, values)).getRowObjects();
    } finally {
      connection.closeSync();
    }
  } finally {
    await lease.release();
  }
}
