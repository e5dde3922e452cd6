import assert from "node:assert/strict";
import { onOwnKafka } from "../integration/support/on_own_kafka.ts";
import type { Deed } from "../integration/support/fault_job.ts";
import type { FaultRun } from "../integration/support/fault_run.ts";
import { Feeder } from "../integration/support/feeder.ts";
import { assertDelivered, assertNothingSkipped } from "../integration/support/verify.ts";

/** How long a broker is stopped, in seconds; the longer time is beyond request.timeout.ms (30 s) as well. */
const PAUSES_S = [25, 40];
/** A broker that was killed takes about 12 s to start again. */
const RESTART_BOUND_MS = 90_000;

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function stopAsAsked(...jobs: readonly FaultRun[]): Promise<void> {
  for (const job of jobs) job.signal("SIGTERM");
  for (const job of jobs) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
}

for (const pauseS of PAUSES_S) {
  onOwnKafka(
    `A broker that is stopped for ${pauseS} s and resumed: the job goes on and loses nothing`,
    async (bed, broker) => {
      // shorter and longer than the pause: one is dropped by the group, the other is not
      const runs = await Promise.all([6_000, 45_000].map(async (sessionMs) => {
        const [topic, group] = [await bed.topic(2), bed.group()];
        const before = await bed.send(topic, 600, 2, "before");
        const job = bed.run({
          work_ms: 10,
          config: { "session.timeout.ms": sessionMs },
          consumers: [{ topics: [topic], group_id: group, deed: "work" }],
        });
        return { topic, group, before, job };
      }));
      for (const { job } of runs) await job.hasEnded(50);
      await broker.pause();
      await pass(pauseS * 1_000);
      await broker.resume();
      for (const { topic, group, before, job } of runs) {
        const sent = [...before, ...await bed.send(topic, 100, 2, "after")];
        await bed.committedAll(group, topic, 60_000);
        await stopAsAsked(job);
        assertDelivered(sent, job.ended, 2);
        assertNothingSkipped(job.begun);
      }
    },
  );
}

onOwnKafka(
  "A broker that is killed and starts again: the job goes on and loses nothing",
  async (bed, broker) => {
    const [topic, group] = [await bed.topic(2), bed.group()];
    const feeder = bed.use(Feeder.start(bed.admin, topic, 2));
    const job = bed.run({ work_ms: 1, consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
    await job.hasEnded(100);
    await broker.kill();
    await broker.restart();
    const before = job.ended.length;
    await job.hasEnded(before + 200, RESTART_BOUND_MS);
    const sent = await feeder.stop();
    await bed.committedAll(group, topic, RESTART_BOUND_MS);
    await stopAsAsked(job);
    assertDelivered(sent, job.ended, 2);
    assertNothingSkipped(job.begun);
  },
);

onOwnKafka(
  "A broker that stays away longer than recovery_timeout_s: exit 1 and why, the message uncommitted",
  async (bed, broker) => {
    const [busy, idle] = [await bed.topic(), await bed.topic()];
    const [busyGroup, idleGroup] = [bed.group(), bed.group()];
    await bed.send(busy, 3);
    const start = (topic: string, group_id: string) =>
      bed.run({
        consumers: [{
          topics: [topic],
          group_id,
          deed: "wait for a line",
          params: { recovery_timeout_s: 5 },
        }],
      });
    const working = start(busy, busyGroup);
    const waiting = start(idle, idleGroup);
    await working.hasBegun(1);
    await waiting.logged(/Assigned/);
    await broker.kill();
    await working.send("go on"); // it ends, and cannot be committed
    for (const job of [working, waiting]) {
      assert.equal(await job.exitCode(60_000), 1, job.log.join("\n"));
      assert.match(job.failure, /out of reach|refused|not reach|Cannot commit offsets/, job.log.join("\n"));
    }
    assert.deepEqual([working.begun.length, working.ended.length], [1, 1]);
    await broker.restart();
    await bed.waitFor(
      async () => await bed.committed(busyGroup, busy).catch(() => undefined) === 0,
      "the offset that was committed",
      RESTART_BOUND_MS,
    );
  },
);

onOwnKafka(
  "SIGTERM while the broker does not answer: what cannot be committed is exit 1, else 0",
  async (bed, broker) => {
    const [busy, idle] = [await bed.topic(), await bed.topic()];
    const [busyGroup, idleGroup] = [bed.group(), bed.group()];
    await bed.send(busy, 2);
    await bed.send(idle, 2);
    const start = (topic: string, group_id: string, deed: Deed) =>
      bed.run({ consumers: [{ topics: [topic], group_id, deed, params: { shutdown_drain_timeout_s: 2 } }] });
    const working = start(busy, busyGroup, "wait for a line");
    const waiting = start(idle, idleGroup, "work");
    await working.hasBegun(1);
    await bed.committedAll(idleGroup, idle);
    await broker.pause();
    await working.send("go on");
    await working.hasEnded(1);
    for (const job of [working, waiting]) job.signal("SIGTERM");
    assert.equal(await waiting.exitCode(30_000), 0, waiting.log.join("\n"));
    assert.equal(await working.exitCode(30_000), 1, working.log.join("\n"));
    assert.match(working.failure, /last commit|\[0\]@0/);
    await broker.resume();
  },
);
