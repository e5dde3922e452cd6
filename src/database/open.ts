import { ConfigurationError } from "../core/errors.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { checkDuckDb, openDuckDb } from "./duckdb/databases.ts";
import { isDuckDbUrl } from "./duckdb/location.ts";

/**
 * The database of a url: `duckdb:path/to/file.duckdb` (its folder is made, the file too), `duckdb::memory:` for one
 * that is gone when the job ends, or `postgres://user@host:port/database`. It stays open until the job ends; asking
 * again gives the same one.
 *
 * Rejects with a `ConfigurationError` where the url is none of these, the file is no database, or an option is given
 * that the database does not have; with an `UnavailableError` where another process holds it or it cannot be reached.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  if (isDuckDbUrl(url)) {
    refuseOptions(options);
    return await openDuckDb(url);
  }
  if (isPostgresUrl(url)) {
    const { openPostgres } = await import("./postgres/databases.ts"); // a job without it does not load it
    return await openPostgres(url, options);
  }
  throw unknownUrl(url);
}

/**
 * Whether the database of a url can be had, before the first message asks: opens it, has it answer, closes it. A DuckDB
 * file that is not there yet is fine, and not made. Rejects as {@link openDatabase} does. Not for a job that has the
 * database open: it would be closed.
 */
export async function checkDatabase(url: string, options: DatabaseOptions = {}): Promise<void> {
  if (isDuckDbUrl(url)) {
    refuseOptions(options);
    return await checkDuckDb(url);
  }
  const database = await openDatabase(url, options);
  try {
    await database.query("SELECT 1 AS answer");
  } finally {
    await database.close();
  }
}

function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** What each option is called where jobs write it. */
const OPTION_NAMES: Readonly<Record<keyof DatabaseOptions, string>> = {
  password: "password",
  poolSize: "pool_size",
  statementTimeoutS: "statement_timeout_s",
  connectTimeoutS: "connect_timeout_s",
  tlsMode: "ssl_mode",
  tlsCa: "ssl_ca_location",
  tlsCertificate: "ssl_cert_location",
  tlsKey: "ssl_key_location",
};

function refuseOptions(options: DatabaseOptions): void {
  const given = (Object.keys(OPTION_NAMES) as (keyof DatabaseOptions)[])
    .filter((name) => options[name] !== undefined).map((name) => OPTION_NAMES[name]);
  if (given.length === 0) return;
  throw new ConfigurationError(
    `Cannot open the database: ${given.join(", ")} ${
      given.length === 1 ? "is" : "are"
    } for a server such as ` +
      "PostgreSQL; DuckDB, which lies in a file or in memory, has no such setting",
  );
}

function unknownUrl(url: string): ConfigurationError {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]; // the rest may hold a password
  const found = scheme === undefined ? "the url names no kind of database" : `${scheme}: is not supported`;
  return new ConfigurationError(
    `Cannot open the database: ${found}; what is: duckdb:path/to/file.duckdb, duckdb::memory:, ` +
      "postgres://user@host:5432/database",
  );
}
