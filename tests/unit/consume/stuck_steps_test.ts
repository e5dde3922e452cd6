/** Each own step of a consumer gets stuck in silence, on the memory driver: it goes on, or ends and says why. */
import assert from "node:assert/strict";
import { LOOK_MS } from "../../../src/consume/watchdog.ts";
import type { ProcessorContext } from "../../../src/consume/processor.ts";
import { errorText, kindOf } from "../../../src/core/errors.ts";
import type { OwnStep } from "../../../src/core/vitals.ts";
import type { Gate } from "../../../src/kafka/memory/faults.ts";
import { settle } from "../../support/manual_clock.ts";
import { MemoryBench } from "./memory_bench.ts";
import { BOUNDS } from "./test_settings.ts";

type Requests = MemoryBench["broker"]["requests"];

const success = () => ({ status: "success" }) as const;

/** Where each step's requests pass, and what it waits for. */
const STEPS: readonly {
  readonly step: OwnStep;
  readonly gate: (requests: Requests) => Gate;
  readonly waitsFor: string;
}[] = [
  { step: "connect", gate: ({ connect }) => connect.gate, waitsFor: "a session for t" },
  { step: "join", gate: ({ join }) => join.gate, waitsFor: 'the answer of group "g"' },
  { step: "fetch", gate: ({ fetch }) => fetch.gate, waitsFor: "the answer of the broker for t[0]" },
  { step: "commit", gate: ({ commit }) => commit.gate, waitsFor: 'the answer of group "g" to a commit' },
];

for (const { step, gate, waitsFor } of STEPS) {
  const bound = BOUNDS[step];
  const isWarning = (line: string) =>
    line.startsWith(`warning: ${step} has waited for `) &&
    line.includes(` s, for ${waitsFor}: no answer and no failure; in `);

  Deno.test(`PollLoop is made anew where one ${step} is never answered, and goes on`, async () => {
    const bench = new MemoryBench();
    bench.append(3);
    gate(bench.broker.requests).loseNext();
    const run = bench.consume(success);
    const madeAnew: OwnStep[] = [];
    run.observers.add({ madeAnew: (_, step) => void madeAnew.push(step) });
    await bench.clock.advance(bound + 2 * LOOK_MS);
    assert.equal(run.told.filter(isWarning).length, 1, run.told.join("\n"));
    const [stuck] = run.vitals.steps;
    assert.deepEqual([stuck?.step, stuck?.waitsFor, stuck?.boundMs], [step, waitsFor, bound]);
    assert.notEqual(bench.committed(), 3);
    await bench.clock.advance(bound);
    assert.ok(run.told.some((line) => line.includes("making the consumer anew")), run.told.join("\n"));
    assert.deepEqual([madeAnew, bench.committed(), run.outcome], [[step], 3, undefined]);
    await bench.clock.advance(3 * 3_600_000);
    assert.deepEqual([madeAnew.length, run.outcome], [1, undefined], "it works from then on");
    run.control.requestStop();
    await bench.clock.advance(0);
    assert.deepEqual(run.outcome, {});
  });

  Deno.test(`PollLoop ends where no ${step} is ever answered, and names it`, async () => {
    const bench = new MemoryBench();
    bench.append(3);
    gate(bench.broker.requests).loseNext(1_000);
    const run = bench.consume(success);
    await bench.clock.advance(2 * bound + 2 * LOOK_MS);
    assert.deepEqual([run.outcome], [undefined]);
    await bench.clock.advance(bound + 2 * LOOK_MS + 60_000);
    assert.equal(kindOf(run.outcome?.error), "unavailable");
    const why = errorText(run.outcome?.error);
    assert.ok(why.startsWith(`Cannot consume t by group "g": ${step} has waited for `), why);
    assert.ok(why.includes(` s, for ${waitsFor}, although the consumer was made anew `), why);
    assert.notEqual(bench.committed(), 3);
  });
}

Deno.test("PollLoop leaves a session that does not close, with a warning, whether it stops or is made anew", async () => {
  const bench = new MemoryBench();
  bench.append(3);
  bench.broker.requests.fetch.gate.loseNext();
  bench.broker.requests.close.gate.loseNext(2);
  const run = bench.consume(success);
  await bench.clock.advance(2 * BOUNDS.fetch + 2 * LOOK_MS);
  assert.deepEqual(run.vitals.steps.map(({ step }) => step), ["connect", "close"]);
  await bench.clock.advance(BOUNDS.close);
  assert.equal(bench.committed(), 3, "the new one did not wait for ever");
  const left = () =>
    run.told.filter((line) => /^warning: Cannot close the session of group "g" within 6 s/.test(line));
  assert.equal(left().length, 1);
  run.control.requestStop();
  await bench.clock.advance(BOUNDS.close);
  assert.deepEqual([left().length, run.outcome], [2, {}]);
});

Deno.test("PollLoop stops at once while it is made anew", async () => {
  const bench = new MemoryBench();
  bench.broker.requests.join.gate.loseNext(1_000);
  bench.broker.requests.close.gate.loseNext();
  const run = bench.consume(success);
  await bench.clock.advance(2 * BOUNDS.join + 2 * LOOK_MS);
  run.control.requestStop();
  await bench.clock.advance(BOUNDS.close);
  assert.deepEqual(run.outcome, {});
  assert.deepEqual(bench.broker.group("g").memberIds, [], "no session is left");
});

Deno.test("PollLoop closes a session that comes when another has taken its place", async () => {
  const bench = new MemoryBench();
  bench.append(1);
  using hold = bench.broker.requests.connect.gate.hold();
  const run = bench.consume(success);
  await bench.clock.advance(2 * BOUNDS.connect + 2 * LOOK_MS);
  hold.release();
  await bench.clock.advance(0);
  assert.deepEqual([bench.broker.group("g").memberIds.length, bench.committed()], [1, 1]);
  run.control.requestStop();
  await bench.clock.advance(0);
  assert.deepEqual(bench.broker.group("g").memberIds, []);
});

Deno.test("PollLoop that is made anew fences what it was working on: no offset twice at a time, no commit of the old", async () => {
  const bench = new MemoryBench(2);
  bench.append(3, 0);
  const calls: { offset: number; context: ProcessorContext; end: (error?: Error) => void }[] = [];
  const run = bench.consume((message, context) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: "success" }>();
    const end = (error?: Error) => error === undefined ? resolve({ status: "success" }) : reject(error);
    calls.push({ offset: message.offset, context, end });
    return promise;
  });
  await bench.clock.advance(1_000);
  bench.broker.requests.fetch.gate.loseNext();
  bench.append(1, 1); // and its fetch is never answered
  await bench.clock.advance(2 * BOUNDS.fetch + 3 * LOOK_MS);
  assert.deepEqual(calls.map(({ offset }) => offset), [0], "it still runs, so it is not begun again");
  assert.equal(calls[0]?.context.signal.aborted, true, "its signal fires");
  assert.deepEqual(
    run.vitals.partitions.map(({ partition }) => partition),
    [0, 1],
    "the new session has both",
  );
  calls[0]?.end();
  await settle();
  assert.equal(bench.committed(0), 0, "its success commits nothing");
  assert.equal(calls[1]?.offset, 0, "it comes again now that it has settled");
  assert.equal(calls[1]?.context.signal.aborted, false);
  for (let i = 1; i < 5; i++) {
    calls[i]?.end();
    await settle();
  }
  assert.deepEqual([bench.committed(0), bench.committed(1)], [3, 1]);
  run.control.requestStop();
  await bench.clock.advance(0);
  assert.deepEqual(run.outcome, {});
});

Deno.test("PollLoop that is made anew does not count an error of what it was working on", async () => {
  const bench = new MemoryBench(2);
  bench.append(1, 0);
  let attempts = 0;
  const run = bench.consume((_, { signal }) => {
    if (++attempts > 1) return { status: "success" };
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await bench.clock.advance(1_000);
  bench.broker.requests.fetch.gate.loseNext();
  bench.append(1, 1);
  await bench.clock.advance(2 * BOUNDS.fetch + 3 * LOOK_MS);
  assert.deepEqual([run.log.messages("error"), bench.committed(0), bench.committed(1)], [[], 1, 1]);
  run.control.requestStop();
  await bench.clock.advance(0);
});

Deno.test("PollLoop is never made anew for a message: not in its processor, not in a back-off, not in its dead letter", async () => {
  const bench = new MemoryBench(3);
  for (const partition of [0, 1, 2]) bench.append(1, partition);
  const run = bench.consume(
    ({ partition }) => partition === 0 ? new Promise(() => {}) : { status: "error", error: "bad" },
    {
      maxConcurrency: 3,
      errors: {
        onError: "retry",
        maxRetries: 1,
        retryBackoffMs: [100 * 3_600_000],
        recoveryTimeoutMs: 300_000,
      },
    },
  );
  await bench.clock.advance(3 * 3_600_000);
  assert.deepEqual(run.vitals.work.map(({ stage }) => stage), ["processor", "back-off", "back-off"]);
  const letters = new MemoryBench();
  letters.append(1);
  const dead = letters.consume(() => ({ status: "error", error: "bad" }), {}, {
    topic: "dead",
    write: () => new Promise(() => {}),
  });
  await letters.clock.advance(3 * 3_600_000);
  assert.deepEqual(dead.vitals.work.map(({ stage }) => stage), ["dead letter"]);
  for (const each of [run, dead]) {
    assert.deepEqual(each.told.filter((line) => /has waited|anew/.test(line)), []);
    assert.equal(each.outcome, undefined);
    each.control.requestStop();
  }
  await Promise.all([bench.clock.advance(60_000), letters.clock.advance(60_000)]);
  assert.match(errorText(run.outcome?.error), /Cannot drain within 30 s: t\[0\]@0/);
});

Deno.test("PollLoop that stops is not made anew, whatever is stuck: its drain has a bound of its own", async () => {
  const bench = new MemoryBench(2);
  bench.append(1, 0);
  const run = bench.consume(() => new Promise(() => {}), { drainTimeoutMs: 3_600_000 });
  await bench.clock.advance(1_000);
  bench.broker.requests.fetch.gate.loseNext();
  bench.append(1, 1);
  await bench.clock.advance(1_000);
  run.control.requestStop();
  await bench.clock.advance(3_600_000 - 10_000);
  assert.deepEqual(run.told.filter((line) => /has waited|anew/.test(line)), []);
  assert.deepEqual([run.vitals.state, run.outcome], ["draining", undefined]);
  await bench.clock.advance(20_000);
  assert.match(errorText(run.outcome?.error), /Cannot drain within 3600 s: t\[0\]@0 had not ended/);
});
