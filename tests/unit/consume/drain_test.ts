import assert from "node:assert/strict";
import fc from "fast-check";
import { drain, LAST_COMMIT_MS } from "../../../src/consume/drain.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

const times = fc.record({
  timeoutMs: fc.nat(60_000),
  /** When what is in flight settles; undefined is never. */
  idleMs: fc.option(fc.nat(60_000), { nil: undefined }),
  /** How long the last commit takes; undefined is for ever. */
  commitMs: fc.option(fc.nat(10_000), { nil: undefined }),
});

Deno.test("drain() ends within its bounds, aborts exactly what is late, and always tries the last commit", async () => {
  await fc.assert(
    fc.asyncProperty(times, async ({ timeoutMs, idleMs, commitMs }) => {
      const clock = new ManualClock();
      const after = (ms: number | undefined) =>
        ms === undefined ? new Promise<void>(() => {}) : clock.sleep(ms);
      const happened: string[] = [];
      let result: string | undefined;
      drain({
        clock,
        timeoutMs,
        idle: () => after(idleMs),
        abort: () => void happened.push("abort"),
        lastCommit: () => (happened.push("commit"), after(commitMs)),
      }).then(({ kind }) => result = kind);
      await settle();
      await clock.advance(timeoutMs + LAST_COMMIT_MS);
      const inTime = idleMs !== undefined && idleMs <= timeoutMs;
      const committed = commitMs !== undefined && commitMs <= LAST_COMMIT_MS;
      // at the very moment of a deadline either may win
      if (idleMs === timeoutMs || commitMs === LAST_COMMIT_MS) return;
      assert.equal(result, inTime && committed ? "drained" : "expired");
      assert.deepEqual(happened, inTime ? ["commit"] : ["abort", "commit"]);
    }),
    { numRuns: 100 },
  );
});
