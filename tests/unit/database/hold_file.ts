/** Holds a database open until its standard input ends, which it also does when the test dies. */
import { openDatabase } from "../../../src/database/open.ts";

const database = await openDatabase(Deno.args[0] ?? "");
console.log("held");
await Deno.stdin.readable.pipeTo(new WritableStream());
await database.close();
