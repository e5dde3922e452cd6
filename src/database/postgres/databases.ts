import { JobLocal } from "../../core/job_scope.ts";
import { trackResource } from "../../core/resources.ts";
import type { Secret } from "../../core/secret.ts";
import type { Database, DatabaseOptions } from "../database.ts";
import { type Location, readLocation } from "./location.ts";
import { PostgresDatabase } from "./postgres_database.ts";

/** What a job has open, by what leads to it: one pool for each database, user and settings. */
const ofJob = new JobLocal(() => new Map<string, Entry>());

interface Entry {
  readonly database: PostgresDatabase;
  readonly password: Secret | undefined;
  /** Resolves when it was reached once. */
  readonly opening: Promise<void>;
}

/** The database of a `postgres:` url. Rejects as `openDatabase` says. */
export async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const location = readLocation(url, options);
  const open = ofJob.get();
  const key = keyOf(location);
  const known = open.get(key);
  if (known?.database.isOpen && known.password?.reveal() === location.password?.reveal()) {
    await known.opening;
    return known.database;
  }
  const database = new PostgresDatabase(location, () => {
    forget();
    if (open.get(key)?.database === database) open.delete(key);
  });
  const forget = trackResource(database);
  const opening = database.connect().catch(async (error) => {
    await database.close();
    throw error;
  });
  open.set(key, { database, password: location.password, opening });
  await opening;
  return database;
}

const keyOf = ({ password: _, ...rest }: Location) => JSON.stringify(rest);
