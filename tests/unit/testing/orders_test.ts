/** jobs/orders.ts, unchanged, in tests as its user would write them: on a real DuckDB. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { main } from "../../../jobs/orders.ts";
import { runMod, UnavailableError } from "../../../mod.ts";
import { type JobRun, type RunOptions, runProcessor } from "../../../testing.ts";

const order = (id: string) => ({
  order_id: id,
  customer_id: "C-1",
  amount: 20.5,
  currency: "EUR",
  created_at: "2026-01-05T08:00:00.000Z",
  lines: [{ sku: "TEA", quantity: 2, price: 10.25 }],
});
const orders = (count: number, prefix = "A") =>
  Array.from({ length: count }, (_, i) => ({ value: order(`${prefix}-${i}`) }));

/** Runs the job; the ids in both of its tables, as they are when it has ended. */
async function stored(
  messages: Parameters<typeof runProcessor>[1],
  options: RunOptions = {},
  url = "duckdb::memory:",
): Promise<JobRun & { readonly ids: readonly unknown[] }> {
  let ids: readonly unknown[] = [];
  const query = "SELECT order_id FROM orders JOIN order_lines USING (order_id) ORDER BY order_id";
  const run = await runProcessor(main, messages, {
    settings: { "database.url": url, "kafka.input_topic": "orders" },
    beforeClose: async () => {
      const { artifacts } = await runMod("database_query", { url: "${database.url}", query });
      ids = artifacts.data.map((row) => row["order_id"]);
    },
    ...options,
  });
  return { ...run, ids };
}

Deno.test("runProcessor runs jobs/orders.ts until all orders are stored and committed, then stops it", async () => {
  const run = await stored({ orders: orders(3) });
  assert.equal(run.exitCode, 0, String(run.error));
  assert.deepEqual([run.ids, run.committed], [["A-0", "A-1", "A-2"], { orders: { 0: 3 } }]);
  assert.deepEqual([run.skipped, run.retried, run.produced], [[], [], {}]);
  assert.deepEqual(run.mods[3]?.metrics, { rows: 2 }, "an order and its line");
});

Deno.test("runProcessor lets an outage of the database pass, and no order is skipped", async () => {
  const fail = { database_insert: { call: 2, times: 3, with: new UnavailableError("the database is away") } };
  const run = await stored({ orders: orders(3) }, { fail });
  assert.deepEqual(
    run.retried.map(({ offset, attempts, waitsMs }) => ({ offset, attempts, waitsMs })),
    [{ offset: 1, attempts: 4, waitsMs: [200, 400, 800] }],
  );
  assert.deepEqual([run.exitCode, run.ids], [0, ["A-0", "A-1", "A-2"]]);
});

Deno.test("runProcessor finds what a job is set up wrongly with: exit code 78, nothing committed", async () => {
  const settings = { "database.url": "oracle:orders", "kafka.input_topic": "orders" };
  const run = await runProcessor(main, { orders: orders(1) }, { settings });
  assert.deepEqual([run.exitCode, run.committed], [78, { orders: { 0: 0 } }]);
  assert.match(String(run.error), /oracle: is not supported/);
});

Deno.test("runProcessor stops a job on a database at any point: what is stored is committed, and nothing else", async () => {
  const point = fc.record({
    mod: fc.constantFrom("json_parser" as const, "database_insert" as const),
    call: fc.integer({ min: 1, max: 3 }),
    when: fc.constantFrom("before" as const, "after" as const),
  });
  await fc.assert(
    fc.asyncProperty(point, async (at) => {
      const run = await stored({ orders: orders(4) }, { stop: { at } });
      assert.equal(run.exitCode, 0);
      assert.deepEqual(run.committed, { orders: { 0: at.call } });
      assert.deepEqual([run.processed.length, run.ids.length], [at.call, at.call]);
    }),
    { numRuns: 8 },
  );
});

Deno.test("runProcessor kills a job between its insert and its commit: the order comes again and is stored once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "datapy-testing-" });
  try {
    const url = `duckdb:${folder}/orders.duckdb`;
    const crash = { at: { mod: "database_insert", call: 2, when: "after" } } as const;
    const first = await stored({ orders: orders(3) }, { crash }, url);
    assert.deepEqual([first.exitCode, first.committed], [137, { orders: { 0: 1 } }]);
    const second = await stored({}, { kafka: first.kafka }, url);
    assert.deepEqual(second.processed.map(({ offset }) => offset), [1, 2]);
    assert.deepEqual(second.ids, ["A-0", "A-1", "A-2"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runProcessor gives runs at the same time a database in memory each", async () => {
  const runs = await Promise.all(["A", "B", "C"].map((prefix) => stored({ orders: orders(2, prefix) })));
  assert.deepEqual(runs.map(({ ids }) => ids), [["A-0", "A-1"], ["B-0", "B-1"], ["C-0", "C-1"]]);
});
