/** Writes rows until the file may not grow any more, and tells how each write ended: run it under `ulimit -f`. */
import { errorText, kindOf } from "../../../src/core/errors.ts";
import { openDatabase } from "../../../src/database/open.ts";
import { tableWrite } from "./support.ts";

const url = Deno.args[0] ?? "";
const outcomes: string[] = [];
for (let id = 0; id < 40; id++) {
  const text = Array.from({ length: 1000 }, () => crypto.randomUUID()).join("");
  try {
    const database = await openDatabase(url);
    await database.write([tableWrite({ table: "t", rows: [{ id, text }], createTable: true })]);
    outcomes.push("written");
  } catch (error) {
    outcomes.push(`${kindOf(error)}: ${errorText(error)}`);
  }
}
await (await openDatabase(url)).close();
console.log(JSON.stringify(outcomes));
