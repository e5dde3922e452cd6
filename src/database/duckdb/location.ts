import { basename, dirname, join, resolve } from "node:path";
import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { JobLocal } from "../../core/job_scope.ts";
import { fileProblem, type Files, systemFiles } from "../../runtime/files.ts";
import { type Paths, systemPaths } from "../../runtime/paths.ts";

/** Where a DuckDB database is. */
export interface Location {
  /** The url as it was given: it holds no password. */
  readonly name: string;
  /** The same for all urls that lead to the same file. */
  readonly key: string;
  /** What DuckDB is asked to open. */
  readonly path: string;
}

/** The database of this job that lies in memory and is gone with it. */
export const MEMORY = ":memory:";

let jobs = 0;
/** Jobs that tests run in one process have a database in memory each. */
const memoryKey = new JobLocal(() => `${MEMORY}${++jobs}`);

const SCHEME = "duckdb:";
const EXPECTED = `expected duckdb:path/to/file.duckdb, or duckdb:${MEMORY} for a database in memory`;

/** Whether a url is one of DuckDB's. */
export function isDuckDbUrl(url: string): boolean {
  return url.startsWith(SCHEME);
}

/** The path in a url of DuckDB's. Throws a `ConfigurationError` where there is none. */
export function duckDbPath(url: string): string {
  const path = url.slice(SCHEME.length);
  const problem = path.trim() === ""
    ? "it has no path"
    : path.startsWith("//")
    ? "a path stands right behind the colon, without slashes of a host"
    : path.startsWith(":") && path !== MEMORY
    ? "there is no such database in memory"
    : path.includes("\0")
    ? "the path holds a NUL character"
    : undefined;
  if (problem === undefined) return path;
  throw new ConfigurationError(`Cannot open the database ${JSON.stringify(url)}: ${problem}; ${EXPECTED}`);
}

/** What is needed of the machine to find a database. */
export type Disk = Pick<Files, "makeFolder"> & Paths;

/**
 * Finds the file of a url and makes the folder that it lies in. Throws a `ConfigurationError` where the url cannot be
 * read or the folder not be made, an `UnavailableError` where the disk is full.
 */
export async function locate(
  url: string,
  disk: Disk = { ...systemFiles, ...systemPaths },
): Promise<Location> {
  const path = duckDbPath(url);
  if (path === MEMORY) return { name: url, key: memoryKey.get(), path };
  const file = resolve(path);
  try {
    await disk.makeFolder(dirname(file));
    const folder = await disk.real(dirname(file)) ?? dirname(file);
    const key = await disk.real(file) ?? join(folder, basename(file));
    return { name: url, key, path: key };
  } catch (error) {
    const full = (error as { code?: unknown } | null)?.code === "ENOSPC";
    const text = `Cannot open ${url}: its folder cannot be made or read: ${fileProblem(error)}`;
    throw full
      ? new UnavailableError(text, { cause: error })
      : new ConfigurationError(text, { cause: error });
  }
}
