/** The job as it is, on topics in memory: needs no Kafka. */
import assert from "node:assert/strict";
import { runProcessor } from "../testing.ts";
import { main } from "./orders_transform.ts";

const settings = { "kafka.input_topic": "orders", "kafka.output_topic": "orders-processed" };

const order = {
  order_id: "A-1",
  customer_id: "C-7",
  created_at: "2026-01-05T08:00:00Z",
  lines: [{ sku: "TEA", quantity: 2, price: 15.25 }],
};

Deno.test("an order goes out under its customer's key, with other names and a total", async () => {
  const run = await runProcessor(main, { orders: [{ value: order }] }, { settings });
  assert.equal(run.exitCode, 0, String(run.error));
  const [sent] = run.produced["orders-processed"] ?? [];
  const { order_id, cust_id, lines_total } = sent?.value as Record<string, unknown>;
  assert.deepEqual([sent?.key, order_id, cust_id, lines_total], ["C-7", "A-1", "C-7", 30.5]);
  assert.deepEqual(run.committed, { orders: { 0: 1 } });
});

Deno.test("what is no order is skipped, and nothing goes out for it", async () => {
  const run = await runProcessor(main, { orders: [{ value: "no JSON" }] }, { settings });
  assert.deepEqual(run.skipped.map(({ offset }) => offset), [0]);
  assert.deepEqual([run.produced, run.committed], [{}, { orders: { 0: 1 } }]);
});
