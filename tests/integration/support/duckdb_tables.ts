import { DuckDBInstance } from "@duckdb/node-api";
import { dirname } from "node:path";
import { queryDuckDb } from "./duckdb_file.ts";
import type { Reader } from "./written.ts";

/** Reads a DuckDB file that no other process has open. */
export const duckDbReader = (file: string): Reader => async (sql) =>
  (await queryDuckDb(file, sql)).map((row) => Object.values(row).map(String));

/** Makes a DuckDB file, or opens the one that is there, and its folder; runs statements in it, and closes it. */
export async function makeDuckDb(file: string, sql: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  const instance = await DuckDBInstance.create(file);
  try {
    const connection = await instance.connect();
    await connection.run(sql);
    await connection.run("CHECKPOINT");
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}
