/** The job as it is, on topics in memory: needs neither Kafka nor a database. */
import assert from "node:assert/strict";
import { UnavailableError } from "../mod.ts";
import { runProcessor } from "../testing.ts";
import { main, orderRows } from "./orders.ts";

const settings = { "kafka.input_topic": "orders", "database.url": "duckdb::memory:" };

const order = {
  order_id: "A-1",
  customer_id: "C-7",
  amount: 30.5,
  currency: "EUR",
  created_at: "2026-01-05T08:00:00Z",
  lines: [{ sku: "TEA", quantity: 2, price: 15.25 }],
};

Deno.test("an order becomes a row, and each of its lines one that knows its order", () => {
  const { order: row, lines } = orderRows(order);
  assert.equal(row.order_id, "A-1");
  assert.deepEqual(lines, [{ order_id: "A-1", line_number: 1, sku: "TEA", quantity: 2, price: 15.25 }]);
});

Deno.test("an order is written and committed; what is no order is skipped", async () => {
  const run = await runProcessor(main, { orders: [{ value: order }, { value: { order_id: "A-2" } }] }, {
    settings,
  });
  assert.equal(run.exitCode, 0, String(run.error));
  assert.deepEqual(run.processed.map(({ offset }) => offset), [0]);
  assert.deepEqual(run.skipped.map(({ offset, kind }) => [offset, kind]), [[1, "permanent"]]);
  assert.deepEqual(run.committed, { orders: { 0: 2 } });
});

Deno.test("no order is skipped while the database is away", async () => {
  const fail = { database_insert: { call: 1, times: 3, with: new UnavailableError("the database is away") } };
  const run = await runProcessor(main, { orders: [{ value: order }] }, { settings, fail });
  assert.deepEqual(run.retried.map(({ offset }) => offset), [0]);
  assert.deepEqual([run.skipped, run.committed], [[], { orders: { 0: 1 } }]);
});
