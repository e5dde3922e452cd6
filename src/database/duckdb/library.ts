import { duckDbUrl, importDuckDb } from "../../deps/duckdb.ts";
import { ConfigurationError, errorText } from "../../core/errors.ts";
import { type NativeLibraries, systemLibraries } from "../../runtime/native_library.ts";

/** DuckDB's own interface, of which only types are imported where it is not handed in. */
export type DuckDbApi = Awaited<ReturnType<typeof importDuckDb>>;

let loading: Promise<DuckDbApi> | undefined;

/**
 * DuckDB's library, loaded when it is first asked for: a job without a database does not pay for it, and a compiled
 * program can load what DuckDB needs before.
 *
 * Rejects with a `ConfigurationError` where this machine has no library for it, or Deno was not given the permission.
 */
export function duckDbApi(libraries: NativeLibraries = systemLibraries): Promise<DuckDbApi> {
  loading ??= load(libraries).catch((error) => {
    loading = undefined;
    throw new ConfigurationError(
      `Cannot load DuckDB: ${
        errorText(error)
      } (it needs --allow-ffi, and a build for this system; a compiled program ` +
        "unpacks it into TMPDIR, which must allow writing and executing)",
      { cause: error },
    );
  });
  return loading;
}

async function load(libraries: NativeLibraries): Promise<DuckDbApi> {
  libraries.preload(duckDbUrl(), [
    "@duckdb/node-bindings/package.json",
    "@duckdb/node-bindings-{platform}/libduckdb.so",
  ]);
  return await importDuckDb();
}
