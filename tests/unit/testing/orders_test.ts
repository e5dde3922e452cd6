/** jobs/orders.ts, unchanged, in a test of its user. */
import assert from "node:assert/strict";
import { main } from "../../../jobs/orders.ts";
import { UnavailableError } from "../../../mod.ts";
import { runProcessor } from "../../../testing.ts";

const settings = { "database.url": "duckdb::memory:" };

const order = (id: string) => ({
  order_id: id,
  customer_id: "C-1",
  amount: 20.5,
  currency: "EUR",
  created_at: "2026-01-05T08:00:00.000Z",
  lines: [{ sku: "TEA", quantity: 2, price: 10.25 }],
});
const orders = (count: number) => Array.from({ length: count }, (_, i) => ({ value: order(`A-${i}`) }));

Deno.test("runProcessor runs jobs/orders.ts until all orders are committed, and stops it", async () => {
  const run = await runProcessor(main, { orders: orders(3) }, { settings });
  assert.equal(run.exitCode, 0, String(run.error));
  assert.deepEqual(run.committed, { orders: { 0: 3 } });
  assert.deepEqual(run.processed.map(({ offset, attempts }) => [offset, attempts]), [[0, 1], [1, 1], [2, 1]]);
  assert.deepEqual([run.skipped, run.retried, run.produced], [[], [], {}]);
});

Deno.test("runProcessor waits through an outage without waiting", async () => {
  const fail = { database_insert: { call: 2, times: 3, with: new UnavailableError("gone") } };
  const run = await runProcessor(main, { orders: orders(3) }, { settings, fail });
  assert.deepEqual(run.retried.map(({ offset, attempts, waitsMs }) => [offset, attempts, waitsMs]), [[1, 4, [
    200,
    400,
    800,
  ]]]);
  assert.deepEqual([run.exitCode, run.committed], [0, { orders: { 0: 3 } }]);
});
