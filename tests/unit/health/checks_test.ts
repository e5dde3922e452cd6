import assert from "node:assert/strict";
import type { ConsumerState, ConsumerVitals, StepUnderWay, WorkUnderWay } from "../../../src/core/vitals.ts";
import { check, type Condition, type Probe } from "../../../src/health/checks.ts";

const NOW = 10_000_000;

/** A consumer that is well, but for what is given. */
function consumer(over: Partial<ConsumerVitals> = {}): ConsumerVitals {
  return {
    ...{ group: "g", topics: ["orders"], state: "consuming", stateSince: 0 },
    ...{ steps: [], work: [], partitions: [], outage: undefined },
    ...over,
  };
}

function condition(consumers: readonly ConsumerVitals[], joined = true): Condition {
  return { consumers, hasJoined: () => joined, anyHasJoined: joined, now: NOW };
}

const answers = (given: Condition) =>
  (["started", "ready", "live"] as const).map((probe: Probe) => check(probe, given).ok);

const step = (waitedMs: number): StepUnderWay => ({
  ...{ step: "fetch", waitsFor: "the answer of broker 1", since: NOW - waitedMs, boundMs: 100_000 },
});

const work = (ageMs: number): WorkUnderWay => ({
  ...{ topic: "orders", partition: 0, offset: 12n, since: NOW - ageMs, stage: "processor" },
  running: ["database_insert"],
});

Deno.test("check() by state: started once it has joined, ready while it is a member, live always", () => {
  const EXPECTED: Readonly<Record<ConsumerState, readonly boolean[]>> = {
    connecting: [true, false, true],
    joining: [true, false, true],
    waiting: [true, true, true],
    consuming: [true, true, true],
    draining: [true, false, true],
    closed: [true, false, true],
  };
  for (const [state, expected] of Object.entries(EXPECTED) as [ConsumerState, readonly boolean[]][]) {
    assert.deepEqual(answers(condition([consumer({ state })])), expected, state);
  }
  assert.deepEqual(answers(condition([consumer({ state: "joining" })], false)), [false, false, true]);
  assert.deepEqual(answers(condition([], false)), [false, false, true]);
  assert.deepEqual(answers(condition([], true)), [true, false, true]);
});

Deno.test("check() wants every consumer of the job", () => {
  const both = [consumer(), consumer({ group: "h", state: "joining" })];
  const { ok, reasons } = check("ready", condition(both));
  assert.deepEqual([ok, reasons], [false, ['the consumer of group "h" is joining its group']]);
});

Deno.test("check() never restarts for a long message or an outage, and tells of them", () => {
  const busy = consumer({ work: [work(3_600_000)], outage: "refused for customer 4711" });
  assert.deepEqual(answers(condition([busy])), [true, true, true]);
  assert.deepEqual(check("live", condition([busy])).reasons, [
    'group "g": an outage, the log says of what', // its words may hold what a message holds
    "orders[0]@12 is in work for 3600 s (database_insert)",
  ]);
});

Deno.test("check() calls a step stuck only where the watchdog should have acted and did not", () => {
  assert.deepEqual(answers(condition([consumer({ steps: [step(230_000)] })])), [true, true, true]);
  const stuck = condition([consumer({ steps: [step(230_001)] })]);
  assert.deepEqual(answers(stuck), [true, true, false]);
  assert.deepEqual(check("live", stuck).reasons, [
    'group "g": fetch has waited for 230 s, for the answer of broker 1',
  ]);
});

Deno.test("check() judges no steps of a consumer that drains: its bound is that of the drain", () => {
  const stuck = { steps: [step(1_000_000)] };
  assert.equal(check("live", condition([consumer(stuck)])).ok, false);
  for (const state of ["draining", "closed"] as const) {
    assert.equal(check("live", condition([consumer({ ...stuck, state })])).ok, true);
  }
});
