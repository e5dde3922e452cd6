import assert from "node:assert/strict";
import fc from "fast-check";
import { exactJson, parseExactJson } from "../../../src/core/exact_json.ts";

Deno.test("parseExactJson() gives back what exactJson() writes, integers by all their digits", () => {
  const integers = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
    .map((n) => Number.isSafeInteger(Number(n)) ? Number(n) : n);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      integers,
      fc.constantFrom(null, true, "9007199254740993", 0.1, -1e300),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(fc.property(tree, (value) => {
    assert.deepEqual(parseExactJson(exactJson(value) ?? ""), value);
  }));
});

Deno.test("parseExactJson() differs from JSON.parse() in integers beyond 2^53 only", () => {
  const text = '{"a": 9007199254740993, "b": -9007199254740993, "c": 9007199254740991, "d": 1e20, "e": 1.0}';
  assert.deepEqual(parseExactJson(text), {
    a: 9007199254740993n,
    b: -9007199254740993n,
    c: 9007199254740991,
    d: 1e20,
    e: 1,
  });
  assert.equal(typeof parseExactJson("9".repeat(1001)), "number");
  assert.throws(() => parseExactJson("{"), SyntaxError);
  assert.equal(exactJson(undefined), undefined);
});
