import assert from "node:assert/strict";
import { failureReport, reportOf } from "./report.ts";
import { run } from "./run.ts";
import { Scene } from "./scene.ts";
import { makeSchedule } from "./schedule.ts";
import { verify } from "./verifier.ts";

/** Of those whose first 40 seconds have a SIGKILL, a zombie, a broker that is killed, a database that crashes, a lock and a cut. */
const SEED = 4730;
const MINUTES = 0.65;

Deno.test("Under chaos three consumers lose nothing, repeat no more than they may, and keep the order", async () => {
  const seed = Number(Deno.env.get("DATAPY_TEST_SEED") ?? SEED);
  const faults = makeSchedule(seed, { minutes: MINUTES });
  await using scene = await Scene.start();
  const said: string[] = [];
  const outcome = await run(scene, faults, {
    seed,
    forMs: MINUTES * 60_000,
    pace: { perSecond: 100, backlog: 1_000, total: Infinity },
    consumers: 3,
    partitions: 6,
    spared: 0,
    direct: false,
    untilAllSent: false,
    say: (line) => said.push(line),
  });
  const verdict = verify(outcome.history);
  const again = `deno task chaos --seed ${seed} --minutes ${MINUTES} --rate 100`;
  assert.deepEqual(
    verdict.violations,
    [],
    [reportOf(outcome, verdict), ...said, failureReport(outcome, faults, again)].join("\n"),
  );
  assert.ok(outcome.faults >= 7 && verdict.counts.rows > 500, reportOf(outcome, verdict));
});
