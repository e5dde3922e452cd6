import assert from "node:assert/strict";
import fc from "fast-check";
import { OUTAGE_CAP_MS, outageBackoffMs, retryBackoffMs } from "../../../src/consume/backoff.ts";
import { commitDue, PER_MESSAGE } from "../../../src/consume/commit_rule.ts";
import { decide, type ErrorSettings, type Failures } from "../../../src/consume/error_policy.ts";

const settings: fc.Arbitrary<ErrorSettings> = fc.record({
  onError: fc.constantFrom("continue" as const, "retry" as const, "stop" as const),
  maxRetries: fc.nat(10),
  retryBackoffMs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }),
  recoveryTimeoutMs: fc.integer({ min: 1, max: 600_000 }),
});
const failures: fc.Arbitrary<Failures> = fc.record({
  ofRecord: fc.integer({ min: 1, max: 20 }),
  ofWorld: fc.integer({ min: 1, max: 2000 }),
  outageMs: fc.nat(700_000),
});

Deno.test("commitDue() with PER_MESSAGE is due as soon as anything is pending", () => {
  fc.assert(fc.property(fc.nat(1000), fc.nat(), fc.nat(), (pending, lastAt, now) => {
    assert.equal(commitDue(PER_MESSAGE, { pending, lastAt }, now), pending > 0);
  }));
});

Deno.test("commitDue() is due by count or by time, and never with nothing pending", () => {
  fc.assert(fc.property(
    fc.record({ everyCount: fc.integer({ min: 1, max: 100 }), everyMs: fc.nat(1000) }),
    fc.nat(200),
    fc.nat(2000),
    (rule, pending, waited) => {
      const due = commitDue(rule, { pending, lastAt: 50 }, 50 + waited);
      assert.equal(due, pending > 0 && (pending >= rule.everyCount || waited >= rule.everyMs));
    },
  ));
});

Deno.test("retryBackoffMs() takes the i-th wait, and the last one for all that follow", () => {
  assert.deepEqual([1, 2, 3, 4, 9].map((retry) => retryBackoffMs([100, 200, 400], retry)), [
    100,
    200,
    400,
    400,
    400,
  ]);
  assert.equal(retryBackoffMs([], 1), 0);
});

Deno.test("outageBackoffMs() doubles, never shrinks, and stays below its cap", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), (count) => {
    assert.ok(outageBackoffMs(count) <= outageBackoffMs(count + 1));
    assert.ok(outageBackoffMs(count) > 0 && outageBackoffMs(count) <= OUTAGE_CAP_MS);
  }));
});

Deno.test("decide() never skips, retries or stops for an outage: it waits, or fails at the bound", () => {
  fc.assert(fc.property(settings, failures, (given, happened) => {
    const verdict = decide("unavailable", happened, given);
    assert.equal(verdict.kind, happened.outageMs >= given.recoveryTimeoutMs ? "fail" : "wait");
    if (verdict.kind === "wait") {
      assert.ok(verdict.afterMs > 0 && happened.outageMs + verdict.afterMs <= given.recoveryTimeoutMs);
    }
  }));
});

Deno.test("decide() fails when recovery_timeout_s has passed exactly", () => {
  const given: ErrorSettings = {
    onError: "continue",
    maxRetries: 0,
    retryBackoffMs: [1],
    recoveryTimeoutMs: 1000,
  };
  assert.equal(decide("unavailable", { ofRecord: 0, ofWorld: 3, outageMs: 1000 }, given).kind, "fail");
  assert.equal(decide("unavailable", { ofRecord: 0, ofWorld: 3, outageMs: 999 }, given).kind, "wait");
});

Deno.test("decide() fails at once for a configuration error, whatever on_error says", () => {
  fc.assert(fc.property(settings, failures, (given, happened) => {
    assert.deepEqual(decide("configuration", happened, given), { kind: "fail" });
  }));
});

Deno.test("decide() for a record error: continue skips, stop stops, retry tries max_retries times more", () => {
  fc.assert(fc.property(settings, failures, (given, happened) => {
    const { kind } = decide("record", happened, given);
    if (given.onError === "continue") assert.equal(kind, "skip");
    if (given.onError === "stop") assert.equal(kind, "stop");
    if (given.onError === "retry") {
      assert.equal(kind, happened.ofRecord <= given.maxRetries ? "retry" : "skip");
    }
  }));
});

Deno.test("decide() counts the first attempt and max_retries more", () => {
  const given: ErrorSettings = {
    onError: "retry",
    maxRetries: 3,
    retryBackoffMs: [1, 2, 4],
    recoveryTimeoutMs: 1000,
  };
  const kinds = [1, 2, 3, 4].map((ofRecord) =>
    decide("record", { ofRecord, ofWorld: 0, outageMs: 0 }, given)
  );
  assert.deepEqual(kinds, [
    { kind: "retry", afterMs: 1 },
    { kind: "retry", afterMs: 2 },
    { kind: "retry", afterMs: 4 },
    { kind: "skip" },
  ]);
});

Deno.test("decide() does not retry what no retry can mend", () => {
  fc.assert(fc.property(settings, failures, (given, happened) => {
    const { kind } = decide("permanent", happened, given);
    assert.equal(kind, given.onError === "stop" ? "stop" : "skip");
  }));
});
