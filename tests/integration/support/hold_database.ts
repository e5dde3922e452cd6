/** Holds a DuckDB file open, as another program would, until a line comes: `hold_database.ts FILE`. */
import { DuckDBInstance } from "@duckdb/node-api";

const instance = await DuckDBInstance.create(Deno.args[0]);
console.log("held");
await Deno.stdin.read(new Uint8Array(1));
instance.closeSync();
console.log("released");
