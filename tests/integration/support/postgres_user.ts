/** A process that has a database open and does nothing more: it must end by itself. */
import { openDatabase } from "../../../src/database/open.ts";

const database = await openDatabase(Deno.args[0] ?? "");
await Promise.all([1, 2, 3].map((n) => database.query("SELECT $n::int AS n", { n })));
console.log("done");
