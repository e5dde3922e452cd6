/** DuckDB. Only its types are imported at once: a job without a database does not load its native library. */
export type * from "npm:@duckdb/node-api@1.5.5-r.5";

/** The library itself. */
// deno-lint-ignore no-import-prefix
export const importDuckDb = () => import("npm:@duckdb/node-api@1.5.5-r.5");

/** Where the package lies. */
export const duckDbUrl = () => import.meta.resolve("npm:@duckdb/node-api@1.5.5-r.5/package.json");
