import assert from "node:assert/strict";
import { Secret } from "../../../src/core/secret.ts";
import { checkDatabase, openDatabase } from "../../../src/database/open.ts";
import { refusal, TestDatabase } from "./support.ts";

Deno.test("checkDatabase() finds a database that is there, and makes none that is not", async () => {
  await using place = await TestDatabase.make();
  await checkDatabase(place.url);
  await checkDatabase("duckdb::memory:");
  assert.deepEqual(place.files(), []);
  await place.write({ table: "t", rows: [{ id: 1 }], createTable: true });
  await checkDatabase(place.url); // by the side of one that has it open
  await place.write({ table: "t", rows: [{ id: 2 }] });
  assert.deepEqual(await place.sql("FROM t"), [{ id: 1n }, { id: 2n }]);
});

Deno.test("checkDatabase() says what is wrong with a url, a file, a setting", async () => {
  await using place = await TestDatabase.make();
  assert.match(await refusal(checkDatabase("duckdb:"), "configuration"), /has no path/);
  assert.match(await refusal(checkDatabase("orders.duckdb"), "configuration"), /names no kind of database/);
  assert.match(await refusal(checkDatabase(`duckdb:${place.folder}`), "configuration"), /folder|database/);
  await Deno.writeTextFile(place.file, "these are words, and more of them than a header has");
  assert.match(await refusal(checkDatabase(place.url), "configuration"), /not a DuckDB database/);
});

Deno.test("openDatabase() refuses settings of a server for DuckDB, by their names", async () => {
  const options = { password: new Secret("s3cr3t-5157"), poolSize: 3, tlsMode: "require" } as const;
  const text = await refusal(openDatabase("duckdb::memory:", options), "configuration");
  assert.match(text, /password, pool_size, ssl_mode are for a server such as PostgreSQL/);
  assert.ok(!text.includes("5157"));
});
