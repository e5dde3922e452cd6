import assert from "node:assert/strict";
import type { FaultRun } from "../integration/support/fault_run.ts";
import { Feeder } from "../integration/support/feeder.ts";
import { onKafka } from "../integration/support/on_kafka.ts";
import { assertDelivered } from "../integration/support/verify.ts";

const STEPS = 20;
const PARTITIONS = 4;
/** Longer than the session timeout: the group drops who is stopped so long. */
const LONG_STOP_MS = 8_000;

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

onKafka("Consumers that come, go, are killed and are stopped at random lose nothing", async (bed) => {
  const seed = Number(Deno.env.get("DATAPY_TEST_SEED") ?? 286_019);
  const random = randomFrom(seed);
  const [topic, group] = [await bed.topic(PARTITIONS), bed.group()];
  const feeder = bed.use(Feeder.start(bed.admin, topic, PARTITIONS));
  const all: FaultRun[] = [];
  let live: FaultRun[] = [];
  let losses = 0; // assignments that ended with a message in work, at most
  const start = () => {
    const job = bed.run({ work_ms: 3, consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
    all.push(job);
    live.push(job);
  };
  const steps: string[] = [];
  try {
    for (let step = 0; step < STEPS; step++) {
      const job = live[Math.floor(random() * live.length)];
      const dice = random();
      losses += live.length + 1; // each step may be a rebalance for everybody
      if (job === undefined || (live.length < 4 && dice < 0.4)) {
        steps.push("start");
        start();
      } else if (dice < 0.6) {
        steps.push("SIGTERM");
        live = live.filter((other) => other !== job);
        await job.logged(/\t/); // before it has said anything it may not listen to signals yet
        job.signal("SIGTERM");
        assert.equal(await job.exitCode(), 0, job.log.join("\n"));
      } else if (dice < 0.75) {
        steps.push("SIGKILL");
        live = live.filter((other) => other !== job);
        job.signal("SIGKILL");
      } else {
        const ms = random() < 0.3 ? LONG_STOP_MS : Math.floor(random() * 1_000);
        steps.push(`SIGSTOP for ${ms} ms`);
        job.signal("SIGSTOP");
        await pass(ms);
        job.signal("SIGCONT");
        losses += live.length;
      }
      await pass(Math.floor(random() * 1_500));
      for (const other of live) assert.equal(other.running, true, other.log.join("\n"));
    }
    if (live.length === 0) start();
    const sent = await feeder.stop();
    await bed.committedAll(group, topic, 60_000);
    for (const job of live) job.signal("SIGTERM");
    for (const job of live) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    assertDelivered(sent, all.flatMap((job) => job.ended), losses);
  } catch (error) {
    throw new Error(`DATAPY_TEST_SEED=${seed}: ${steps.join(", ")}`, { cause: error });
  }
});
