import assert from "node:assert/strict";
import fc from "fast-check";
import { PermanentError } from "../../../src/core/errors.ts";
import { columnKind } from "../../../src/database/postgres/column_kind.ts";
import { inferType } from "../../../src/database/postgres/infer_type.ts";
import { parserOf } from "../../../src/database/postgres/results.ts";
import { textOf } from "../../../src/database/postgres/values.ts";
import { duckDbApi } from "../../../src/database/duckdb/library.ts";

const target = (typeName: string, elementName = "", mostCharacters?: number) => ({
  type: typeName,
  kind: columnKind(typeName),
  elementKind: columnKind(elementName),
  mostCharacters,
});

/** The parser of a type by its object id reads what was written for it. */
const roundTrip = (typeName: string, oid: number, elementName = "") => (value: unknown) =>
  parserOf(oid)(textOf(value, target(typeName, elementName)) ?? "");

Deno.test("texts of values are read back as the same values", () => {
  const int8 = roundTrip("int8", 20);
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (value) => assert.equal(int8(value), value),
    ),
  );
  const float8 = roundTrip("float8", 701);
  fc.assert(fc.property(fc.double(), (value) => assert.ok(Object.is(float8(value), value))));
  const bytea = roundTrip("bytea", 17);
  fc.assert(fc.property(fc.uint8Array(), (value) => assert.deepEqual(bytea(value), value)));
  const texts = roundTrip("_text", 1009, "text");
  const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", "").toWellFormed());
  const nested = fc.array(fc.oneof(fc.option(text), fc.array(fc.option(text), { minLength: 1 })));
  fc.assert(fc.property(nested, (value) => assert.deepEqual(texts(value), value)));
});

Deno.test("parserOf() gives times as ISO texts, with the fraction that there is", () => {
  assert.equal(parserOf(1114)("2024-02-29 10:11:12.123456"), "2024-02-29T10:11:12.123456");
  assert.equal(parserOf(1184)("2024-02-29 10:11:12.5+00"), "2024-02-29T10:11:12.5Z");
  assert.equal(parserOf(1184)("infinity"), "infinity");
  assert.equal(parserOf(1114)("0044-03-15 00:00:00 BC"), "0044-03-15 00:00:00 BC");
  assert.deepEqual(parserOf(1115)('{"2024-02-29 10:11:12",NULL}'), ["2024-02-29T10:11:12", null]);
  assert.deepEqual(parserOf(1007)("[0:1]={1,2}"), [1, 2]);
  assert.equal(parserOf(1700)("19.90"), "19.90");
  assert.equal(parserOf(999_999)("anything"), "anything");
});

Deno.test("textOf() writes DuckDB's lists and structs as the JSON or the arrays that they are", async () => {
  const api = await duckDbApi();
  const amount = new api.DuckDBDecimalValue(1990n, 6, 2);
  const list = new api.DuckDBListValue([new api.DuckDBStructValue({ a: "x", n: 5n, amount }), null]);
  const json = '[{"a":"x","n":5,"amount":"19.90"},null]';
  assert.equal(textOf(list, target("jsonb")), json);
  assert.equal(textOf({ list }, target("json")), `{"list":${json}}`);
  assert.equal(textOf(list, target("text")), json);
  assert.equal(
    textOf(new api.DuckDBMapValue([{ key: "k", value: amount }]), target("jsonb")),
    '{"k":"19.90"}',
  );
  const numbers = new api.DuckDBListValue([
    new api.DuckDBListValue([1, null]),
    new api.DuckDBListValue([2, 3]),
  ]);
  assert.equal(textOf(numbers, target("_int4", "int4")), '{{"1",NULL},{"2","3"}}');
  assert.equal(textOf(amount, target("numeric")), "19.90");
});

const LOST: readonly (readonly [type: string, value: unknown, says: RegExp])[] = [
  ["int4", 1.5, /fraction/],
  ["int4", "1.5", /not a whole number/],
  ["int8", 2 ** 53 + 2, /beyond 2\^53/],
  ["numeric", NaN, /NaN/],
  ["float8", 2n ** 60n + 1n, /digits/],
  ["text", "a\0b", /NUL/],
  ["text", Symbol("x"), /symbol/],
  ["text", new Uint8Array(1), /bytes/],
  ["int4", [1], /object or array/],
  ["timestamptz", new Date(NaN), /invalid Date/],
  ["jsonb", { a: Infinity }, /infinity/],
  ["jsonb", new Map(), /Map/],
];

for (const [type, value, says] of LOST) {
  Deno.test(`textOf() refuses for ${type} what would be lost: ${says.source}`, () => {
    assert.throws(() => textOf(value, target(type)), (error: Error) => {
      assert.ok(error instanceof PermanentError);
      assert.match(error.message, says);
      return true;
    });
  });
}

Deno.test("textOf() counts characters, not UTF-16 units, and no spaces at the end", () => {
  const three = target("varchar", "", 3);
  assert.equal(textOf("👍👍👍", three), "👍👍👍");
  assert.equal(textOf("abc   ", three), "abc   ");
  assert.throws(() => textOf("abcd", three), /too long for varchar/);
});

Deno.test("inferType() finds the narrowest type that keeps every value", () => {
  const types: readonly (readonly [type: string, ...values: unknown[]])[] = [
    ["bigint", 1, 2n, null],
    ["numeric", 2n ** 64n],
    ["double precision", 1, 0.5],
    ["text", 0.5, 2n ** 60n + 1n],
    ["boolean", true, undefined],
    ["timestamptz", new Date()],
    ["bytea", new Uint8Array()],
    ["jsonb", {}, [1]],
    ["text", "2024-01-01"],
    ["text", 1, "x"],
    ["text", null],
    ["text"],
  ];
  for (const [type, ...values] of types) assert.equal(inferType(values), type, Deno.inspect(values));
});
