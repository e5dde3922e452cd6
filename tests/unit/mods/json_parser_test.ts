import assert from "node:assert/strict";
import fc from "fast-check";
import { ModError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Row } from "../../../src/core/rows.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { jsonParser } from "../../../src/mods/transform/json_parser.ts";
import { findJsonProblem } from "../../../src/core/json_scan.ts";

type Options = Readonly<Record<string, unknown>>;

async function parse(input: unknown, options: Options = {}): Promise<Row | readonly Row[]> {
  const params = validateParams(jsonParser, { json_string: input, ...options });
  const output = await jsonParser.run(params, { log: silentLogger, warn() {} });
  return output.artifacts.data;
}

async function refused(input: unknown, options: Options = {}): Promise<string> {
  let error: unknown;
  try {
    await parse(input, options);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof Error, "it should have been refused");
  const kind = error instanceof ModError ? error.kind : error.name;
  assert.ok(kind === "permanent" || kind === "PermanentError", `${kind}: ${error.message}`);
  return error.message;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** JSON of a value whose bigints are written as integers: what a sender with exact integers sends. */
function write(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(",")}}`;
}

const keys = fc.oneof(
  fc.string(),
  fc.constantFrom("__proto__", "constructor", "toString", "", "a.b", "${env:HOME}"),
);

/** Any JSON value, with integers of up to 40 digits and the names that betray a careless parser. */
const { node: anyJson } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }).chain((n) => fc.constantFrom(n, -n)),
    fc.double({ noDefaultInfinity: true, noNaN: true }).filter((n) => !Number.isInteger(n)),
    fc.array(tie("node"), { maxLength: 5 }),
    fc.array(fc.tuple(keys, tie("node")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

Deno.test("json_parser gives back any JSON value as it was written, from text and from bytes", async () => {
  await fc.assert(fc.asyncProperty(anyJson, async (value) => {
    const text = write({ value });
    assert.deepEqual(await parse(text), { value });
    assert.deepEqual(await parse(bytes(text)), { value });
    assert.equal(write(await parse(text)), text);
  }));
});

Deno.test("json_parser takes an object, a list of objects, and an empty list", async () => {
  assert.deepEqual(await parse('{"a":1}'), { a: 1 });
  assert.deepEqual(await parse(' [{"a":1},\n{"a":2}] '), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(await parse("[]"), []);
  assert.deepEqual(await parse('\uFEFF{"a":1}'), { a: 1 });
  assert.deepEqual(await parse(bytes('\uFEFF{"a":1}')), { a: 1 });
});

Deno.test("json_parser refuses a scalar at the top, and in a list of rows", async () => {
  assert.match(await refused("5"), /is a number: expected an object or a list of objects/);
  assert.match(await refused("12345678901234567890"), /is a (number|bigint)/);
  assert.match(await refused('"x"'), /is a string/);
  assert.match(await refused("null"), /is null/);
  assert.match(await refused('[{"a":1},[]]'), /element 1 of the JSON list is a list: expected an object/);
});

Deno.test("json_parser calls a message without a value a tombstone, and a job that gives nothing wrong", async () => {
  assert.match(await refused(null), /tombstone/);
  assert.match(await refused(undefined), /expected JSON as text or as bytes/);
  assert.match(await refused(5), /expected JSON as text or as bytes/);
  assert.throws(() => validateParams(jsonParser, {}), { kind: "configuration", parameter: "json_string" });
});

Deno.test("json_parser says line, column and what was expected", async () => {
  const cases: [text: string, line: number, column: number, expected: RegExp][] = [
    ["", 1, 1, /a value, but the text ends/],
    ["{", 1, 2, /a key in double quotes or "}", but the text ends/],
    ['{"a"', 1, 5, /":" after the key/],
    ['{"a":1,}', 1, 8, /a key in double quotes/],
    ['{"a":1 "b":2}', 1, 8, /"," or "}"/],
    ['{\n  "a": 1,\n  "b": x\n}', 3, 8, /a value/],
    ['{"é😀": x}', 1, 8, /a value/],
    ["[1,]", 1, 4, /a value/],
    ["[}", 1, 2, /a value or "]"/],
    ["{'a':1}", 1, 2, /a key in double quotes or "}"/],
    ['{"a":"b', 1, 8, /a closing double quote, but the text ends/],
    ['{"a":"b\n"}', 1, 8, /raw control character/],
    ['{"a":"\\x"}', 1, 7, /a valid escape/],
    ['{"a":01}', 1, 7, /"," or "}"/],
    ['{"a":NaN}', 1, 6, /a value/],
    ["{} {}", 1, 4, /the end of the text/],
  ];
  for (const [text, line, column, expected] of cases) {
    const message = await refused(text);
    assert.ok(message.includes(`line ${line}, column ${column}:`), `${JSON.stringify(text)}: ${message}`);
    assert.match(message, expected);
  }
});

Deno.test("json_parser never quotes the text that it refuses", async () => {
  for (const text of ['{"password":"hunter2"', "hunter2", '{"a":hunter2}', '"hunter2"', '[1,"hunter2"]']) {
    assert.doesNotMatch(await refused(text), /hunter2/);
  }
  assert.doesNotMatch(await refused(new Uint8Array([...bytes("hunter2"), 0xff])), /hunter2/);
});

/** JSON with a few characters changed, put in or taken out: mostly, but not always, malformed. */
const damagedJson = fc.tuple(
  anyJson.map(write),
  fc.array(
    fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...'{}[]",:\\-+.eE01tfn \n\t\u0001é😀'.split(""))),
    { maxLength: 4 },
  ),
).map(([text, edits]) => {
  for (const [at, cut, put] of edits) {
    const i = at % (text.length + 1);
    text = text.slice(0, i) + put + text.slice(i + cut);
  }
  return text;
});

Deno.test("findJsonProblem() finds a problem exactly where JSON.parse() throws", () => {
  fc.assert(
    fc.property(damagedJson, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      assert.equal(findJsonProblem(text) === undefined, valid);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("findJsonProblem() knows the control characters that a text may not hold raw", () => {
  for (let code = 0; code <= 0xff; code++) {
    const problem = findJsonProblem(`"${String.fromCharCode(code)}x"`);
    const wrong = code < 0x20 || code === 0x5c || code === 0x22;
    assert.equal(problem !== undefined, wrong, `character ${code}`);
  }
});

Deno.test("findJsonProblem() points at the first character that no JSON text could have there", () => {
  fc.assert(
    fc.property(anyJson.map((value) => write([value])), fc.nat(), (text, cut) => {
      // What stands before a cut is the beginning of a JSON text: the problem is never earlier than the end.
      const part = text.slice(0, cut % text.length);
      const problem = findJsonProblem(part);
      assert.ok(problem !== undefined);
      const lines = part.split("\n");
      const inNumberOrEscape = /[-+.eE\\]|\\u.{0,3}|[tfn][a-z]*$/.test(part.slice(-6));
      if (!inNumberOrEscape) {
        assert.equal(problem.line, lines.length);
        assert.equal(problem.column, [...lines.at(-1)!].length + 1);
      }
    }),
  );
});

Deno.test("json_parser keeps integers beyond 2^53 exact, as big_numbers says", async () => {
  const text =
    '{"id":9007199254740993,"least":-9007199254740993,"safe":9007199254740991,"half":0.5,"minus":-0}';
  assert.deepEqual(await parse(text), {
    id: 9007199254740993n,
    least: -9007199254740993n,
    safe: 9007199254740991,
    half: 0.5,
    minus: -0,
  });
  const strings = await parse(text, { big_numbers: "string" }) as Row;
  assert.equal(strings.id, "9007199254740993");
  assert.equal(strings.safe, 9007199254740991);
  assert.match(await refused(text, { big_numbers: "error" }), /"id" is an integer beyond 2\^53/);
  assert.match(await refused(`{"id":${"9".repeat(1001)}}`), /more than 1000 digits/);
});

Deno.test("json_parser refuses a number that a double cannot hold, and never makes Infinity of it", async () => {
  assert.match(await refused('{"a":1e400}'), /"a" is a number too large for a double/);
  assert.match(await refused('{"a":-1.5E+309}'), /"a" is a number too large/);
  assert.match(await refused(`{"a":${"1".repeat(300)}e99}`), /"a" is a number too large/);
  assert.deepEqual(await parse('{"a":1e308,"b":1e-400}'), { a: 1e308, b: 0 });
});

Deno.test("json_parser keeps the text of decimals where decimals is string", async () => {
  const text = '{"price":12.50,"tiny":1e-7,"huge":1e400,"count":3}';
  const row = await parse(text, { decimals: "string" });
  assert.deepEqual(row, { price: "12.50", tiny: "1e-7", huge: "1e400", count: 3 });
});

Deno.test("json_parser makes __proto__ an own property and never a prototype", async () => {
  for (const big of ["1", "12345678901234567890"]) { // without and with a reviver
    const row = await parse(`{"__proto__":{"admin":true},"n":${big}}`) as Row;
    assert.ok(Object.hasOwn(row, "__proto__"));
    assert.equal(Object.getPrototypeOf(row), Object.prototype);
    assert.equal(row.admin, undefined);
  }
  assert.equal(({} as Row).admin, undefined);
});

Deno.test("json_parser refuses bytes that are not UTF-8", async () => {
  assert.match(await refused(new Uint8Array([0x7b, 0xff, 0x7d])), /not valid UTF-8/);
  assert.match(await refused(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), /not valid UTF-8/);
});

Deno.test("json_parser refuses more than max_bytes, counted as UTF-8", async () => {
  const text = '{"a":"éé"}'; // 10 characters, 12 bytes
  assert.deepEqual(await parse(text, { max_bytes: 12 }), { a: "éé" });
  assert.deepEqual(await parse(bytes(text), { max_bytes: 12 }), { a: "éé" });
  assert.match(await refused(text, { max_bytes: 11 }), /larger than max_bytes \(11 bytes\)/);
  assert.match(await refused(bytes(text), { max_bytes: 11 }), /larger than max_bytes/);
});

Deno.test("json_parser refuses more than max_depth levels, and a hostile depth cannot exhaust the stack", async () => {
  const nested = (depth: number, inner = "") =>
    `{"a":${"[".repeat(depth - 1)}${inner}${"]".repeat(depth - 1)}}`;
  await parse(nested(1000));
  await parse(nested(1000, "12345678901234567890"));
  assert.match(await refused(nested(1001)), /line 1, column 1005: expected at most 1000 levels of nesting/);
  assert.match(await refused(nested(200_000)), /at most 1000 levels/);
  assert.match(await refused("[".repeat(200_000)), /at most 1000 levels/);
  assert.match(await refused(nested(3), { max_depth: 2 }), /at most 2 levels/);
  await parse(nested(2), { max_depth: 2 });
  // Brackets in texts and levels that were closed again do not count.
  await parse(JSON.stringify({ a: "[".repeat(5000) }));
  await parse(JSON.stringify(Array.from({ length: 3000 }, () => ({ a: [] }))));
});

Deno.test("json_parser never searches a payload for references", async () => {
  const text = '{"a":"${kafka.password}","b":"${env:HOME}"}';
  assert.deepEqual(await parse(text), { a: "${kafka.password}", b: "${env:HOME}" });
});
