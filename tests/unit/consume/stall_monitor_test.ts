import assert from "node:assert/strict";
import { watchStalls } from "../../../src/consume/stall_monitor.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { Harness } from "./harness.ts";

/** Until the monitor looks by itself, in milliseconds. */
const TICK_MS = 500;
const SESSION_MS = 6_000;

/** A watched event loop that can be held. */
function watched(current: readonly string[] = ["orders[0]@12"]) {
  const clock = new ManualClock();
  const log = new RecordingLogger();
  const watch = watchStalls({ clock, log, sessionTimeoutMs: SESSION_MS, current: () => current });
  return {
    log,
    clock,
    /** Nothing runs for a while beyond the next look. */
    hold: async (ms: number) => {
      clock.jump(TICK_MS + ms);
      await clock.advance(0);
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}

Deno.test("watchStalls says once what held the event loop for longer than a third of the session timeout", async () => {
  using loop = watched(["orders[0]@12", "orders[1]@7"]);
  await loop.hold(SESSION_MS / 3 + 1);
  assert.deepEqual(loop.log.lines.map(({ level, message }) => [level, message]), [[
    "warning",
    "The event loop was held for 2001 ms while processing orders[0]@12, orders[1]@7: heartbeats waited; " +
    "beyond 6000 ms the group drops this consumer",
  ]]);
  await loop.clock.advance(60_000);
  assert.equal(loop.log.lines.length, 1, "it is said once");
  await loop.hold(SESSION_MS);
  assert.match(loop.log.messages("warning")[1] ?? "", /held for 6000 ms/, "and the next time again");
});

Deno.test("watchStalls says nothing of a third of the session timeout, nor of a loop that runs", async () => {
  using loop = watched();
  await loop.clock.advance(60_000);
  for (let i = 0; i < 3; i++) await loop.hold(SESSION_MS / 3);
  assert.deepEqual(loop.log.lines, []);
});

Deno.test("watchStalls names no message where none is in work", async () => {
  using loop = watched([]);
  await loop.hold(SESSION_MS);
  assert.match(loop.log.messages("warning")[0] ?? "", /held for 6000 ms: heartbeats waited/);
});

Deno.test("watchStalls looks no more once it is disposed", async () => {
  const loop = watched();
  loop[Symbol.dispose]();
  await loop.hold(SESSION_MS);
  assert.deepEqual(loop.log.lines, []);
});

Deno.test("PollLoop says which message held the event loop, with topic, partition and offset", async () => {
  const harness = new Harness();
  await harness.assign(1, 3, 12);
  harness.clock.jump(TICK_MS + 45_000 / 3 + 1);
  await harness.clock.advance(0);
  assert.match(harness.log.messages("warning")[0] ?? "", /held for 15001 ms while processing t\[3\]@12/);
  harness.call.succeed();
  harness.control.requestStop();
  await harness.clock.advance(0);
  assert.ok(harness.outcome?.stats, "the loop has ended");
});
