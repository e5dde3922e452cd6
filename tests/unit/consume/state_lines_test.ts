/** No state of a consumer lasts without a line in the log: each is entered on the memory driver, and lasts. */
import assert from "node:assert/strict";
import { STATE_LINES } from "../../../src/consume/state_lines.ts";
import type { ConsumerState } from "../../../src/core/vitals.ts";
import { MemoryBench, type Run } from "./memory_bench.ts";

const success = () => ({ status: "success" }) as const;
const never = () => new Promise<never>(() => {});
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Scene {
  readonly bench: MemoryBench;
  readonly run: Run;
}

/** How each state comes about, and the line that tells of it; all states, or this does not compile. */
const STATES: Readonly<
  Record<ConsumerState, { enter(): Promise<Scene>; line: RegExp; others?: RegExp } | "is over">
> = {
  connecting: {
    async enter() {
      const bench = new MemoryBench();
      bench.broker.requests.connect.gate.hold();
      return { bench, run: await begun(bench, success) };
    },
    line: /^info: Still connecting, to read t: .* \(for (6\d s|\d+ min) so far\)/,
    others: /^warning: connect has waited/,
  },
  joining: {
    async enter() {
      const bench = new MemoryBench();
      bench.broker.requests.join.gate.hold();
      return { bench, run: await begun(bench, success) };
    },
    line: /^info: Still joining group "g": it waits for its other members.* \(for (6\d s|\d+ min) so far\)/,
    others: /^warning: join has waited/,
  },
  waiting: {
    async enter() {
      const bench = new MemoryBench();
      await begun(bench, success);
      return { bench, run: await begun(bench, success) };
    },
    line:
      /^info: Nothing to do: group "g" has more members than t has partitions; this one takes over .* \(for (6\d s|\d+ min|\d+ h) so far\)/,
  },
  consuming: {
    async enter() {
      const bench = new MemoryBench(2);
      bench.append(3);
      return { bench, run: await begun(bench, success) };
    },
    line: /^info: Nothing to read: t\[0,1\] have no new messages \(for (\d+ min|\d+ h) so far\)/,
  },
  draining: {
    async enter() {
      const bench = new MemoryBench();
      bench.append(1);
      const run = await begun(bench, never, 24 * HOUR_MS);
      run.control.requestStop();
      await bench.clock.advance(0);
      return { bench, run };
    },
    line:
      /^info: Still stopping: waiting for t\[0\]@0, at most 86400 s in all \(for (6\d s|\d+ min) so far\)/,
    others: /^(info: Stopping: waiting for t\[0\]@0|warning: t\[0\]@0 is in work)/,
  },
  closed: "is over",
};

async function begun(
  bench: MemoryBench,
  processor: typeof success | typeof never,
  drainTimeoutMs = 30_000,
): Promise<Run> {
  const run = bench.consume(processor, { drainTimeoutMs });
  await bench.clock.advance(1_000);
  return run;
}

for (const [state, scene] of Object.entries(STATES)) {
  if (scene === "is over") continue;
  const { firstMs, everyMs } = STATE_LINES[state as ConsumerState];
  const { enter, line, others = /^$/ } = scene;

  Deno.test(`StateTeller tells of a consumer that is ${state} for long, first and then rarely, and of nothing else`, async () => {
    const { bench, run } = await enter();
    const before = run.told.length;
    const lines = () => run.told.slice(before).filter((told) => !others.test(told));
    assert.equal(run.vitals.state, state);
    await bench.clock.advance(firstMs - 10_000);
    assert.deepEqual(lines(), []);
    await bench.clock.advance(15_000);
    assert.equal(lines().length, 1);
    await bench.clock.advance(everyMs - 10_000);
    assert.equal(lines().length, 1);
    await bench.clock.advance(10_000);
    // a step that nobody answers does not last so long: the watchdog has ended it
    if (run.outcome === undefined) assert.equal(lines().length, 2);
    for (const each of lines()) assert.match(each, line);
  });
}

Deno.test("StateTeller says nothing of a consumer that has something to do, and begins anew after it", async () => {
  const bench = new MemoryBench();
  const run = await begun(bench, success);
  for (let i = 0; i < 20; i++) {
    await bench.clock.advance(5 * MINUTE_MS);
    bench.append(1);
  }
  await bench.clock.advance(0);
  const idle = () => run.told.filter((told) => told.includes("Nothing to read"));
  assert.deepEqual([idle(), bench.committed()], [[], 20]);
  await bench.clock.advance(11 * MINUTE_MS);
  assert.equal(idle().length, 1);
  run.control.requestStop();
  await bench.clock.advance(0);
});

Deno.test("StateTeller does not call a long message nothing to read, and counts from its end", async () => {
  const bench = new MemoryBench();
  bench.append(1);
  const end = Promise.withResolvers<{ status: "success" }>();
  const run = bench.consume(() => end.promise);
  await bench.clock.advance(3 * HOUR_MS);
  const idle = () => run.told.filter((told) => told.includes("Nothing to read"));
  end.resolve({ status: "success" });
  await bench.clock.advance(9 * MINUTE_MS);
  assert.deepEqual(idle(), []);
  await bench.clock.advance(2 * MINUTE_MS);
  assert.match(idle()[0] ?? "", /for 10 min so far/);
  run.control.requestStop();
  await bench.clock.advance(0);
});

Deno.test("LongWork names a message that is long in work: after a minute, each time its age has doubled, then hourly", async () => {
  const bench = new MemoryBench();
  bench.append(1);
  const run = bench.consume(never);
  await bench.clock.advance(5 * HOUR_MS);
  const lines = run.log.lines.filter(({ level }) => level === "warning");
  assert.deepEqual(
    lines.map(({ message }) =>
      message.replace(/^t\[0\]@0 is in work for (\d+) s, now in its processor$/, "$1")
    ),
    ["60", "120", "240", "480", "960", "1920", "3840", "7440", "11040", "14640"],
  );
  assert.deepEqual(lines[0]?.fields, { topic: "t", partition: 0, offset: 0n });
  run.control.requestStop();
  await bench.clock.advance(40_000);
  assert.ok(run.outcome);
});
