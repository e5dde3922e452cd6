/** What only DuckDB has; the rest of queries stands in tests/contract/database_query_contract.ts. */
import assert from "node:assert/strict";
import { refusal, TestDatabase } from "./support.ts";

Deno.test("query() gives DuckDB's own types in plain values", async () => {
  await using place = await TestDatabase.make();
  const database = await place.open();
  const cases: readonly (readonly [sql: string, value: unknown])[] = [
    ["170141183460469231731687303715884105727::HUGEINT", 2n ** 127n - 1n],
    ["18446744073709551615::UBIGINT", 2n ** 64n - 1n],
    ["4294967295::UINTEGER", 4294967295],
    ["{'a': 1.50, 'b': {'c': DATE '2024-02-29'}}", { a: "1.50", b: { c: "2024-02-29" } }],
    ["MAP {'k': 1, 'l': NULL}", { k: 1, l: null }],
    ["MAP {1: 'x'}", { "1": "x" }],
    ["[1.5, NULL]", ["1.5", null]],
    ["array_value(1, 2)", [1, 2]],
    ["union_value(k := TIMESTAMP '2024-02-29 10:11:12')", "2024-02-29T10:11:12"],
    ["TIMESTAMP_NS '2024-02-29 10:11:12.123456789'", "2024-02-29T10:11:12.123456789"],
    ["TIMESTAMP_S '2024-02-29 10:11:12'", "2024-02-29T10:11:12"],
    ["TIMESTAMP_MS '2024-02-29 10:11:12.5'", "2024-02-29T10:11:12.5"],
    ["'-infinity'::TIMESTAMPTZ", "-infinity"],
    ["'infinity'::DATE", "infinity"],
    ["'-infinity'::DATE", "-infinity"],
    ["DATE '0044-03-15 (BC)'", "0044-03-15 (BC)"],
    ["INTERVAL '3 days 4 hours'", "3 days 04:00:00"],
    ["TIMETZ '10:11:12.5+02'", "10:11:12.5+02"],
    ["'101'::BIT", "101"],
    ["'a'::ENUM ('a', 'b')", "a"],
  ];
  const [row] = await database.query(`SELECT ${cases.map(([sql], i) => `${sql} AS c${i}`).join(", ")}`);
  for (const [i, [sql, value]] of cases.entries()) assert.deepEqual(row?.[`c${i}`], value, sql);
});

Deno.test("query() binds lists of one kind, of numbers of any size", async () => {
  await using place = await TestDatabase.make();
  const database = await place.open();
  const list = async (items: unknown[]) =>
    (await database.query("SELECT typeof($1) AS t, $1 AS l", [items]))[0];
  assert.deepEqual(await list([null, 1, 2n]), { t: "BIGINT[]", l: [null, 1n, 2n] });
  assert.deepEqual(await list([1, 2n ** 100n]), { t: "HUGEINT[]", l: [1n, 2n ** 100n] });
  assert.deepEqual(await list([1, 0.5]), { t: "DOUBLE[]", l: [1, 0.5] });
  assert.deepEqual(await list(["a", null]), { t: "VARCHAR[]", l: ["a", null] });
  assert.deepEqual(await list([true]), { t: "BOOLEAN[]", l: [true] });
  assert.deepEqual((await list([null]))?.l, [null]);
  for (const items of [[1, "a"], [true, 1], [new Date()], [undefined, 1]]) {
    await refusal(list(items), "permanent");
  }
});

Deno.test("query() may change rows and tables, not the connection or what lies outside", async () => {
  await using place = await TestDatabase.make();
  const database = await place.open();
  const refused = [
    "BEGIN",
    "ROLLBACK",
    "SET threads = 2",
    "ATTACH ':memory:' AS other",
    `COPY (SELECT 1) TO '${place.folder}/out.csv'`,
    "LOAD json",
    "PREPARE p AS SELECT 1",
    "CHECKPOINT",
    `SELECT * FROM read_csv('${place.folder}/in.csv')`,
  ];
  for (const sql of refused) await refusal(database.query(sql), "configuration");
  for (const sql of ["CREATE TABLE t (id INTEGER)", "ALTER TABLE t ADD COLUMN a TEXT", "EXPLAIN SELECT 1"]) {
    await database.query(sql);
  }
  assert.deepEqual(await database.query("FROM t"), []);
});

Deno.test("a query that writes waits for its turn among the writes, and reading does not wait for it", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)");
  const database = await place.open();
  const ended: string[] = [];
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, v: 0 }));
  const writing = place.write({ table: "t", rows }).then(() => ended.push("write"));
  const updates = Array.from(
    { length: 10 },
    () => database.query("UPDATE t SET v = v + 1").then(() => ended.push("update")),
  );
  await database.query("SELECT count(*) AS n FROM t").then(() => ended.push("read"));
  await Promise.all([writing, ...updates]);
  assert.deepEqual(ended, ["read", "write", ...updates.map(() => "update")]);
  assert.deepEqual(await database.query("SELECT min(v) AS low, max(v) AS high FROM t"), [{
    low: 10,
    high: 10,
  }]);
});

Deno.test("a query meets a database that was given up, and the next one finds it opened anew", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER)");
  const database = await place.open();
  await database.close();
  await refusal(database.query("FROM t"), "unavailable");
  assert.deepEqual(await (await place.open()).query("FROM t"), []);
});
