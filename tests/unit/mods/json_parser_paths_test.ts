import assert from "node:assert/strict";
import fc from "fast-check";
import { type ErrorKind, kindOf, ModError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Row } from "../../../src/core/rows.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { jsonParser } from "../../../src/mods/transform/json_parser.ts";

type Options = Readonly<Record<string, unknown>>;

async function parse(json: string, options: Options): Promise<Row | readonly Row[]> {
  const params = validateParams(jsonParser, { json_string: json, ...options });
  const { artifacts } = await jsonParser.run(params, { log: silentLogger, warn() {} });
  return artifacts.data;
}

async function refused(json: string, options: Options, kind: ErrorKind = "permanent"): Promise<Error> {
  try {
    await parse(json, options);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.equal(kindOf(error), kind, error.message);
    return error;
  }
  throw new assert.AssertionError({ message: "it should have been refused" });
}

const ORDERS = `{
  "shop": "north",
  "orders": [
    {"order_id": 9007199254740993, "lines": [
      {"sku": "a", "price": 12.50, "discounts": [{"percent": 0.10}, {"percent": 5}]},
      {"sku": "b", "price": 1e2, "discounts": []}
    ]},
    {"order_id": 2, "lines": []},
    {"order_id": 3, "lines": [{"sku": "c", "price": null, "discounts": [{"percent": null}]}]}
  ]
}`;

const LOOPS = { order: "$.orders[*]", line: "$.lines[*]", discount: "$.discounts[*]" };

const FIELDS = {
  shop: { path: "$.shop", from: "root" },
  order_id: { path: "$.order_id", from: "order" },
  sku: { path: "$.sku", from: "line" },
  price: { path: "$.price", from: "line", type: "decimal", scale: 2 },
  percent: "$.percent",
};

Deno.test("json_parser makes rows of a nested list, with fields of its parents, three levels deep", async () => {
  const order_id = 9007199254740993n;
  assert.deepEqual(await parse(ORDERS, { loop: LOOPS, fields: FIELDS }), [
    { shop: "north", order_id, sku: "a", price: "12.50", percent: 0.1 },
    { shop: "north", order_id, sku: "a", price: "12.50", percent: 5 },
    { shop: "north", order_id: 3, sku: "c", price: null, percent: null },
  ]);
});

Deno.test("json_parser keeps elements without inner ones where keep_empty says so, as a left join", async () => {
  const rows = await parse(ORDERS, { loop: LOOPS, fields: FIELDS, keep_empty: true }) as readonly Row[];
  assert.deepEqual(rows.map(({ order_id, sku, percent }) => [order_id, sku, percent]), [
    [9007199254740993n, "a", 0.1],
    [9007199254740993n, "a", 5],
    [9007199254740993n, "b", null],
    [2, null, null],
    [3, "c", null],
  ]);
});

Deno.test("json_parser takes the whole document as one element where there is no loop", async () => {
  const fields = { shop: "$.shop", first: "$.orders[0].order_id", last: "$['orders'][-1].order_id" };
  assert.deepEqual(await parse(ORDERS, { fields }), { shop: "north", first: 9007199254740993n, last: 3 });
  assert.deepEqual(await parse('[{"a":1},{"a":2}]', { fields: { second: "$[1].a" } }), { second: 2 });
  assert.deepEqual(await parse('[{"a":1},{"a":2}]', { loop: "$[*]", fields: { a: "$.a" } }), [
    { a: 1 },
    { a: 2 },
  ]);
  assert.deepEqual(await parse("5", { fields: { a: "$" } }), { a: 5 });
});

Deno.test("json_parser takes the elements themselves as rows where there are no fields", async () => {
  assert.deepEqual(await parse('{"rows":[{"a":1.50},{"b":[9007199254740993]}]}', { loop: "$.rows[*]" }), [
    { a: 1.5 },
    { b: [9007199254740993n] },
  ]);
  const exact = { loop: "$.rows[*]", decimals: "string", big_numbers: "string" };
  assert.deepEqual(await parse('{"rows":[{"a":1.50,"b":{"c":9007199254740993}}]}', exact), [
    { a: "1.50", b: { c: "9007199254740993" } },
  ]);
  const { message } = await refused('{"rows":[{},1.5]}', { loop: "$.rows[*]" });
  assert.equal(message, "row 1: the element of the loop is a number: expected an object, or fields");
});

Deno.test("json_parser tells missing and null apart", async () => {
  const json = '{"here":null,"customer":null}';
  const fields = (missing?: string) => ({
    here: "$.here",
    there: missing === undefined ? "$.customer.name" : { path: "$.customer.name", missing },
  });
  assert.match((await refused(json, { fields: fields() })).message, /field "there" is missing.*\$\.customer/);
  for (
    const [missing, row] of [["null", { here: null, there: null }], ["omit", { here: null }]] as const
  ) {
    assert.deepEqual(await parse(json, { fields: fields(), missing }), row);
    assert.deepEqual(await parse(json, { fields: fields(missing) }), row);
  }
  await refused(json, { fields: fields("error"), missing: "null" });
});

Deno.test("json_parser does not take a mistyped loop for a document without elements", async () => {
  const fields = { sku: "$.sku" };
  const { message } = await refused('{"line":[{"sku":1}]}', { loop: "$.lines[*]", fields });
  assert.equal(message, 'there is no list at $.lines, and missing is "error"');
  assert.deepEqual(await parse('{"line":[]}', { loop: "$.lines[*]", fields, missing: "null" }), []);
  assert.deepEqual(await parse('{"lines":[]}', { loop: "$.lines[*]", fields }), []);
  assert.deepEqual(await parse('{"lines":null}', { loop: "$.lines[*]", fields }), []);
  assert.match(
    (await refused('{"lines":"secret"}', { loop: "$.lines[*]", fields })).message,
    /^what stands at \$\.lines is a string: expected a list$/,
  );
});

Deno.test("json_parser casts fields, and on_invalid says what becomes of what cannot be cast", async () => {
  const json = '{"at":"31.12.2024 23:30","day":"2024-02-30","n":"12","flag":"1","nested":{"a":[1.50]}}';
  const fields = {
    at: { path: "$.at", type: "timestamp", format: "dd.MM.yyyy HH:mm", zone: "Europe/Berlin" },
    n: { path: "$.n", type: "integer" },
    flag: { path: "$.flag", type: "boolean" },
    nested: { path: "$.nested", type: "json" },
    raw: "$.nested",
  };
  const row = {
    at: new Date("2024-12-31T22:30:00Z"),
    n: 12,
    flag: true,
    nested: '{"a":[1.50]}',
    raw: { a: [1.5] },
  };
  assert.deepEqual(await parse(json, { fields }), row);
  const day = { path: "$.day", type: "date" };
  const { message } = await refused(json, { fields: { ...fields, day } });
  assert.equal(message, 'field "day": a string cannot be cast to date');
  assert.deepEqual(await parse(json, { fields: { day }, on_invalid: "null" }), { day: null });
  assert.deepEqual(await parse(json, { fields: { day: { ...day, on_invalid: "null" } } }), { day: null });
  await refused(json, { fields: { day: { ...day, on_invalid: "error" } }, on_invalid: "null" });
});

Deno.test("json_parser keeps the digits of numbers through paths and casts", async () => {
  const json = '{"n":[12.50, 123456789012345678901234567890, 0.1234567890123456789, 1e3, -0.0]}';
  const typed = (type: string) => ({ fields: { n: { path: "$.n[*]", take: "list", type } } });
  const texts = ["12.50", "123456789012345678901234567890", "0.1234567890123456789"];
  assert.deepEqual(await parse(json, typed("string")), { n: [...texts, "1e3", "-0.0"] });
  assert.deepEqual(await parse(json, typed("decimal")), { n: [...texts, "1000", "-0.0"] });
  assert.deepEqual(await parse(json, typed("json")), { n: [...texts, "1e3", "-0.0"] });
  const plain = { fields: { n: "$.n" } };
  const big = 123456789012345678901234567890n;
  assert.deepEqual(await parse(json, plain), { n: [12.5, big, 0.12345678901234568, 1000, -0] });
  assert.deepEqual(await parse(json, { ...plain, decimals: "string", big_numbers: "string" }), {
    n: [...texts, "1e3", "-0.0"],
  });
  assert.match((await refused(json, { ...plain, big_numbers: "error" })).message, /"n" is an integer beyond/);
  assert.deepEqual(await parse(json, { fields: { n: "$.n[0]" }, big_numbers: "error" }), { n: 12.5 });
  assert.deepEqual(await parse('{"n":3.0}', { fields: { n: { path: "$.n", type: "integer" } } }), { n: 3 });
});

Deno.test("json_parser compares numbers as doubles in filters, and hands on what was sent", async () => {
  const json = '[{"id":9007199254740993,"price":10.10},{"id":2,"price":9.99}]';
  const fields = { id: "$.id", price: { path: "$.price", type: "decimal" } };
  assert.deepEqual(await parse(json, { loop: "$[?@.price > 10 && @.id == 9007199254740992]", fields }), [
    { id: 9007199254740993n, price: "10.10" },
  ]);
});

Deno.test("json_parser asks what a path that gives several values shall make", async () => {
  const json = '{"lines":[{"sku":"a"},{"sku":"b"}]}';
  const sku = (more: Options) => ({ fields: { sku: { path: "$.lines[*].sku", ...more } } });
  assert.match((await refused(json, sku({}))).message, /several values stand at .* take says which/);
  assert.deepEqual(await parse(json, sku({ on_invalid: "null" })), { sku: null });
  assert.deepEqual(await parse(json, sku({ take: "first" })), { sku: "a" });
  assert.deepEqual(await parse(json, sku({ take: "list" })), { sku: ["a", "b"] });
  assert.deepEqual(await parse("{}", sku({ take: "list" })), { sku: [] });
  assert.deepEqual(await parse('{"lines":[{"sku":"a"}]}', sku({})), { sku: "a" });
});

Deno.test("json_parser bounds rows and the values of a path", async () => {
  const json = JSON.stringify({ lines: Array.from({ length: 50 }, (_, i) => ({ i })) });
  const options = { loop: "$.lines[*]", fields: { i: "$.i" } };
  assert.equal((await parse(json, { ...options, max_rows: 50, max_nodes: 50 }) as Row[]).length, 50);
  assert.match((await refused(json, { ...options, max_rows: 49 })).message, /more than max_rows \(49\) rows/);
  assert.match((await refused(json, { ...options, max_nodes: 49 })).message, /more than 49 values/);
  const all = { fields: { all: { path: "$..*", take: "list" } }, max_nodes: 100 };
  assert.match((await refused(json, all)).message, /the path \$\.\.\* gives more than 100 values/);
});

Deno.test("json_parser calls a wrong path, loop or type a configuration error, with its parameter", async () => {
  const cases: [Options, parameter: string, message: RegExp][] = [
    [{ loop: "lines" }, "loop", /not a JSONPath.*at character 1/],
    [{ loop: { a: "$.a[*]", b: "$.b[" } }, "loop.b", /at character 5/],
    [{ loop: { root: "$.a[*]" } }, "loop.root", /other than root/],
    [{ loop: {} }, "loop", /names no loop/],
    [{ loop: { "1": "$.a[*]" } }, "loop.1", /letters/],
    [{ fields: { a: "$.a[?]" } }, "fields.a", /not a JSONPath/],
    [{ fields: { a: { path: "$.a..", type: "string" } } }, "fields.a.path", /not a JSONPath/],
    [{ loop: LOOPS, fields: { a: { path: "$", from: "lines" } } }, "fields.a.from", /did you mean "line"/],
    [{ fields: { a: { path: "$", from: "line" } } }, "fields.a.from", /known: "root"/],
    [{ fields: { a: { path: "$", scale: 2 } } }, "fields.a", /scale needs a type/],
    [{ fields: { a: { path: "$", type: "timestamp", format: "dd.MM.jjjj" } } }, "fields.a", /jjjj has no/],
    [{ fields: { a: { path: "$", type: "int" } } }, "fields.a.type", /one of "string", "integer"/],
    [{ fields: { a: { pth: "$" } } }, "fields.a.pth", /did you mean "path"/],
    [{ fields: { a: "" } }, "fields.a", /at least 1 character/],
  ];
  for (const [options, parameter, message] of cases) {
    const error = await refused("{}", options, "configuration");
    assert.ok(error instanceof ModError, error.message);
    assert.equal(error.parameter, parameter);
    assert.match(error.message, message);
  }
});

Deno.test("json_parser names columns and rows in errors, and never a value", async () => {
  const json = '{"lines":[{"card":1},{"card":"4111-${env:HOME}"}]}';
  const fields = { card: { path: "$.card", type: "integer" } };
  const { message } = await refused(json, { loop: "$.lines[*]", fields });
  assert.equal(message, 'row 1: field "card": a string cannot be cast to integer');
});

Deno.test("json_parser makes own columns of hostile names", async () => {
  const json = '{"__proto__":{"admin":true},"constructor":1,"${env:HOME}":2}';
  const fields = { proto: "$['__proto__']", constructor: "$.constructor", "${env:HOME}": "$['${env:HOME}']" };
  const row = await parse(json, { fields }) as Row;
  assert.deepEqual(row, { proto: { admin: true }, constructor: 1, "${env:HOME}": 2 });
  assert.deepEqual(await parse(`[${json}]`, { loop: "$[*]" }), [JSON.parse(json)]);
  const exact = await parse(`[{"a":12345678901234567890,"__proto__":{"admin":true}}]`, { loop: "$[*]" });
  assert.ok(Object.hasOwn((exact as Row[])[0]!, "__proto__"));
  assert.deepEqual(await parse("{}", { fields: { a: "$.toString" }, missing: "null" }), { a: null });
});

Deno.test("json_parser follows paths as deep as it reads, and refuses deeper texts", async () => {
  const deep = (levels: number) => `{"a":`.repeat(levels) + "1.50" + "}".repeat(levels);
  const fields = {
    whole: { path: "$", type: "json" },
    leaf: { path: `$${".a".repeat(1500)}`, type: "string" },
    same: "$",
  };
  const row = await parse(deep(1500), { fields, max_depth: 2000, decimals: "string" }) as Row;
  assert.equal(row.whole, deep(1500));
  assert.equal(row.leaf, "1.50");
  assert.equal(JSON.stringify(row.same), deep(1500).replace("1.50", '"1.50"'));
  assert.match((await refused(deep(1500), { fields })).message, /expected at most 1000 levels of nesting/);
  await refused(deep(1_000_000), { fields });
  const all = { fields: { all: { path: "$..a", take: "list" } }, max_depth: 2000, max_nodes: 1500 };
  assert.equal((await parse(deep(1500), all) as { all: unknown[] }).all.length, 1500);
});

const digits = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(30)).map(([n, scale]) => {
  const text = String(n < 0n ? -n : n).padStart(scale + 1, "0");
  const point = text.length - scale;
  return `${n < 0n ? "-" : ""}${text.slice(0, point)}${scale === 0 ? "" : `.${text.slice(point)}`}`;
});
const lines = fc.array(fc.record({ sku: fc.string(), price: digits }), { maxLength: 6 });

Deno.test("json_parser's rows are the nested lists written flat, digit by digit", () =>
  fc.assert(fc.asyncProperty(fc.array(lines, { maxLength: 5 }), async (orders) => {
    const json = JSON.stringify({ orders: orders.map((order, id) => ({ id, lines: order })) })
      .replace(/"price":"([^"]*)"/g, '"price":$1');
    const flat = orders.flatMap((order, id) => order.map(({ sku, price }) => ({ id, sku, price })));
    const fields = {
      id: { path: "$.id", from: "order" },
      sku: "$.sku",
      price: { path: "$.price", type: "string" },
    };
    const rows = await parse(json, { loop: { order: "$.orders[*]", line: "$.lines[*]" }, fields });
    assert.deepEqual(rows, flat);
  })));
