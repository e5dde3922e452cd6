import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import fc from "fast-check";
import { VirtualClock } from "../../../src/testing/virtual_clock.ts";

Deno.test("VirtualClock runs timers by their time, those of the same time by their making, and is never early", () =>
  fc.assert(fc.property(fc.array(fc.nat(20)), (waits) => {
    const clock = new VirtualClock();
    const ran: [number, number][] = [];
    waits.forEach((ms, i) =>
      clock.timer(ms, () => {
        assert.equal(clock.now(), ms);
        ran.push([ms, i]);
      })
    );
    while (clock.advance());
    const sorted = waits.map((ms, i): [number, number] => [ms, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    assert.deepEqual(ran, sorted);
  })));

Deno.test("VirtualClock ends a sleep at once when its signal fires, and leaves no timer", async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const sleep = clock.sleep(1000, abort.signal);
  abort.abort();
  await sleep;
  await clock.sleep(1000, abort.signal);
  assert.deepEqual([clock.advance(), clock.now()], [false, 0]);
});

Deno.test("VirtualClock runs no timer that was disposed, or made or left after its end", () => {
  const clock = new VirtualClock();
  clock.timer(1, () => assert.fail("it was disposed"))[Symbol.dispose]();
  clock.timer(1, () => assert.fail("the clock was stopped"));
  clock.stop();
  clock.timer(1, () => assert.fail("the clock was stopped before"));
  assert.equal(clock.advance(), false);
});

Deno.test("VirtualClock runs a timer in the async context of who made it", () => {
  const names = new AsyncLocalStorage<string>();
  const clock = new VirtualClock();
  let name: string | undefined;
  names.run("maker", () => clock.timer(1, () => name = names.getStore()));
  names.run("other", () => clock.advance());
  assert.equal(name, "maker");
});
