import assert from "node:assert/strict";
import type { ConsumerObserver } from "../../../src/consume/observer.ts";
import { Observers } from "../../../src/consume/observer.ts";
import { UnavailableError } from "../../../src/core/errors.ts";
import { type ConsumerVitals, jobConsumers } from "../../../src/core/vitals.ts";
import { settle } from "../../support/manual_clock.ts";
import { Harness } from "./harness.ts";

/** Notes all that it is told, in a word or two each. */
class Notes implements Required<ConsumerObserver> {
  readonly seen: string[] = [];
  attempting: Required<ConsumerObserver>["attempting"] = (work) => this.seen.push(`attempting ${work.place}`);
  attempted: Required<ConsumerObserver>["attempted"] = (_work, outcome, ms) =>
    this.seen.push(`attempted ${outcome.ok ? "ok" : outcome.kind} ${ms}`);
  waiting: Required<ConsumerObserver>["waiting"] = (_work, ms) => this.seen.push(`waiting ${ms}`);
  ended: Required<ConsumerObserver>["ended"] = (_work, { kind }) => this.seen.push(`ended ${kind}`);
  assigned: Required<ConsumerObserver>["assigned"] = ({ group }, partitions) =>
    this.seen.push(`assigned ${group} ${partitions.length}`);
  lost: Required<ConsumerObserver>["lost"] = (_consumer, [at], reason) =>
    this.seen.push(`lost ${at?.topic} ${reason}`);
  fetched: Required<ConsumerObserver>["fetched"] = (_consumer, { partition }, records, bytes) =>
    this.seen.push(`fetched ${partition}: ${records}, ${bytes}`);
  committed: Required<ConsumerObserver>["committed"] = (_consumer, [commit], ms) =>
    this.seen.push(`committed ${commit?.offset} ${ms}`);
  commitFailed: Required<ConsumerObserver>["commitFailed"] = (_consumer, error, ms) =>
    this.seen.push(`commit failed ${error} ${ms}`);
  outageBegan: Required<ConsumerObserver>["outageBegan"] = (_consumer, why) => this.seen.push(`began ${why}`);
  outageOver: Required<ConsumerObserver>["outageOver"] = (_consumer, ms) => this.seen.push(`over ${ms}`);
  madeAnew: Required<ConsumerObserver>["madeAnew"] = (_consumer, step) =>
    this.seen.push(`made anew by ${step}`);
}

Deno.test("Observers are told each thing that a consumer does, all of them, until they are disposed", async () => {
  const [first, second] = [new Notes(), new Notes()];
  const harness = new Harness({
    errors: { onError: "retry", maxRetries: 1, retryBackoffMs: [100], recoveryTimeoutMs: 10_000 },
  });
  harness.observers.add(first);
  const leaving = harness.observers.add(second);
  harness.commitAnswers.push(() => Promise.reject(new UnavailableError("no answer")));
  const assignment = await harness.assign(1, 3, 7);
  leaving[Symbol.dispose]();
  harness.call.fail(new Error("bad"));
  await harness.clock.advance(100);
  harness.call.succeed();
  await harness.clock.advance(5_000);
  harness.events.outageBegan?.("no broker");
  harness.events.outageOver?.(2_000);
  harness.events.lost([assignment], "rebalance");
  assert.deepEqual(first.seen, [
    "assigned g 1",
    "fetched 3: 1, 3",
    "attempting t[3]@7",
    "attempted record 0",
    "waiting 100",
    "attempting t[3]@7",
    "attempted ok 0",
    "ended done",
    "commit failed UnavailableError: no answer 0",
    "committed 8 0",
    "began no broker",
    "over 2000",
    "lost t rebalance",
  ]);
  assert.deepEqual(second.seen, first.seen.slice(0, 3), "one that has left is told nothing more");
  harness.control.requestStop();
  await harness.clock.advance(0);
  assert.ok(harness.outcome?.stats);
});

Deno.test("Observers need not have every function", () => {
  const observers = new Observers();
  observers.add({});
  observers.outageOver({} as ConsumerVitals, 1);
});

Deno.test("jobConsumers holds a consumer while it runs: its state, its work, its partitions", async () => {
  const before = new Set(jobConsumers.get());
  const opening = Promise.withResolvers<void>();
  const harness = new Harness({}, undefined, opening.promise);
  const [vitals] = [...jobConsumers.get()].filter((one) => !before.has(one)) as [ConsumerVitals];
  assert.deepEqual([vitals.group, vitals.topics, vitals.state], ["g", ["t"], "connecting"]);
  opening.resolve();
  harness.underWay = [{ id: "join", step: "join", waitsFor: "the group", moves: 1 }];
  await harness.clock.advance(2_000);
  assert.deepEqual([vitals.state, vitals.stateSince], ["joining", 2_000]);
  harness.underWay = [];
  await harness.clock.advance(1_000);
  assert.deepEqual([vitals.state, vitals.stateSince], ["waiting", 3_000]);
  await harness.assign(2, 1, 5);
  assert.deepEqual([vitals.state, vitals.stateSince], ["consuming", 3_000]);
  const at = { topic: "t", partition: 1 };
  const running: string[] = [];
  assert.deepEqual(vitals.work, [{ ...at, offset: 5n, since: 3_000, stage: "processor", running }]);
  assert.deepEqual(vitals.partitions, [
    { ...at, position: 7n, committed: 5n, end: 1000n, lag: 995n, queued: 1 },
  ]);
  assert.equal(vitals.outage, undefined);
  harness.call.fail(new UnavailableError("database is down"));
  await settle();
  assert.deepEqual([vitals.work[0]?.stage, vitals.outage], ["back-off", "database is down"]);
  await harness.clock.advance(10_000);
  harness.control.requestStop();
  assert.equal(vitals.state, "draining");
  harness.call.succeed();
  await harness.clock.advance(0);
  assert.deepEqual([vitals.state, jobConsumers.get().has(vitals)], ["closed", false]);
});
