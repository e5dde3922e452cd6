/** The job as it is, on topics in memory: needs neither Kafka nor a database, nor the service. */
import assert from "node:assert/strict";
import { runMod } from "../mod.ts";
import { runProcessor } from "../testing.ts";
import { main } from "./long_processing.ts";

const url = "duckdb::memory:";
const settings = {
  "kafka.input_topic": "orders",
  "scoring.database_url": url,
  "scoring.service_url": 'data:application/json,{"score": 0.5}',
};

const order = (id: string) => ({ order_id: id, lines: [{ sku: "TEA" }, { sku: "MUG" }] });
const orders = [{ value: order("A-1") }, { value: order("A-2") }];

Deno.test("each line of an order gets its score", async () => {
  let rows: unknown;
  const beforeClose = async () => {
    const query = "SELECT order_id, sku, score FROM scores ORDER BY ALL";
    rows = (await runMod("database_query", { url, query })).artifacts.data;
  };
  const run = await runProcessor(main, { orders }, { settings, beforeClose });
  assert.equal(run.exitCode, 0, String(run.error));
  assert.deepEqual(run.committed, { orders: { 0: 2 } });
  const expected = ["A-1", "A-2"].flatMap((order_id) =>
    ["MUG", "TEA"].map((sku) => ({ order_id, sku, score: 0.5 }))
  );
  assert.deepEqual(rows, expected);
});

Deno.test("an order that a stop comes into is not committed: it comes again", async () => {
  // the first query makes the table, each order has one more
  const stop = { at: { mod: "database_query", call: 3, when: "after" } } as const;
  const run = await runProcessor(main, { orders }, { settings, stop });
  assert.deepEqual(run.messages.map(({ outcome }) => outcome), ["processed", "unfinished"]);
  assert.deepEqual([run.exitCode, run.committed], [0, { orders: { 0: 1 } }]);
});

Deno.test("no order is skipped while the service is away", async () => {
  for (const answer of ["data:text/plain,no JSON", 'data:application/json,{"error": "no model"}']) {
    const away = { ...settings, "scoring.service_url": answer };
    const run = await runProcessor(main, { orders }, { settings: away });
    assert.deepEqual([run.skipped, run.committed], [[], { orders: { 0: 0 } }]);
    assert.equal(run.exitCode, 1);
  }
});
