import type { DuckDBConnection, DuckDBInstance } from "../../deps/duckdb.ts";
import { systemFileIdentity } from "../../runtime/file_identity.ts";
import { openError } from "./open_error.ts";
import { type DuckDbApi, duckDbApi } from "./library.ts";
import { type Location, MEMORY } from "./location.ts";

/** A share in an open database. */
export interface Lease {
  readonly api: DuckDbApi;
  /** Opens a connection of one's own, to be closed before the lease is released. */
  connect(): Promise<DuckDBConnection>;
  /** False where the file that is open is not the one at its path any more: it was deleted, or another took its place. */
  isInPlace(): Promise<boolean>;
  /** Gives the share back; the last one closes the file. Idempotent, never rejects. */
  release(): Promise<void>;
}

/** A database that is open, and which file that is; undefined where that cannot be told. */
interface Open {
  readonly instance: DuckDBInstance;
  readonly file: string | undefined;
}

interface Entry {
  readonly opening: Promise<Open>;
  users: number;
  closing: Promise<void> | undefined;
}

/**
 * One instance a file and process: DuckDB locks files against other processes only, and two instances of one process
 * would overwrite each other's pages.
 */
const entries = new Map<string, Entry>();

/** Opens a database, or shares the one that is open. Rejects as {@link openError} says. */
export async function acquire(location: Location): Promise<Lease> {
  const api = await duckDbApi();
  for (let old; (old = entries.get(location.key)?.closing) !== undefined;) await old;
  const entry = entries.get(location.key) ?? { opening: open(api, location), users: 0, closing: undefined };
  entries.set(location.key, entry);
  entry.users++;
  let instance: DuckDBInstance;
  let file: string | undefined;
  try {
    ({ instance, file } = await entry.opening);
  } catch (error) {
    if (entries.get(location.key) === entry) entries.delete(location.key);
    throw openError(error, location.name);
  }
  let released: Promise<void> | undefined;
  const giveBack = async () => {
    if (--entry.users > 0) return;
    entry.closing = close(instance, location).finally(() => entries.delete(location.key));
    await entry.closing;
  };
  return {
    api,
    connect: () => connect(instance),
    isInPlace: async () => file === undefined || [file, undefined].includes(await fileOf(location)),
    release: () => released ??= giveBack(),
  };
}

/** Which file is at the path now; undefined where that cannot be told, or the database lies in memory. */
const fileOf = ({ path }: Location) => path === MEMORY ? undefined : systemFileIdentity.of(path);

async function open(api: DuckDbApi, location: Location): Promise<Open> {
  const { path } = location;
  const instance = await api.DuckDBInstance.create(path, {
    autoinstall_known_extensions: "false", // nothing is fetched from the network behind the job's back
    autoload_known_extensions: "false",
    // writes of a few rows gain nothing from more, and lose a third of their speed to handing work between threads
    threads: "1",
  });
  try {
    const connection = await instance.connect();
    // After a crash the log has been replayed. DuckDB 1.5 would lose entries of indexes other than primary keys if it
    // wrote that into the file by itself, now or when it closes; an explicit checkpoint does it right
    // (duckdb/duckdb#23788).
    if (path !== MEMORY) await connection.run("CHECKPOINT");
    // after opening, because it covers the database's own file as well
    await connection.run("SET enable_external_access = false");
    connection.closeSync();
    return { instance, file: await fileOf(location) };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Without a time zone of the machine, texts and timestamps mean the same wherever the job runs. */
async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Writes the log into the file, so that one file is all there is, and lets go of it. */
async function close(instance: DuckDBInstance, { path }: Location): Promise<void> {
  if (path !== MEMORY) {
    try {
      const connection = await instance.connect();
      await connection.run("CHECKPOINT");
      connection.closeSync();
    } catch {
      // a full disk, or a database that DuckDB gave up: what was committed is in the log, and read at the next start
    }
  }
  instance.closeSync();
}
