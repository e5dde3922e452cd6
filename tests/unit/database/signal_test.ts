import assert from "node:assert/strict";
import { refusal, tableWrite, TestDatabase } from "./support.ts";

Deno.test("a write begins no further statement once its signal has fired", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER)", "CREATE TABLE u (id INTEGER)");
  const database = await place.open();
  const stop = new AbortController();
  let lookedAt = false;
  const first = {
    get id() { // while the rows are planned, no statement is there to be interrupted
      stop.abort(new Error("enough"));
      return 1;
    },
  };
  const second = {
    get id() {
      lookedAt = true;
      return 2;
    },
  };
  const call = [tableWrite({ table: "t", rows: [first] }), tableWrite({ table: "u", rows: [second] })];
  assert.match(await refusal(database.write(call, { signal: stop.signal }), "unavailable"), /enough/);
  assert.equal(lookedAt, false, "the second table was written too");
  assert.deepEqual(await place.sql("FROM t"), []);
  assert.deepEqual(await database.write([tableWrite({ table: "t", rows: [{ id: 3 }] })]), [1]);
});
