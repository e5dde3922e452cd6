import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean, nearest } from "../../../src/core/nearest.ts";

const NAMES = ["kafka_consumer", "kafka_producer", "kafka_connector", "json_parser", "data_mapper"];

Deno.test("nearest finds the name that was mistyped", () => {
  assert.equal(nearest("kafka_consmer", NAMES), "kafka_consumer");
  assert.equal(nearest("Kafka_Producer", NAMES), "kafka_producer");
  assert.equal(nearest("json_praser", NAMES), "json_parser");
  assert.equal(nearest("spark", NAMES), undefined);
  assert.equal(nearest("x", []), undefined);
  assert.equal(nearest("c.d", ["a.b"]), undefined);
});

Deno.test("nearest finds any name with one character changed, dropped or added", () => {
  const edits = fc.record({
    name: fc.constantFrom(...NAMES),
    at: fc.nat(8),
    removed: fc.integer({ min: 0, max: 1 }),
    added: fc.constantFrom("", "x", "_"),
  });
  fc.assert(fc.property(edits, ({ name, at, removed, added }) => {
    assert.equal(nearest(name.slice(0, at) + added + name.slice(at + removed), NAMES), name);
  }));
});

Deno.test("didYouMean is empty where nothing is near", () => {
  assert.equal(didYouMean("topicz", ["topics", "group_id"]), '; did you mean "topics"?');
  assert.equal(didYouMean("zzz", ["topics"]), "");
});
