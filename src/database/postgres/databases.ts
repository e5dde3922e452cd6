import { ConfigurationError } from "../../core/errors.ts";
import type { Database, DatabaseOptions } from "../database.ts";

/** The database of a `postgres:` url. Rejects as `openDatabase` says. */
export function openPostgres(_url: string, _options: DatabaseOptions): Promise<Database> {
  return Promise.reject(new ConfigurationError("Cannot open the database: postgres: is not supported yet"));
}
