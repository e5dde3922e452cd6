import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { foldName, quoteIdentifier } from "../../../src/database/identifiers.ts";
import { refusal, TestDatabase } from "./support.ts";

const nasty = fc.constantFrom(
  '"',
  '""',
  "'",
  "; DROP TABLE t; --",
  "select",
  "order",
  "table",
  "a.b",
  "a b",
  " ",
  "\n",
  "\\",
  "`",
  "?",
  "$1",
  "${kafka.password}",
  "日本語",
  "ÄÖÜ",
  "😀",
  "\u202e",
  "NULL",
  "__proto__",
  "constructor",
  "toString",
  "rowid",
);
const names = fc.oneof(nasty, fc.string({ unit: "binary", minLength: 1, maxLength: 30 }))
  .filter((name) => !name.includes("\0"));

Deno.test("quoteIdentifier() makes a text that names this table and column, whatever is in it", async () => {
  await using database = await TestDatabase.make();
  await fc.assert(
    fc.asyncProperty(names, names, names, async (table, key, column) => {
      fc.pre(foldName(key) !== foldName(column));
      const row = Object.fromEntries([[key, "k"], [column, "v"]]);
      const write = { table, createTable: true, keyColumns: [key], mode: "upsert" as const };
      await database.write({ ...write, rows: [row] });
      await database.write({ ...write, rows: [Object.fromEntries([[key, "k"], [column, "w"]])] });
      await database.write({
        table,
        rows: [{ ...row }],
        replaceChildren: { columns: [key], of: [Object.fromEntries([[key, "k"]])] },
      });
      const tables = await database.sql("SELECT table_name FROM duckdb_tables()");
      assert.deepEqual(tables, [{ table_name: table }]);
      const found = await database.sql(`SELECT * FROM ${quoteIdentifier(table)}`);
      assert.deepEqual(found.map((r) => Object.entries(r)), [Object.entries(row)]);
      await database.sql(`DROP TABLE ${quoteIdentifier(table)}`);
    }),
    { numRuns: 150 },
  );
});

Deno.test("quoteIdentifier() refuses what cannot be a name", () => {
  for (const name of ["", "a\0b", "\ud800"]) {
    assert.throws(() => quoteIdentifier(name), ConfigurationError, JSON.stringify(name));
  }
});

Deno.test("a row's column without a name is refused, and named as such", async () => {
  await using database = await TestDatabase.make("CREATE TABLE t (a INTEGER)");
  assert.match(
    await refusal(database.write({ table: "t", rows: [{ "": 1 }] }), "configuration"),
    /has no column ""/,
  );
  const text = await refusal(
    database.write({ table: "new", rows: [{ "": 1 }], createTable: true }),
    "configuration",
  );
  assert.match(text, /empty name/);
});

Deno.test("names that differ in the case of letters are one table and one column", async () => {
  await using database = await TestDatabase.make(
    'CREATE TABLE Orders ("Order_ID" INTEGER PRIMARY KEY, n INTEGER)',
  );
  const write = { table: "ORDERS", mode: "upsert" as const, keyColumns: ["order_id"] };
  await database.write({ ...write, rows: [{ ORDER_ID: 1, N: 1 }] });
  await database.write({ ...write, rows: [{ order_Id: 1, n: 2 }] });
  assert.deepEqual(await database.sql("FROM orders"), [{ Order_ID: 1, n: 2 }]);
  const twice = await refusal(database.write({ ...write, rows: [{ order_id: 1, n: 2, N: 3 }] }), "permanent");
  assert.match(twice, /two columns that are one to the database: "n"/);
});
