import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { PermanentError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { encodeBytes, encodeJson, encodeText } from "../../../src/kafka/encode.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const json = (value: unknown) => decoder.decode(encodeJson(value, "data"));
const refused = (work: () => unknown, message: RegExp) =>
  assert.throws(work, (error) => {
    assert.ok(error instanceof PermanentError, `it is ${error}`);
    assert.match(error.message, message);
    return true;
  });

Deno.test("encodeJson() writes what JSON.parse reads back", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
    assert.deepEqual(JSON.parse(json(row)), JSON.parse(JSON.stringify(row)));
  }));
});

Deno.test("encodeJson() writes integers of any size by all their digits", () => {
  fc.assert(fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
    assert.equal(json({ a, nested: [{ b }] }), `{"a":${a},"nested":[{"b":${b}}]}`);
  }));
});

Deno.test("encodeJson() writes any bytes in base64, a view's own only", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const view = new Uint8Array([7, ...bytes, 7]).subarray(1, bytes.length + 1);
    const { data } = JSON.parse(json({ data: view }));
    assert.deepEqual([...Buffer.from(data, "base64")], [...bytes]);
    assert.equal(json({ data: Buffer.from(bytes) }), json({ data: bytes }));
  }));
});

Deno.test("encodeJson() writes dates as ISO 8601, secrets masked, and leaves out undefined", () => {
  const row = { at: new Date(0), password: new Secret("hunter22"), nothing: undefined, no: null };
  assert.equal(json(row), '{"at":"1970-01-01T00:00:00.000Z","password":"***","no":null}');
});

Deno.test("encodeJson() hands on a row's __proto__ column as data", () => {
  const row = JSON.parse('{"__proto__": {"x": 1}, "constructor": {"name": "DuckDBListValue"}}');
  assert.equal(json(row), '{"__proto__":{"x":1},"constructor":{"name":"DuckDBListValue"}}');
});

const circle: Record<string, unknown> = {};
circle.again = circle;
const NO_FORM: readonly (readonly [unknown, RegExp])[] = [
  [{ amount: NaN }, /^data\.amount is NaN: JSON has no form for that$/],
  [{ ok: 1, deep: [{ amount: -Infinity }] }, /^data\.deep is -Infinity/],
  [{ at: new Date(NaN) }, /^data\.at is an invalid Date/],
  [{ run: () => "payload" }, /^data\.run is a function/],
  [{ s: Symbol("payload") }, /^data\.s is a symbol/],
  [{ loop: circle }, /^data\.loop is an object within itself/],
  [circle, /^data\.again is an object within itself/],
  [{ m: new Map([["payload", 1]]) }, /^data\.m is a Map/],
  [{ s: new Set([1]) }, /^data\.s is a Set/],
  [{ p: Promise.resolve(1) }, /^data\.p is a Promise \(a forgotten await\)/],
  [{ e: new Error("payload") }, /^data\.e is an Error/],
  [{ f: new Float64Array(2) }, /^data\.f is a Float64Array/],
  [{
    t: {
      toJSON() {
        throw new Error("payload");
      },
    },
  }, /^data cannot be written as JSON: the toJSON of a value in it fails/],
];

for (const [row, message] of NO_FORM) {
  Deno.test(`encodeJson() refuses what has no form: ${message.source}`, () => {
    refused(() => encodeJson(row, "data"), message);
    try {
      encodeJson(row, "data");
    } catch (error) {
      assert.ok(!String((error as Error).stack).includes("payload\n"), "the error shows a value");
      assert.equal((error as Error).cause, undefined);
      assert.ok(!(error as Error).message.includes("payload"));
    }
  });
}

Deno.test("encodeJson() refuses what is nested too deeply, and does not die of it", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 200_000; i++) deep = [deep];
  refused(() => encodeJson({ deep }, "data[3]"), /^data\[3\]\.deep is nested too deeply/);
});

Deno.test("encodeText() writes texts as UTF-8 and back", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assert.equal(decoder.decode(encodeText(text, "data") ?? undefined), text);
  }));
});

Deno.test("encodeText() writes numbers, booleans, big integers and dates by their text", () => {
  const texts = [1.5, -0, 12345678901234567890n, true, new Date(0)].map((value) => {
    return decoder.decode(encodeText(value, "key") ?? undefined);
  });
  assert.deepEqual(texts, ["1.5", "0", "12345678901234567890", "true", "1970-01-01T00:00:00.000Z"]);
  assert.equal(encodeText(null, "key"), null);
});

Deno.test("encodeText() refuses what has no one text", () => {
  refused(() => encodeText({ a: "payload" }, "key_value"), /^key_value is an object: expected a text/);
  refused(() => encodeText(["payload"], "k"), /^k is a list/);
  refused(() => encodeText(NaN, "k"), /^k is NaN/);
  refused(() => encodeText(undefined, "k"), /^k is undefined/);
  refused(() => encodeText(new Date(NaN), "k"), /^k is a Date/);
  refused(() => encodeText("\ud800", "k"), /^k is not valid Unicode/);
  refused(() => encodeText(new Uint8Array(1), "k"), /^k is bytes/);
});

Deno.test("encodeBytes() hands on bytes as they are, and texts as UTF-8", () => {
  const bytes = new Uint8Array([0, 255]);
  assert.equal(encodeBytes(bytes, "data"), bytes);
  assert.deepEqual(encodeBytes(bytes.buffer, "data"), bytes);
  assert.deepEqual(encodeBytes("ä", "data"), new Uint8Array([0xc3, 0xa4]));
  assert.equal(encodeBytes(null, "data"), null);
});
