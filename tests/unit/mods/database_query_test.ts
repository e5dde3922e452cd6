import assert from "node:assert/strict";
import { runMod as typedRunMod } from "../../../mod.ts";
import { ModError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import type { Row } from "../../../src/core/rows.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { databaseQuery } from "../../../src/mods/extract/database_query.ts";
import { TestDatabase } from "../database/support.ts";

type Params = Readonly<Record<string, unknown>>;

const registry = new ModRegistry();
registry.register(databaseQuery);
const settings: Readonly<Record<string, unknown>> = {
  "${limit}": "3",
  "${query}": "SELECT id FROM t ORDER BY id",
};
const runMod = createRunner({
  registry,
  resolve: (text) => settings[text] ?? assert.fail(`${text} was looked up`),
  loggerFor: () => silentLogger,
}) as unknown as (name: string, params: Params) => Promise<ModResult<{ data: readonly Row[] }>>;

const query = (place: TestDatabase, params: Params) =>
  runMod("database_query", { url: place.url, ...params });

async function refused(place: TestDatabase, params: Params): Promise<ModError> {
  const error = await query(place, params).then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof ModError, `${error}`);
  return error;
}

const TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR, d DECIMAL(9,2))";

Deno.test("database_query hands on rows, and counts them", async () => {
  await using place = await TestDatabase.make(TABLE, "INSERT INTO t VALUES (1, 'a', 1.5), (2, NULL, NULL)");
  const found = await query(place, { query: "SELECT * FROM t ORDER BY id" });
  assert.deepEqual(found.artifacts.data, [{ id: 1, v: "a", d: "1.50" }, { id: 2, v: null, d: null }]);
  assert.deepEqual(found.metrics, { rows: 2 });
  assert.deepEqual((await query(place, { query: "SELECT id FROM t WHERE id > 5" })).artifacts.data, []);
});

Deno.test("database_query takes values by position and name, and never looks into them", async () => {
  await using place = await TestDatabase.make(TABLE);
  const v = "${kafka.password} '; DROP TABLE t; --";
  const insert = "INSERT INTO t (id, v) VALUES ($id, $v) RETURNING v";
  assert.deepEqual((await query(place, { query: insert, params: { id: 1, v, more: 1 } })).artifacts.data, [{
    v,
  }]);
  const ask = { query: "SELECT id FROM t WHERE v = $1", params: [v] };
  assert.deepEqual((await query(place, ask)).artifacts.data, [{ id: 1 }]);
});

Deno.test("database_query takes its text and its bound from settings", async () => {
  await using place = await TestDatabase.make(TABLE, "INSERT INTO t (id) VALUES (1), (2), (3)");
  const ask = { query: "${query}", max_rows: "${limit}" };
  assert.equal((await query(place, ask)).artifacts.data.length, 3);
  await place.sql("INSERT INTO t (id) VALUES (4)");
  const error = await refused(place, ask);
  assert.equal(error.kind, "configuration");
  assert.match(error.message, /more rows than max_rows, which is 3/);
});

Deno.test("database_query takes a row of an interface as its values, to the compiler too", () => {
  interface Order {
    readonly order_id: string;
  }
  const calls = (order: Order, signal: AbortSignal) => [
    typedRunMod("database_query", {
      url: "duckdb::memory:",
      query: "SELECT $order_id",
      params: order,
      signal,
    }),
    typedRunMod("database_query", { url: "duckdb::memory:", query: "SELECT $1", params: [order.order_id] }),
    // @ts-expect-error a text is no list of values
    typedRunMod("database_query", { url: "duckdb::memory:", query: "SELECT $1", params: order.order_id }),
  ];
  assert.equal(typeof calls, "function");
});

Deno.test("database_query says whose fault a failure is, without a value", async () => {
  await using place = await TestDatabase.make(TABLE, "INSERT INTO t (id) VALUES (1)");
  const v = "s3cr3t-5157";
  const cases: readonly (readonly [params: Params, kind: string])[] = [
    [{ query: "SELECT * FROM nowhere WHERE v = $v", params: { v } }, "configuration"],
    [{ query: "SELECT * FROM t WHERE v = $w", params: { v } }, "configuration"],
    [{ query: "SELECT * FROM t WHERE v = $v" }, "configuration"],
    [{ query: "SELECT id FROM t WHERE id = $v", params: { v } }, "permanent"],
    [{ query: "INSERT INTO t (id, v) VALUES (1, $v)", params: { v } }, "permanent"],
    [{ query: "SELECT 1 AS a", params: v }, "permanent"],
    [{ query: "SELECT 1 AS a", max_rows: -1 }, "configuration"],
    [{ query: "SELECT 1 AS a", password: v }, "configuration"],
    [{ query: "SELECT 1 AS a", signal: AbortSignal.abort(new Error("enough")) }, "unavailable"],
  ];
  for (const [params, kind] of cases) {
    const error = await refused(place, params);
    assert.equal(error.kind, kind, error.message);
    assert.ok(!Deno.inspect(error).includes("5157"), error.message);
  }
});
