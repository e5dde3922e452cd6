/** Writes orders with lines one after the other, and tells each that is written, until it is killed. */
import { openDatabase } from "../../../src/database/open.ts";
import { tableWrite } from "./support.ts";

const url = Deno.args[0] ?? "";
for (let id = 0;; id++) {
  const database = await openDatabase(url);
  await database.write([
    tableWrite({ table: "orders", rows: [{ id }], createTable: true, keyColumns: ["id"], mode: "upsert" }),
    tableWrite({
      table: "lines",
      rows: [{ id, line: 1 }, { id, line: 2 }],
      createTable: true,
      keyColumns: ["id", "line"],
      mode: "upsert",
      replaceChildren: { columns: ["id"], of: [{ id }] },
    }),
  ]);
  console.log(id);
}
