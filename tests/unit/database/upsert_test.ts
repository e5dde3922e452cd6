import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row } from "../../../src/core/rows.ts";
import { refusal, TestDatabase } from "./support.ts";

/** Tables that a user may have made, all with the columns of {@link rowArbitrary}. */
const TABLES: Readonly<Record<string, string>> = {
  "a primary key":
    "CREATE TABLE t (k VARCHAR, n BIGINT, a BIGINT, b VARCHAR DEFAULT 'd', l VARCHAR[], PRIMARY KEY (k, n))",
  "a unique index": "CREATE TABLE t (k VARCHAR, n BIGINT, a BIGINT, b VARCHAR DEFAULT 'd', l VARCHAR[]); " +
    "CREATE UNIQUE INDEX ti ON t (k, n); CREATE INDEX tj ON t (a)",
  "no key": "CREATE TABLE t (k VARCHAR, n BIGINT, a BIGINT, b VARCHAR DEFAULT 'd', l VARCHAR[])",
};
const KEY = ["k", "n"];

const rowArbitrary = fc.record({
  k: fc.constantFrom("x", "y", "'", ""),
  n: fc.nat(2),
  a: fc.option(fc.nat(9)),
  b: fc.option(fc.constantFrom("p", "q")),
  l: fc.array(fc.constantFrom("u", "v"), { maxLength: 2 }),
}, { requiredKeys: ["k", "n"] });

/** What an upsert leaves, by the rule and nothing else. */
function oracle(rows: readonly Row[]): Map<string, Row> {
  const table = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.k}/${row.n}`;
    table.set(key, { ...table.get(key) ?? { k: row.k, n: row.n, a: null, b: "d", l: null }, ...row });
  }
  return table;
}

async function stored(place: TestDatabase): Promise<Map<string, Row>> {
  const rows = await place.sql("SELECT k, n, a, b, to_json(l) AS l FROM t");
  const number = (value: unknown) => value === null ? null : Number(value);
  const list = (value: unknown) => value === null ? null : JSON.parse(String(value));
  assert.equal(new Set(rows.map(({ k, n }) => `${k}/${n}`)).size, rows.length, "a key is there twice");
  return new Map(rows.map((row) => [
    `${row.k}/${row.n}`,
    { ...row, n: number(row.n), a: number(row.a), l: list(row.l) },
  ]));
}

for (const [name, create] of Object.entries(TABLES)) {
  Deno.test(`upsert leaves the last of each key, however the rows are cut into calls: ${name}`, async () => {
    await using place = await TestDatabase.make("CREATE TABLE t (x INTEGER)");
    const upsert = { table: "t", mode: "upsert" as const, keyColumns: KEY };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(rowArbitrary, { maxLength: 40 }), { maxLength: 6 }),
        async (calls) => {
          await place.sql(`DROP TABLE t; ${create}`);
          for (const rows of calls) await place.write({ ...upsert, rows });
          assert.deepEqual(await stored(place), oracle(calls.flat()));
        },
      ),
      { numRuns: 40 },
    );
  });
}

Deno.test("upsert goes on where a key has the same value in another form", async () => {
  await using place = await TestDatabase.make(
    'CREATE TABLE t ("at" TIMESTAMPTZ, n BIGINT, v VARCHAR, PRIMARY KEY ("at", n))',
  );
  const forms = [
    "2020-01-01T00:00:00Z",
    "2020-01-01 01:00:00+01",
    new Date("2020-01-01T00:00:00Z"),
    "2020-01-01",
  ];
  const rows = forms.flatMap((
    at,
    i,
  ) => [{ at, n: 1, v: `${i}a` }, { at, n: "1", v: `${i}b` }, { at, n: 1n, v: `${i}c` }]);
  await place.write({ table: "t", rows, mode: "upsert", keyColumns: ["at", "n"] });
  assert.deepEqual(await place.sql("SELECT v FROM t"), [{ v: "3c" }]);
});

Deno.test("upsert of rows that have nothing but the key keeps one of each", async () => {
  await using place = await TestDatabase.make();
  const write = { table: "t", mode: "upsert" as const, keyColumns: ["k"], createTable: true };
  for (const keys of [["a"], ["a", "b"], ["a", "b", "b", "c"]]) {
    await place.write({ ...write, rows: keys.map((k) => ({ k })) });
  }
  assert.deepEqual(await place.sql("FROM t ORDER BY k"), [{ k: "a" }, { k: "b" }, { k: "c" }]);
});

Deno.test("upsert refuses a row without its key", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (k INTEGER, v INTEGER)");
  const write = { table: "t", mode: "upsert" as const, keyColumns: ["k"] };
  for (const row of [{ v: 1 }, { k: null, v: 1 }]) {
    for (const rows of [[row], [{ k: 1, v: 1 }, { k: 2, v: 1 }, { k: 3, v: 1 }, row]]) {
      const text = await refusal(place.write({ ...write, rows }), "permanent");
      assert.match(text, /key column "k" is missing or null/);
    }
  }
  assert.deepEqual(await place.sql("FROM t"), []);
});

Deno.test("upsert of many rows at once", async () => {
  await using place = await TestDatabase.make();
  const write = { table: "t", mode: "upsert" as const, keyColumns: ["k"], createTable: true };
  const rows = (round: number) =>
    Array.from({ length: 3000 }, (_, i) => ({ k: i % 2000, v: `${round}/${i}` }));
  await place.write({ ...write, rows: rows(1) });
  await place.write({ ...write, rows: rows(2) });
  assert.deepEqual(await place.sql("SELECT count(*) AS n, min(v) AS low, count(DISTINCT v) AS d FROM t"), [
    { n: 2000n, low: "2/1000", d: 2000n },
  ]);
});

const lineArbitrary = fc.record({ sku: fc.constantFrom("a", "b", "c"), quantity: fc.nat(5) });
const orderArbitrary = fc.record({
  order_id: fc.integer({ min: 1, max: 5 }),
  customer: fc.constantFrom("p", "q"),
  lines: fc.array(lineArbitrary, { maxLength: 5 }),
});
type Order = { order_id: number; customer: string; lines: { sku: string; quantity: number }[] };

/** The two writes of an order, as jobs/orders.ts makes them. */
function orderWrites({ lines, ...order }: Order, lineMode: "insert" | "upsert") {
  return [
    { table: "orders", rows: [order], mode: "upsert" as const, keyColumns: ["order_id"], createTable: true },
    {
      table: "lines",
      rows: lines.map((line, i) => ({ order_id: order.order_id, line_number: i + 1, ...line })),
      mode: lineMode,
      keyColumns: ["order_id", "line_number"],
      createTable: true,
      columnTypes: { order_id: "BIGINT" },
      replaceChildren: { columns: ["order_id"], of: [order] },
    },
  ];
}

for (const lineMode of ["insert", "upsert"] as const) {
  Deno.test(`replace_children leaves the lines of the latest order, through reopening: ${lineMode}`, async () => {
    await using place = await TestDatabase.make();
    const latest = new Map<number, Order>();
    const check = async () => {
      const orders = await place.sql("FROM orders ORDER BY order_id");
      const ids = [...latest.keys()].sort();
      assert.deepEqual(
        orders,
        ids.map((id) => ({ order_id: BigInt(id), customer: latest.get(id)!.customer })),
      );
      const lines = await place.sql("FROM lines ORDER BY order_id, line_number");
      const expected = ids.flatMap((id) =>
        latest.get(id)!.lines.map(({ sku, quantity }, i) => ({
          order_id: BigInt(id),
          line_number: BigInt(i + 1),
          sku,
          quantity: BigInt(quantity),
        }))
      );
      assert.deepEqual(lines, expected);
    };
    const start = { order_id: 1, customer: "p", lines: [{ sku: "a", quantity: 1 }] };
    await place.write(...orderWrites(start, lineMode));
    latest.set(1, start);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(orderArbitrary, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom("reopen", "checkpoint", "go on"),
        async (transactions, then) => {
          for (const orders of transactions) {
            await place.write(...orders.flatMap((order) => orderWrites(order, lineMode)));
            for (const order of orders) latest.set(order.order_id, order);
          }
          if (then === "checkpoint") await place.sql("CHECKPOINT");
          if (then === "reopen") await (await place.open()).close();
          await check();
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
  });
}

Deno.test("replace_children with no rows deletes the children, and those of no other parent", async () => {
  await using place = await TestDatabase.make("CREATE TABLE c (p INTEGER, q VARCHAR, v INTEGER)");
  const write = { table: "c", mode: "insert" as const };
  await place.write({ ...write, rows: [1, 2, 3].flatMap((p) => ["x", "y"].map((q) => ({ p, q, v: p }))) });
  await place.write({
    ...write,
    rows: [],
    replaceChildren: { columns: ["p"], of: [{ p: 1, other: "ignored" }] },
  });
  await place.write({ ...write, rows: [], replaceChildren: { columns: ["q", "p"], of: [{ p: 2, q: "x" }] } });
  await place.write({ ...write, rows: [], replaceChildren: { columns: ["p"], of: [] } });
  assert.deepEqual(await place.sql("FROM c ORDER BY ALL"), [
    { p: 2, q: "y", v: 2 },
    { p: 3, q: "x", v: 3 },
    { p: 3, q: "y", v: 3 },
  ]);
});

Deno.test("replace_children refuses a row of another parent, and a parent without its key", async () => {
  await using place = await TestDatabase.make(
    "CREATE TABLE c (p INTEGER, v INTEGER); INSERT INTO c VALUES (1, 1), (2, 2)",
  );
  const replace = (rows: Row[], of: Row[]) =>
    refusal(place.write({ table: "c", rows, replaceChildren: { columns: ["p"], of } }), "permanent");
  assert.match(
    await replace([{ p: 2, v: 9 }], [{ p: 1 }]),
    /row 0 of "c": its p is of none of the 1 parents/,
  );
  assert.match(await replace([], [{ p: 1 }, { x: 1 }]), /replace_children\.of\[1\]\.p is missing or null/);
  assert.match(await replace([{ v: 1 }], [{ p: 1 }]), /key column "p" is missing or null/);
  assert.deepEqual(await place.sql("FROM c"), [{ p: 1, v: 1 }, { p: 2, v: 2 }]);
});

Deno.test("several tables are written together or not at all", async () => {
  await using place = await TestDatabase.make("CREATE TABLE a (n TINYINT); CREATE TABLE b (n TINYINT)");
  const write = (table: string, n: number) => ({ table, rows: [{ n }] });
  await refusal(place.write(write("a", 1), write("b", 2), write("new", 3), write("b", 999)), "configuration");
  await refusal(
    place.write(write("a", 1), { ...write("new", 3), createTable: true }, write("b", 999)),
    "permanent",
  );
  assert.deepEqual(await place.sql("SELECT count(*) AS n FROM (FROM a UNION ALL FROM b)"), [{ n: 0n }]);
  await place.write(write("a", 1), { ...write("new", 3), createTable: true }, write("b", 2));
  assert.deepEqual(await place.sql("FROM a UNION ALL FROM b UNION ALL FROM new"), [{ n: 1n }, { n: 2n }, {
    n: 3n,
  }]);
});

Deno.test("calls at the same time are all written, and none gets in the way of another", async () => {
  await using place = await TestDatabase.make();
  await place.write({ table: "t", rows: [{ k: 0, v: 0 }], keyColumns: ["k"], createTable: true });
  const calls = Array.from(
    { length: 100 },
    (_, i) => place.write({ table: "t", rows: [{ k: i % 7, v: i }], mode: "upsert", keyColumns: ["k"] }),
  );
  await Promise.all(calls);
  assert.deepEqual(
    await place.sql("FROM t ORDER BY k"),
    Array.from({ length: 7 }, (_, k) => ({ k: BigInt(k), v: BigInt(98 + k > 99 ? 91 + k : 98 + k) })),
  );
});
