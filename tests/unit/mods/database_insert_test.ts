import assert from "node:assert/strict";
import { ModError } from "../../../src/core/errors.ts";
import type { ModResult } from "../../../src/core/runner.ts";
import { createRunner } from "../../../src/core/runner.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { databaseInsert } from "../../../src/mods/load/database_insert.ts";
import { TestDatabase } from "../database/support.ts";

type Params = Readonly<Record<string, unknown>>;

const registry = new ModRegistry();
registry.register(databaseInsert);
const settings: Readonly<Record<string, unknown>> = { "${mode}": "upsert", "${keys}": '["id"]' };
const runMod = createRunner({
  registry,
  resolve: (text) => settings[text] ?? assert.fail(`${text} was looked up`),
  loggerFor: () => silentLogger,
}) as unknown as (
  name: string,
  params: Params,
) => Promise<ModResult<{ rows_written: Record<string, number> }>>;

const insert = (place: TestDatabase, params: Params) =>
  runMod("database_insert", { url: place.url, ...params });

async function refused(place: TestDatabase, params: Params): Promise<ModError> {
  const error = await insert(place, params).then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof ModError, `${error}`);
  return error;
}

Deno.test("database_insert writes an object, a list, and what DuckDB gave out, and counts them", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id BIGINT, v VARCHAR)");
  const one = await insert(place, { table: "t", data: { id: 1, v: "a" } });
  assert.deepEqual(one.artifacts, { rows_written: { t: 1 } });
  assert.deepEqual(one.metrics, { rows: 1 });
  await insert(place, { table: "t", data: [{ id: 2, v: "b" }, { id: 3 }] });
  const source = { getRowObjects: () => [{ id: 4n, v: null }] };
  await insert(place, { table: "t", data: source });
  const none = await insert(place, { table: "t", data: [] });
  assert.deepEqual(none.artifacts, { rows_written: { t: 0 } });
  assert.deepEqual(await place.sql("SELECT id FROM t ORDER BY id"), [1n, 2n, 3n, 4n].map((id) => ({ id })));
});

Deno.test("database_insert takes mode and key columns from settings, and never looks into data", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id VARCHAR PRIMARY KEY, v VARCHAR, j JSON)");
  const hostile = "${kafka.password} ${env:HOME} '; DROP TABLE t; --";
  const data = { id: hostile, v: hostile, j: { [hostile]: [hostile] } };
  const params = { table: "t", mode: "${mode}", key_columns: "${keys}", data };
  await insert(place, params);
  await insert(place, params);
  await insert(place, {
    tables: [{ table: "t", data: [], replace_children: { columns: ["id"], of: { id: `no ${hostile}` } } }],
  });
  assert.deepEqual(await place.sql("FROM t"), [{ ...data, j: JSON.stringify(data.j) }]);
});

Deno.test("database_insert writes several tables, which take mode and create_table from the call", async () => {
  await using place = await TestDatabase.make();
  const write = (v: string, lines: number) => {
    const order = { order_id: "o1", v, lines: undefined };
    return insert(place, {
      mode: "upsert",
      create_table: true,
      tables: [
        { table: "orders", data: order, key_columns: ["order_id"], mode: undefined },
        {
          table: "order_lines",
          data: Array.from({ length: lines }, (_, i) => ({ order_id: "o1", line: i + 1 })),
          key_columns: ["order_id", "line"],
          replace_children: { columns: ["order_id"], of: order },
        },
        { table: "log", data: { v }, mode: "insert" },
      ],
    });
  };
  assert.deepEqual((await write("a", 3)).artifacts, { rows_written: { orders: 1, order_lines: 3, log: 1 } });
  await write("b", 1);
  await write("c", 0);
  assert.deepEqual(await place.sql("FROM orders"), [{ order_id: "o1", v: "c" }]);
  assert.deepEqual(await place.sql("FROM order_lines"), []);
  assert.deepEqual(await place.sql("FROM log"), [{ v: "a" }, { v: "b" }, { v: "c" }]);
});

Deno.test("database_insert updates, ignores and deletes by key, in a schema, and counts what happened", async () => {
  await using place = await TestDatabase.make(
    "CREATE SCHEMA s",
    "CREATE TABLE s.t (id INTEGER PRIMARY KEY, v VARCHAR)",
  );
  const call = { table: "t", schema: "s", key_columns: ["id"] };
  const rows = async () =>
    (await place.sql("FROM s.t ORDER BY id")).map(({ id, v }) => `${id}${v}`).join(" ");
  const data = [{ id: 1, v: "a" }, { id: 2, v: "b" }];
  assert.deepEqual((await insert(place, { ...call, data })).artifacts, { rows_written: { "s.t": 2 } });
  const ignored = await insert(place, {
    ...call,
    mode: "insert_ignore",
    data: [{ id: 2, v: "x" }, { id: 3, v: "c" }],
  });
  assert.deepEqual(ignored.artifacts, { rows_written: { "s.t": 1 } });
  const updated = await insert(place, {
    ...call,
    mode: "update",
    data: [{ id: 3, v: "z" }, { id: 4, v: "y" }],
  });
  assert.deepEqual({ ...updated.artifacts, ...updated.metrics }, { rows_written: { "s.t": 1 }, rows: 1 });
  assert.equal(await rows(), "1a 2b 3z");
  const entries = [{ table: "t", key_columns: ["id"], mode: "delete", data: [{ id: 1, other: 5 }] }, {
    table: "u",
    schema: "main",
    data: { id: 1n },
    create_table: true,
  }];
  const both = await insert(place, { schema: "s", tables: entries });
  assert.deepEqual(both.artifacts, { rows_written: { "s.t": 1, "main.u": 1 } });
  assert.equal(await rows(), "2b 3z");
});

Deno.test("database_insert gives up when its signal fires, as an outage", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER)");
  const stop = new AbortController();
  const data = Array.from({ length: 5000 }, (_, id) => ({ id }));
  const refusal = refused(place, { table: "t", data, signal: stop.signal });
  stop.abort(new DOMException("the drain timeout has passed", "AbortError"));
  const error = await refusal;
  assert.equal(error.kind, "unavailable");
  assert.match(error.message, /aborted.*the drain timeout has passed/);
  assert.deepEqual(await place.sql("FROM t"), []);
});

const SERVER_SETTINGS: Params = {
  password: "s3cr3t",
  pool_size: 3,
  statement_timeout_s: 5,
  connect_timeout_s: 5,
  ssl_mode: "require",
  ssl_ca_location: "ca.pem",
  ssl_cert_location: "client.pem",
  ssl_key_location: "client.key",
};

Deno.test("database_insert refuses settings of a server for DuckDB, but not those that a context leaves empty", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER)");
  for (const [name, value] of Object.entries(SERVER_SETTINGS)) {
    const error = await refused(place, { table: "t", data: { id: 1 }, [name]: value });
    assert.equal(error.kind, "configuration");
    assert.match(error.message, new RegExp(`${name} is for a server such as PostgreSQL`));
    assert.ok(!Deno.inspect(error).includes("s3cr3t"));
  }
  const empty = { password: "", ssl_ca_location: "", ssl_cert_location: "", ssl_key_location: "" };
  await insert(place, { table: "t", data: { id: 1 }, ...empty });
  assert.deepEqual(await place.sql("FROM t"), [{ id: 1 }]);
});

const MISUSES: readonly (readonly [what: string, params: Params, parameter: string, kind: string])[] = [
  ["no table", { data: {} }, "table", "configuration"],
  ["no data", { table: "t" }, "data", "configuration"],
  ["neither", {}, "table", "configuration"],
  ["table and tables", { table: "t", tables: [{ table: "t", data: {} }] }, "table", "configuration"],
  ["data and tables", { data: {}, tables: [{ table: "t", data: {} }] }, "data", "configuration"],
  [
    "keys and tables",
    { key_columns: ["a"], tables: [{ table: "t", data: {} }] },
    "key_columns",
    "configuration",
  ],
  ["no tables", { tables: [] }, "tables", "configuration"],
  ["upsert without keys", { table: "t", data: {}, mode: "upsert" }, "key_columns", "configuration"],
  [
    "upsert without keys among tables",
    { tables: [{ table: "t", data: {} }, { table: "u", data: {}, mode: "upsert" }] },
    "tables[1].key_columns",
    "configuration",
  ],
  ["update without keys", { table: "t", data: {}, mode: "update" }, "key_columns", "configuration"],
  [
    "replace_children where rows are deleted",
    {
      table: "t",
      data: [],
      mode: "delete",
      key_columns: ["a"],
      replace_children: { columns: ["a"], of: {} },
    },
    "replace_children",
    "configuration",
  ],
  ["a signal that is none", { table: "t", data: {}, signal: {} }, "signal", "configuration"],
  ["an unknown mode", { table: "t", data: {}, mode: "replace" }, "mode", "configuration"],
  ["an empty name", { table: "", data: {} }, "table", "configuration"],
  ["an unknown parameter", { table: "t", data: {}, keys: [] }, "keys", "configuration"],
  [
    "replace_children without its parents",
    { table: "t", data: [], replace_children: { columns: ["a"] } },
    "replace_children.of",
    "configuration",
  ],
  ["no data among tables", { tables: [{ table: "t" }] }, "tables[0].data", "configuration"],
  ["null as data", { table: "t", data: null }, "data", "permanent"],
  ["a text as data", { table: "t", data: "s3cr3t" }, "data", "permanent"],
  ["a list of texts", { table: "t", data: [{ a: 1 }, "s3cr3t"] }, "data", "permanent"],
  ["a list of nulls among tables", { tables: [{ table: "t", data: [null] }] }, "tables[0].data", "permanent"],
];

for (const [what, params, parameter, kind] of MISUSES) {
  Deno.test(`database_insert names the parameter that is wrong: ${what}`, async () => {
    await using place = await TestDatabase.make();
    const error = await refused(place, params);
    assert.deepEqual({ parameter: error.parameter, kind: error.kind }, { parameter, kind }, error.message);
    assert.ok(!Deno.inspect(error).includes("s3cr3t"));
    assert.deepEqual(place.files(), [], "it opened the database all the same");
  });
}

Deno.test("database_insert hands on whose fault a failure is", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (n TINYINT)");
  assert.equal((await refused(place, { table: "t", data: { n: 999 } })).kind, "permanent");
  assert.equal((await refused(place, { table: "t", data: { m: 1 } })).kind, "configuration");
  assert.equal((await refused(place, { table: "u", data: { m: 1 } })).kind, "configuration");
  const elsewhere = await runMod("database_insert", { url: "mysql://x", table: "t", data: {} }).catch((e) =>
    e
  );
  assert.equal(elsewhere.kind, "configuration");
});
