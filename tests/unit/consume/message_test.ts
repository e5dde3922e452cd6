import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMessage } from "../../../src/consume/message.ts";
import type { RawRecord } from "../../../src/kafka/driver.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const record = (fields: Partial<RawRecord> = {}): RawRecord => ({
  offset: 7n,
  timestamp: 1_700_000_000_000,
  key: bytes("k"),
  value: bytes("v"),
  headers: [],
  ...fields,
});

Deno.test("decodeMessage() gives every field of the seed's message", () => {
  const raw = record({ headers: [["a", bytes("1")]] });
  assert.deepEqual(decodeMessage("orders", 2, raw, "auto"), {
    key: "k",
    value: "v",
    topic: "orders",
    partition: 2,
    offset: 7,
    offset_text: "7",
    timestamp: 1_700_000_000_000,
    headers: { a: "1" },
    header_list: [["a", "1"]],
    _raw_message: raw,
  });
});

Deno.test("decodeMessage() tells a tombstone and a missing key by null", () => {
  const message = decodeMessage("t", 0, record({ key: null, value: null }), "auto");
  assert.deepEqual([message.key, message.value], [null, null]);
});

Deno.test("decodeMessage() with auto gives text back exactly, and bytes where they are not UTF-8", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(decodeMessage("t", 0, record({ value: bytes(text) }), "auto").value, text);
  }));
  const invalid = Uint8Array.of(0xff, 0xfe);
  assert.equal(decodeMessage("t", 0, record({ value: invalid }), "auto").value, invalid);
});

Deno.test("decodeMessage() keeps a byte order mark: what came in goes on", () => {
  assert.equal(decodeMessage("t", 0, record({ value: bytes("\ufeffa") }), "auto").value, "\ufeffa");
});

Deno.test("decodeMessage() with string refuses what is not UTF-8, with bytes decodes nothing", () => {
  const invalid = Uint8Array.of(0xff);
  assert.throws(() => decodeMessage("t", 0, record({ value: invalid }), "string"), /value_format/);
  assert.equal(decodeMessage("t", 0, record({ value: invalid }), "bytes").value, invalid);
});

Deno.test("decodeMessage() keeps all headers in order, and the last of a name", () => {
  const headers = [["a", bytes("1")], ["b", null], ["a", bytes("2")], ["__proto__", bytes("x")]] as const;
  const message = decodeMessage("t", 0, record({ headers }), "auto");
  assert.deepEqual(message.header_list, [["a", "1"], ["b", null], ["a", "2"], ["__proto__", "x"]]);
  assert.deepEqual(Object.entries(message.headers), [["a", "2"], ["b", null], ["__proto__", "x"]]);
});

Deno.test("decodeMessage() makes reading an offset beyond 2^53 an error, and gives its text", () => {
  const message = decodeMessage("t", 0, record({ offset: 2n ** 53n + 1n }), "auto");
  assert.equal(message.offset_text, "9007199254740993");
  assert.throws(() => message.offset, /offset_text/);
});
