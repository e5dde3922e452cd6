import assert from "node:assert/strict";
import { inferType } from "../../../src/database/duckdb/infer_type.ts";
import { duckDbApi } from "../../../src/database/duckdb/library.ts";
import { refusal, TestDatabase } from "./support.ts";

const api = await duckDbApi();

const INFERRED: readonly (readonly [values: readonly unknown[], type: string])[] = [
  [[], "VARCHAR"],
  [[null, undefined], "VARCHAR"],
  [[1, null, -3], "BIGINT"],
  [[1, 1.5], "DOUBLE"],
  [[2 ** 53], "DOUBLE"],
  [[NaN], "DOUBLE"],
  [[1n], "BIGINT"],
  [[1n, 1], "BIGINT"],
  [[2n ** 63n, 1], "HUGEINT"],
  [[2n ** 127n], "VARCHAR"],
  [[1n, 1.5], "DOUBLE"],
  [[2n ** 60n + 1n, 1.5], "VARCHAR"],
  [[true, false], "BOOLEAN"],
  [[true, 1], "VARCHAR"],
  [["a", "2020-01-01"], "VARCHAR"],
  [["a", 1], "VARCHAR"],
  [[new Date()], "TIMESTAMP WITH TIME ZONE"],
  [[new Uint8Array()], "BLOB"],
  [[{}, { a: 1 }], "JSON"],
  [[[1], []], "JSON"],
  [[[1], {}], "JSON"],
  [[{}, "a"], "VARCHAR"],
  [[new api.DuckDBDecimalValue(1n, 9, 2)], "DECIMAL(9,2)"],
  [[new api.DuckDBDecimalValue(1n, 9, 2), 1], "VARCHAR"],
  [[new api.DuckDBListValue([1])], "JSON"],
  [[new api.DuckDBDateValue(1)], "DATE"],
];

Deno.test("inferType() finds the type of a column by its values", () => {
  for (const [values, type] of INFERRED) {
    assert.equal(inferType(api, values), type, Deno.inspect(values));
  }
});

Deno.test("create_table makes the table of all columns of all rows, with the key as primary key", async () => {
  await using place = await TestDatabase.make();
  await place.write({
    table: "t",
    rows: [{ id: 1, a: null }, { id: 2, b: { x: 1 } }, { id: 3, a: true, c: "x" }],
    keyColumns: ["ID"],
    createTable: true,
    columnTypes: { C: "VARCHAR", later: "DECIMAL(12,2)[]" },
  });
  assert.deepEqual(
    await place.sql("SELECT column_name AS n, data_type AS t FROM duckdb_columns() WHERE table_name = 't'"),
    [
      { n: "id", t: "BIGINT" },
      { n: "a", t: "BOOLEAN" },
      { n: "b", t: "JSON" },
      { n: "c", t: "VARCHAR" },
      { n: "later", t: "DECIMAL(12,2)[]" },
    ],
  );
  await refusal(place.write({ table: "t", rows: [{ id: 3 }] }), "permanent");
  await place.write({ table: "t", rows: [{ id: 4 }], createTable: true }); // it is there: nothing is made
});

Deno.test("create_table makes nothing of no rows, and replaces no children where there is no table", async () => {
  await using place = await TestDatabase.make();
  const write = { table: "t", rows: [], createTable: true };
  await place.write(write);
  await place.write({ ...write, replaceChildren: { columns: ["p"], of: [{ p: 1 }] } });
  assert.deepEqual(await place.sql("FROM duckdb_tables()"), []);
  const unmade = { table: "t", rows: [], replaceChildren: { columns: ["p"], of: [{ p: 1 }] } };
  await refusal(place.write(unmade), "configuration");
  await place.write({ table: "t", rows: [] });
});

Deno.test("create_table makes no index but the primary key's, since DuckDB may lose its entries in a crash", async () => {
  await using place = await TestDatabase.make();
  await place.write({
    table: "t",
    rows: [{ p: 1, q: 2 }],
    createTable: true,
    keyColumns: ["p", "q"],
    replaceChildren: { columns: ["p"], of: [{ p: 1 }] },
  });
  assert.deepEqual(await place.sql("FROM duckdb_indexes()"), []);
});

Deno.test("create_table says which column of a parameter the rows do not have", async () => {
  await using place = await TestDatabase.make();
  const write = { table: "t", rows: [{ order_id: 1 }], createTable: true };
  const key = await refusal(place.write({ ...write, keyColumns: ["oder_id"] }), "permanent");
  assert.match(key, /key_columns names "oder_id", which the rows do not have; did you mean "order_id"\?/);
  const replaceChildren = { columns: ["p"], of: [{ p: 1 }] };
  const parent = await refusal(place.write({ ...write, replaceChildren }), "permanent");
  assert.match(parent, /replace_children\.columns names "p"/);
  const twice = { ...write, rows: [{ a: 1, A: 2 }] };
  assert.match(await refusal(place.write(twice), "permanent"), /differ in case only/);
});

Deno.test("a fraction in a column that was guessed to be whole stops the job, and says what to declare", async () => {
  await using place = await TestDatabase.make();
  const guessed = { table: "t", createTable: true };
  await place.write({ ...guessed, rows: [{ amount: 10 }] });
  const text = await refusal(place.write({ ...guessed, rows: [{ amount: 10.5 }] }), "configuration");
  assert.match(text, /declare it in column_types, such as \{ "amount": "DOUBLE" \}/);
  await refusal(place.write({ table: "t", rows: [{ amount: 10.5 }] }), "permanent"); // the user's own table
  const declared = { ...guessed, columnTypes: { Amount: "BIGINT" } };
  await refusal(place.write({ ...declared, rows: [{ amount: 10.5 }] }), "permanent");
  await refusal(place.write({ ...guessed, rows: [{ amount: "x" }] }), "permanent");
});

Deno.test("a row's own __proto__ is a column like any other", async () => {
  await using place = await TestDatabase.make();
  const rows = [JSON.parse('{"__proto__": 1, "constructor": 2}'), { a: 3 }];
  await place.write({ table: "__proto__", rows, createTable: true });
  const found = await place.sql('SELECT "constructor" AS c, a FROM "__proto__"');
  assert.deepEqual(found, [{ c: 2n, a: null }, { c: null, a: 3n }]);
});
