import { ConfigurationError } from "../core/errors.ts";
import type { Database } from "./database.ts";
import { openDuckDb } from "./duckdb/databases.ts";
import { isDuckDbUrl } from "./duckdb/location.ts";

/**
 * The database of a url: `duckdb:path/to/file.duckdb` (its folder is made, the file too), or `duckdb::memory:` for one
 * that is gone when the job ends. It stays open until the job ends; asking again gives the same one.
 *
 * Rejects with a `ConfigurationError` where the url is none of these or the file is no database, with an
 * `UnavailableError` where another process holds it.
 */
export async function openDatabase(url: string): Promise<Database> {
  if (isDuckDbUrl(url)) return await openDuckDb(url);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]; // the rest may hold a password
  const found = scheme === undefined
    ? "the url names no kind of database"
    : `${scheme}: is not supported yet`;
  throw new ConfigurationError(
    `Cannot open the database: ${found}; what is: duckdb:path/to/file.duckdb, duckdb::memory:`,
  );
}
