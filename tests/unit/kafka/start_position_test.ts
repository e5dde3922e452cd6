import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { type StartFacts, startPosition } from "../../../src/kafka/memory/start_position.ts";

const facts: fc.Arbitrary<StartFacts> = fc.record({
  topic: fc.constant("orders"),
  partition: fc.nat(3),
  groupId: fc.constant("g"),
  wanted: fc.option(fc.nat(30).map(BigInt)),
  beginning: fc.nat(10).map(BigInt),
  size: fc.nat(10).map(BigInt),
  autoOffsetReset: fc.constantFrom("earliest" as const, "latest" as const, "none" as const),
  appeared: fc.boolean(),
}).map(({ size, ...rest }) => ({ ...rest, end: rest.beginning + size }));

Deno.test("startPosition() is in the log, and is what was wanted wherever that is in the log", () => {
  fc.assert(fc.property(facts, (at) => {
    const isThere = at.wanted !== null && at.wanted >= at.beginning && at.wanted <= at.end;
    if (at.autoOffsetReset === "none" && !isThere && !(at.appeared && at.wanted === null)) {
      assert.throws(() => startPosition(at), ConfigurationError);
      return;
    }
    const { position, chosen, skipped } = startPosition(at);
    assert.ok(position >= at.beginning && position <= at.end);
    assert.equal(chosen, !isThere);
    if (isThere) assert.equal(position, at.wanted);
    else if (at.appeared && at.wanted === null) assert.equal(position, at.beginning);
    else assert.equal(position, at.autoOffsetReset === "latest" ? at.end : at.beginning);
    const isLoss = at.wanted !== null && at.wanted < position;
    assert.deepEqual(skipped, isLoss ? { from: at.wanted, to: position } : undefined);
  }));
});

Deno.test("startPosition() says what to do where auto_offset_reset is none", () => {
  const at = { topic: "orders", partition: 2, groupId: "g", beginning: 7n, end: 9n, appeared: false };
  assert.throws(
    () => startPosition({ ...at, wanted: null, autoOffsetReset: "none" }),
    /Cannot start orders\[2\]: group g has committed no offset, and auto_offset_reset is none\. Commit/,
  );
  assert.throws(
    () => startPosition({ ...at, wanted: 3n, autoOffsetReset: "none" }),
    /offset 3 is next for group g, and the log holds 7 to 9/,
  );
});
