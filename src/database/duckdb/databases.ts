import { JobLocal } from "../../core/job_scope.ts";
import { trackResource } from "../../core/resources.ts";
import { systemPaths } from "../../runtime/paths.ts";
import { DuckDbDatabase } from "./duckdb_database.ts";
import { duckDbApi } from "./library.ts";
import { duckDbPath, locate, type Location, MEMORY } from "./location.ts";
import { queryDuckDb } from "./query.ts";

/** What a job has open or is opening, by the file's key and by each url that led there: the way of a url is looked up once. */
class OpenDatabases {
  readonly byKey = new Map<string, Promise<DuckDbDatabase>>();
  readonly byUrl = new Map<string, Promise<DuckDbDatabase>>();
}

const ofJob = new JobLocal(() => new OpenDatabases());

/** The database of a url, opened where it is not, and closed when the job ends. Rejects as `openDatabase` says. */
export async function openDuckDb(url: string): Promise<DuckDbDatabase> {
  const { byKey, byUrl } = ofJob.get();
  const known = await byUrl.get(url)?.catch(() => undefined);
  if (known?.isOpen) return known;
  const location = await locate(url);
  for (let old; (old = byKey.get(location.key)) !== undefined;) {
    const database = await old.catch(() => undefined);
    if (database?.isOpen) return remember(url, old);
    await database?.close(); // two instances of one file must not overlap
    if (byKey.get(location.key) === old) byKey.delete(location.key);
  }
  const opening = open(location);
  byKey.set(location.key, opening);
  opening.catch(() => byKey.get(location.key) === opening && byKey.delete(location.key));
  return await remember(url, opening);
}

/** Whether the database of a url can be had; makes no file. Rejects as `openDatabase` says. */
export async function checkDuckDb(url: string): Promise<void> {
  if (duckDbPath(url) === MEMORY || await systemPaths.real(duckDbPath(url)) === undefined) {
    await duckDbApi(); // the file is made when the job begins to write
    return;
  }
  await queryDuckDb(url, "SELECT 1");
}

function remember(url: string, database: Promise<DuckDbDatabase>): Promise<DuckDbDatabase> {
  ofJob.get().byUrl.set(url, database);
  return database;
}

async function open(location: Location): Promise<DuckDbDatabase> {
  const { byKey, byUrl } = ofJob.get();
  let forget = () => {};
  const database = await DuckDbDatabase.open(location, () => {
    forget();
    byKey.delete(location.key);
    for (const [url, opened] of byUrl) {
      if (opened === opening) byUrl.delete(url);
    }
  });
  const opening = byKey.get(location.key);
  forget = trackResource(database);
  return database;
}
