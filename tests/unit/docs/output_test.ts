import assert from "node:assert/strict";
import fc from "fast-check";
import { hasBegun, matches } from "../../support/docs/output.ts";

Deno.test("matches() compares line by line, whatever the time and the white space", () => {
  assert.ok(matches(["2026-01-05T08:00:00Z  INFO  up"], ["2027-12-31T23:59:59.999Z\tINFO\tup"]));
  assert.ok(!matches(["up"], ["down"]));
  assert.ok(!matches(["up"], ["up", "down"]));
  assert.ok(!matches(["up", "down"], ["up"]));
  assert.ok(matches(["up"], ["Task run deno run x.ts", "up"]), "what Deno itself says is left out");
});

Deno.test("matches() takes ... for any lines, and within a line for any text", () => {
  assert.ok(matches(["...", "b", "..."], ["a", "a", "b"]));
  assert.ok(!matches(["...", "b"], ["b", "c"]));
  assert.ok(matches(["ok (... ms)"], ["ok (12 ms)"]));
  assert.ok(!matches(["a.c"], ["abc"]), "a dot is a dot");
});

const lines = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 6 });

Deno.test("matches() is true for what was printed itself, and where any part of it is left out by ...", () =>
  fc.assert(fc.property(lines, fc.nat(), fc.nat(), (printed, from, length) => {
    const at = from % (printed.length + 1);
    assert.ok(matches(printed, printed));
    assert.ok(matches(printed.toSpliced(at, length % 3, "..."), printed));
  })));

Deno.test("hasBegun() waits for the lines before Ctrl+C, and matches() for those after it", () => {
  const stated = ["up", "^C", "down"];
  assert.ok(!hasBegun(stated, []));
  assert.ok(hasBegun(stated, ["up"]));
  assert.ok(hasBegun(stated, ["up", "and more"]));
  assert.ok(matches(stated, ["up", "down"]));
  assert.ok(!matches(stated, ["up"]));
});
