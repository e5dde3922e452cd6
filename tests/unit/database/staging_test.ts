import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlannedRow } from "../../../src/database/duckdb/planned_rows.ts";
import { stagedKinds } from "../../../src/database/duckdb/staging.ts";
import type { BoundValue } from "../../../src/database/duckdb/values.ts";
import { tableWrite, TestDatabase } from "./support.ts";

const COLUMNS =
  "id INTEGER PRIMARY KEY, t TEXT, n BIGINT, h HUGEINT, f DOUBLE, d DECIMAL(20,3), b BLOB, ok BOOLEAN, " +
  "ts TIMESTAMP, j JSON, l INTEGER[]";

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });
const row = fc.record({
  t: maybe(fc.string({ unit: "binary" }).map((text) => text.toWellFormed())),
  n: maybe(fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  h: maybe(fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n })),
  f: maybe(fc.double({ noNaN: true })),
  d: maybe(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((n) => n / 1000)),
  b: maybe(fc.uint8Array({ maxLength: 20 })),
  ok: maybe(fc.boolean()),
  ts: maybe(
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
  ),
  j: maybe(fc.array(fc.nat(9))),
  l: maybe(fc.array(fc.nat(9), { maxLength: 3 })),
});

Deno.test("many rows, staged, are the same in the table as each of them by itself", async () => {
  await using place = await TestDatabase.make(
    `CREATE TABLE many (${COLUMNS})`,
    `CREATE TABLE each (${COLUMNS})`,
  );
  const database = await place.open();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 24, maxLength: 40 }), async (values) => {
      await database.query("DELETE FROM many");
      await database.query("DELETE FROM each");
      const rows = values.map((value, i) => ({ id: i % 20, ...value })); // some keys come twice
      const write = { mode: "upsert", keyColumns: ["id"] } as const;
      await database.write([tableWrite({ ...write, table: "many", rows })]);
      for (const one of rows) await database.write([tableWrite({ ...write, table: "each", rows: [one] })]);
      assert.deepEqual(
        await database.query("SELECT * FROM many ORDER BY id"),
        await database.query("SELECT * FROM each ORDER BY id"),
      );
    }),
    { numRuns: 5, endOnFailure: true }, // to shrink would take minutes
  );
});

Deno.test("stagedKinds() stages columns of one kind, nulls aside, and nothing where one has two", () => {
  const rows = (...values: BoundValue[][]) =>
    values.map((values, place): PlannedRow => ({ columns: values.map(() => ({}) as never), values, place }));
  const bytes = Uint8Array.of(1);
  assert.equal(
    stagedKinds(rows([null, "a", 1.5, 2n, true, bytes], [null, null, 1, 3n, null, bytes])),
    "vvdhlb",
  );
  assert.equal(stagedKinds(rows(["a"], [1n])), undefined);
});

Deno.test("a staged row that does not fit is named by its place, and nothing of the others is written", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER PRIMARY KEY, d DECIMAL(5,2))");
  const rows = Array.from({ length: 1500 }, (_, id) => ({ id, d: id === 1234 ? "s3cr3t" : "1.50" }));
  await assert.rejects(place.write({ table: "t", rows }), (error: Error) => {
    assert.match(error.message, /row 1234/);
    assert.doesNotMatch(error.message, /s3cr3t/);
    return true;
  });
  assert.deepEqual(await place.sql("FROM t"), []);
  await place.write({ table: "t", rows: rows.slice(0, 1200) });
  assert.deepEqual(await place.sql("SELECT count(*) AS n FROM t"), [{ n: 1200n }]);
});
