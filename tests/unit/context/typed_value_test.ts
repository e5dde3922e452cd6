import assert from "node:assert/strict";
import { Context } from "../../../src/context/context.ts";
import { typedValue } from "../../../src/context/typed_value.ts";

const env: Record<string, string> = {
  P_RETRIES: "7",
  P_FLAG: "false",
  P_TOPICS: '["x"]',
  P_MODE: "stop",
  P_WORDS: "many",
};
const context = new Context({
  env: (name) => env[name],
  files: { readTextSync: () => "" },
  file: "c.json",
  values: {
    f: { text: "t", count: 5, flag: true, topics: ["a"], mixed: [1], none: null, section: { a: 1 } },
  },
});

Deno.test("contextValue gives a value of its fallback's type, from the file and from the environment", () => {
  assert.equal(typedValue(context, "f.text", "other"), "t");
  assert.equal(typedValue(context, "f.count", 1), 5);
  assert.equal(typedValue(context, "f.flag", false), true);
  assert.deepEqual(typedValue(context, "f.topics", []), ["a"]);
  assert.equal(typedValue(context, "p.retries", 1), 7);
  assert.equal(typedValue(context, "p.flag", true), false);
  assert.deepEqual(typedValue(context, "p.topics", []), ["x"]);
  assert.equal(typedValue(context, "p.mode", "continue", ["continue", "stop"]), "stop");
});

Deno.test("contextValue without a fallback is a text, also of a number", () => {
  assert.equal(typedValue(context, "f.text"), "t");
  assert.equal(typedValue(context, "f.count"), "5");
  assert.equal(typedValue(context, "p.retries"), "7");
});

Deno.test("contextValue falls back where the key is missing or null", () => {
  for (const key of ["f.nothing", "f.none", "q.x"]) {
    assert.equal(typedValue(context, key, 3), 3);
    assert.equal(typedValue(context, key, undefined), undefined);
  }
});

Deno.test("contextValue names the key, what was expected and what kind of value came", () => {
  const cases: readonly [unknown[], RegExp][] = [
    [["f.none"], /^setting "f\.none" is missing: c\.json has no key "f\.none"|is missing/],
    [["q.x"], /^setting "q\.x" is missing: c\.json has no key "q\.x", and neither Q_X nor Q_X_FILE is set/],
    [["p.words", 3], /^setting "p\.words": expected a number, got a text$/],
    [["p.words", true], /^setting "p\.words": expected true or false, got a text$/],
    [["p.words", []], /^setting "p\.words": expected a list of texts, got a text$/],
    [["f.mixed", []], /^setting "f\.mixed": expected a list of texts, got a list$/],
    [["f.section"], /^setting "f\.section": expected a text, got an object$/],
    [["f.text", "a", ["a", "b"]], /^setting "f\.text": expected one of "a", "b"$/],
  ];
  for (const [[key, ...rest], message] of cases) {
    assert.throws(() => typedValue(context, key as string, ...rest as []), {
      name: "ConfigurationError",
      message,
    });
  }
});
