import assert from "node:assert/strict";
import { Assignments } from "../../../src/consume/assignments.ts";
import { Dispatcher } from "../../../src/consume/dispatcher.ts";
import type { Link } from "../../../src/consume/link.ts";
import { Observers } from "../../../src/consume/observer.ts";
import { ownSteps } from "../../../src/consume/own_steps.ts";
import { PartitionState } from "../../../src/consume/partition_state.ts";
import { Stats } from "../../../src/consume/stats.ts";
import type { WatchedStep } from "../../../src/consume/watchdog.ts";
import type { WorkPorts } from "../../../src/consume/work_ports.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

const partition = new PartitionState({ topic: "t", partition: 0, epoch: 1, position: 0n, committed: 0n });

/** A dispatcher whose messages succeed at once, and end when the test says. */
function dispatcherWith(ended: () => Promise<void>, isOpen = true): Dispatcher {
  const ports: Partial<WorkPorts> = {
    processor: () => ({ status: "success" }),
    valueFormat: "auto",
    stats: new Stats(1000, 0),
    clock: new ManualClock(),
    log: silentLogger,
    observers: new Observers(),
  };
  return new Dispatcher({
    maxConcurrency: 1,
    isOpen: () => isOpen,
    handedOut: () => {},
    ended,
    work: ports as WorkPorts,
  });
}

const record = (offset: bigint) => ({ offset, timestamp: 1, key: null, value: null, headers: [] });

/** A link that waits for nothing, but for what a test says. */
const linkWith = (facts: Partial<Pick<Link, "isOpen" | "commit" | "outage">> = {}) =>
  ({ isOpen: true, commit: undefined, outage: undefined, underWay: () => [], ...facts }) as unknown as Link;

/** The steps beside a dispatcher, and no partitions but those of a test. */
const stepsOf = (link: Link, dispatcher: Dispatcher, assignments = new Assignments(silentLogger)) =>
  ownSteps(link, { dispatcher, assignments });

const named = (steps: readonly WatchedStep[]) => steps.map(({ step, waitsFor }) => [step, waitsFor]);

Deno.test("ownSteps() has a record that may be handed out and is not, where there is a session and room for it", async () => {
  const dispatcher = dispatcherWith(() => Promise.resolve());
  assert.deepEqual(stepsOf(linkWith(), dispatcher), []);
  dispatcher.add({ partition, record: record(0n) });
  assert.deepEqual(named(stepsOf(linkWith(), dispatcher)), [
    ["hand out", "a message that was read to reach the processor"],
  ]);
  assert.deepEqual(stepsOf(linkWith({ isOpen: false }), dispatcher), []);
  dispatcher.pump();
  await settle();
  assert.deepEqual(stepsOf(linkWith(), dispatcher), []);
  dispatcher.add({ partition, record: record(1n) });
  const [step] = stepsOf(linkWith(), dispatcher);
  assert.equal(step?.moves, 1, "a hand-out is a move");
});

Deno.test("ownSteps() has a message that is done and whose commit nobody has asked for", async () => {
  const commit = Promise.withResolvers<void>();
  const dispatcher = dispatcherWith(() => commit.promise);
  dispatcher.add({ partition, record: record(0n) });
  dispatcher.pump();
  await settle();
  assert.deepEqual(named(stepsOf(linkWith(), dispatcher)), [
    ["commit", "a commit after t[0]@0, which nobody has asked for"],
  ]);
  const asked: WatchedStep = { id: "commit", step: "commit", waitsFor: "the group", moves: 1 };
  assert.deepEqual(stepsOf(linkWith({ commit: asked }), dispatcher), [asked], "one is on its way");
  assert.deepEqual(stepsOf(linkWith({ outage: "no broker" }), dispatcher), [], "commits are tried again");
  commit.resolve();
  await settle();
  assert.deepEqual(stepsOf(linkWith(), dispatcher), []);
});

Deno.test("ownSteps() has a partition that stays paused although nothing of it waits", () => {
  const assignments = new Assignments(silentLogger);
  const at = { topic: "t", partition: 3, epoch: 7 };
  assignments.add([{ ...at, position: 0n, committed: 0n }]);
  const records = Array.from({ length: 501 }, (_, i) => record(BigInt(i)));
  const fetched = { ...at, records, nextOffset: 501n, endOffset: 501n };
  const state = assignments.of(fetched) as PartitionState;
  const dispatcher = dispatcherWith(() => Promise.resolve());
  const steps = () => named(stepsOf(linkWith(), dispatcher, assignments));
  state.fetched(fetched);
  assert.equal(state.flow(1), "pause");
  assert.deepEqual(steps(), [], "enough waits here");
  for (const each of records) state.handedOut(each);
  assert.deepEqual(steps(), [["fetch", "t[3] to be read on, of which nothing waits here"]]);
  assert.equal(state.flow(1), "resume");
  assert.deepEqual(steps(), []);
});
