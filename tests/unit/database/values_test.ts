import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { duckDbApi } from "../../../src/database/duckdb/library.ts";
import { refusal, TestDatabase } from "./support.ts";

const api = await duckDbApi();

/** Writes the values into a column of a type, and reads them back in their order. */
async function roundTrip(place: TestDatabase, type: string, values: readonly unknown[]): Promise<unknown[]> {
  await place.sql(`CREATE OR REPLACE TABLE t (i INTEGER, v ${type})`);
  await place.write({ table: "t", rows: values.map((v, i) => ({ i, v })) });
  return (await place.sql("SELECT v FROM t ORDER BY i")).map(({ v }) => v);
}

/** The law: what an arbitrary value becomes in a column of that type. */
function law<T>(
  type: string,
  arbitrary: fc.Arbitrary<T>,
  becomes: (value: T) => unknown,
  name = type,
): void {
  Deno.test(`a column of ${name} keeps what is written`, async () => {
    await using place = await TestDatabase.make();
    await (await place.open()).write([]);
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 40 }), async (values) => {
        assert.deepEqual(await roundTrip(place, type, values), values.map(becomes));
      }),
      { numRuns: 25 },
    );
  });
}

const same = (value: unknown) => value;
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "a\0b",
    "😀",
    "${kafka.password}",
    "${env:HOME}",
    "'; DROP TABLE t; --",
    "NULL",
    "\\",
    "\u2028",
    '"',
  ),
);
const whole = fc.maxSafeInteger();
const bits = (n: bigint) => fc.bigInt({ min: -(2n ** (n - 1n)), max: 2n ** (n - 1n) - 1n });
const doubles = fc.oneof(fc.double(), fc.constantFrom(-0, 1e308, 5e-324, NaN, Infinity, -Infinity, 0.1));
const when = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("+012000-01-01"),
  noInvalidDate: true,
});
const nested = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
  fc.array(fc.jsonValue({ maxDepth: 3 })),
);

law("VARCHAR", texts, same);
law("VARCHAR", fc.oneof(whole, bits(90n), fc.boolean()), String, "VARCHAR, given numbers,");
law("BIGINT", whole, (n) => BigInt(n));
law("BIGINT", bits(64n), same, "BIGINT, given bigints,");
law("BIGINT", bits(64n).map(String), (text) => BigInt(text), "BIGINT, given texts,");
law("HUGEINT", fc.oneof(bits(128n), bits(64n)), same);
law("UHUGEINT", fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), same);
law("DOUBLE", doubles, same);
law("DOUBLE", whole, same, "DOUBLE, given whole numbers,");
law("BOOLEAN", fc.boolean(), same);
law("BLOB", fc.uint8Array(), (bytes) => new api.DuckDBBlobValue(Buffer.from(bytes)));
law("TIMESTAMPTZ", when, (date) => new api.DuckDBTimestampTZValue(BigInt(date.getTime()) * 1000n));
law("TIMESTAMP", when, (date) => new api.DuckDBTimestampValue(BigInt(date.getTime()) * 1000n));
law("DATE", when, (date) => new api.DuckDBDateValue(Math.floor(date.getTime() / 86_400_000)));
law("JSON", nested, (value) => JSON.stringify(value, (_, v) => typeof v === "string" ? v.toWellFormed() : v));
law("VARCHAR", nested, (value) => JSON.stringify(value), "VARCHAR, given objects and arrays,");
law("INTEGER[]", fc.array(fc.integer()), (items) => new api.DuckDBListValue(items));
law("VARCHAR[]", fc.array(texts), (items) => new api.DuckDBListValue(items));

const iso = when.filter((date) => date.getUTCFullYear() <= 9999).map((date) => date.toISOString());
law(
  "TIMESTAMPTZ",
  iso,
  (text) => new api.DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n),
  "TIMESTAMPTZ, given texts,",
);
law(
  "TIMESTAMP",
  iso,
  (text) => new api.DuckDBTimestampValue(BigInt(Date.parse(text)) * 1000n),
  "TIMESTAMP, given texts,",
);
law(
  "DATE",
  iso,
  (text) => new api.DuckDBDateValue(Math.floor(Date.parse(text) / 86_400_000)),
  "DATE, given texts,",
);

const cents = fc.bigInt({ min: -(10n ** 38n - 1n), max: 10n ** 38n - 1n });
const decimalText = (n: bigint) => {
  const digits = (n < 0n ? -n : n).toString().padStart(11, "0");
  return `${n < 0n ? "-" : ""}${digits.slice(0, -10)}.${digits.slice(-10)}`;
};
law(
  "DECIMAL(38,10)",
  cents.map(decimalText),
  (text) => new api.DuckDBDecimalValue(BigInt(text.replace(".", "")), 38, 10),
  "DECIMAL, given texts,",
);
law(
  "DECIMAL(38,10)",
  cents.map((n) => new api.DuckDBDecimalValue(n, 38, 10)),
  same,
  "DECIMAL, given decimals,",
);
law(
  "DECIMAL(18,4)",
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((n) => n / 10_000),
  (n) => new api.DuckDBDecimalValue(BigInt(Math.round(n * 10_000)), 18, 4),
  "DECIMAL, given numbers,",
);

Deno.test("what DuckDB gives out is taken as data, of every type", async () => {
  await using place = await TestDatabase.make();
  await place.write({ table: "seed", rows: [{ a: 1 }], createTable: true });
  const columns = [
    "170141183460469231731687303715884105727::HUGEINT",
    "-1::BIGINT",
    "3::TINYINT",
    "1.50::DECIMAL(9,2)",
    "'12345678901234567890.123456'::DECIMAL(38,6)",
    "'NaN'::DOUBLE",
    "1.5::FLOAT",
    "'x'",
    "true",
    "'\\x00\\xFF'::BLOB",
    "DATE '2020-02-29'",
    "TIME '10:11:12.123456'",
    "TIMESTAMP '2020-02-29 10:11:12.123456'",
    "TIMESTAMP_S '2020-02-29 10:11:12'",
    "TIMESTAMP_MS '2020-02-29 10:11:12.123'",
    "TIMESTAMP_NS '2020-02-29 10:11:12.123456789'",
    "TIMESTAMPTZ '2020-02-29 10:11:12.123456+02'",
    "INTERVAL '14 months 3 days 4 seconds'",
    "'8d3c2f2e-0000-4000-8000-000000000001'::UUID",
    "'10101'::BIT",
    "'a'::ENUM ('a', 'it''s')",
    "'{\"a\": [1, 2.50]}'::JSON",
    "[1, NULL, 3]",
    "['12345678901234567890.123456'::DECIMAL(38,6)]",
    "[TIMESTAMPTZ '2020-02-29 10:11:12.123456+02']",
    "{'a': 1, 'b c': ['x', 'y''\"z'], 'd': NULL}",
    "MAP {'k': 1, 'l': 2}",
    "array_value(1, 2, 3)",
    "NULL::INTEGER",
  ].map((sql, i) => `${sql} AS c${i}`);
  await place.sql(`CREATE TABLE source AS SELECT ${columns.join(", ")}`);
  await place.sql("CREATE TABLE target AS FROM source LIMIT 0");
  await place.write({ table: "target", rows: await place.sql("FROM source") });
  assert.deepEqual(await place.sql("FROM target"), await place.sql("FROM source"));
  await place.write({ table: "target", rows: await place.sql("FROM source") });
  assert.deepEqual(await place.sql("SELECT count(*) AS n FROM (FROM target UNION FROM source)"), [{ n: 1n }]);
  // and a table can be made of them
  await place.write({ table: "made", rows: await place.sql("FROM source"), createTable: true });
  assert.deepEqual(await place.sql("SELECT count(*) AS n FROM made"), [{ n: 1n }]);
});

Deno.test("bigints and decimals keep their digits within nested values", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (j JSON)");
  const j = {
    big: 2n ** 100n,
    decimal: new api.DuckDBDecimalValue(150n, 9, 2),
    date: new Date(0),
    list: [1n],
  };
  await place.write({ table: "t", rows: [{ j }] });
  assert.deepEqual(await place.sql("FROM t"), [{
    j: '{"big":1267650600228229401496703205376,"decimal":"1.50","date":"1970-01-01T00:00:00.000Z","list":[1]}',
  }]);
});

Deno.test("a half surrogate pair becomes U+FFFD, nested or not", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (v VARCHAR, j JSON)");
  await place.write({ table: "t", rows: [{ v: "a\ud800", j: { x: "\udc00b" } }] });
  assert.deepEqual(await place.sql("FROM t"), [{ v: "a\ufffd", j: '{"x":"\ufffdb"}' }]);
});

const LOSSES: readonly (readonly [what: string, type: string, value: unknown, says: RegExp])[] = [
  ["a fraction in a whole column", "BIGINT", 10.5, /a number with a fraction does not fit BIGINT/],
  ["a fraction as text", "INTEGER", "10.5", /a text that is not a whole number/],
  ["a number beyond 2^53", "BIGINT", 2 ** 53, /may have lost digits/],
  ["a number beyond 2^53 as decimal", "DECIMAL(38,0)", 1e20, /may have lost digits/],
  ["NaN in a whole column", "INTEGER", NaN, /NaN or infinity/],
  ["infinity in a decimal", "DECIMAL(9,2)", Infinity, /NaN or infinity/],
  ["NaN in JSON", "JSON", { a: [NaN] }, /NaN or infinity cannot be written as JSON/],
  ["2^128, which DuckDB's library cuts off", "HUGEINT", 2n ** 128n, /does not fit HUGEINT/],
  ["-2^127 - 1", "HUGEINT", -(2n ** 127n) - 1n, /does not fit HUGEINT/],
  ["a bigint of 64 bits as DOUBLE", "DOUBLE", 2n ** 53n + 1n, /more digits than DOUBLE/],
  ["1e308 as FLOAT", "FLOAT", 1e308, /does not fit FLOAT/],
  ["an invalid Date", "TIMESTAMPTZ", new Date(NaN), /invalid Date/],
  ["a number as a timestamp", "TIMESTAMP", 1577872800000, /does not fit TIMESTAMP/],
  ["February 30th", "DATE", "2020-02-30", /does not fit DATE/],
  ["an object in a number", "BIGINT", { a: 1 }, /an object or array does not fit BIGINT/],
  ["bytes in a text", "VARCHAR", new Uint8Array([255]), /bytes do not fit VARCHAR/],
  ["bytes in JSON", "JSON", { a: new Uint8Array([255]) }, /a Uint8Array cannot be written as JSON/],
  ["a Map", "JSON", new Map([["a", 1]]), /a Map cannot be written as JSON/],
  ["a function", "VARCHAR", () => 1, /a function cannot be written/],
  ["a value that holds itself", "JSON", ((a: unknown[]) => (a.push(a), a))([]), /it holds itself/],
];

for (const [what, type, value, says] of LOSSES) {
  Deno.test(`a value that would be lost is refused: ${what}`, async () => {
    await using place = await TestDatabase.make(`CREATE TABLE t (v ${type})`);
    assert.match(await refusal(place.write({ table: "t", rows: [{ v: value }] }), "permanent"), says);
    assert.deepEqual(await place.sql("FROM t"), []);
  });
}

Deno.test("null is written as null; a column that a row does not have gets the default, or stays as it is", async () => {
  await using place = await TestDatabase.make(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR DEFAULT 'd', b VARCHAR)",
  );
  const upsert = { table: "t", mode: "upsert" as const, keyColumns: ["id"] };
  await place.write({ table: "t", rows: [{ id: 1, a: null }, { id: 2 }, { id: 3, a: undefined, b: "b" }] });
  const rows = (a: unknown, b: unknown, c: unknown, x: unknown) => [
    { id: 1, a, b: x },
    { id: 2, a: b, b: x },
    { id: 3, a: c, b: "b" },
  ];
  assert.deepEqual(await place.sql("FROM t ORDER BY id"), rows(null, "d", "d", null));
  await place.write({ ...upsert, rows: [{ id: 1, a: "x" }, { id: 2, a: null }, { id: 3 }] });
  assert.deepEqual(await place.sql("FROM t ORDER BY id"), rows("x", null, "d", null));
});
