import assert from "node:assert/strict";
import type { Bed } from "./support/bed.ts";
import type { Deed } from "./support/fault_job.ts";
import { onKafka } from "./support/on_kafka.ts";

/** A job that has begun the first of three messages. */
async function begun(bed: Bed, deed: Deed, params: Record<string, unknown> = {}) {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 3);
  const job = bed.run({ consumers: [{ topics: [topic], group_id: group, deed, params }] });
  await job.hasBegun(1);
  return { job, topic, group };
}

onKafka(
  "SIGTERM and a message that does not end: exit 1 after the drain timeout, its offset named",
  async (bed) => {
    const { job, topic, group } = await begun(bed, "never end", { shutdown_drain_timeout_s: 1 });
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 1);
    assert.deepEqual(job.told.map(({ what, offset }) => `${what} ${offset}`), ["begin 0", "aborted 0"]);
    assert.ok(job.failure.includes(`${topic}[0]@0`), job.failure);
    assert.equal(await bed.committed(group, topic), 0, "the message comes again");
  },
);

onKafka("A second SIGINT ends a draining job at once with exit 130", async (bed) => {
  const { job, topic, group } = await begun(bed, "never end");
  job.signal("SIGINT");
  await job.logged(/Stopping/);
  const again = setInterval(() => job.signal("SIGINT"), 50); // one that comes at once is an echo of the first
  try {
    assert.equal(await job.exitCode(10_000), 130); // a third of the drain timeout
  } finally {
    clearInterval(again);
  }
  assert.equal(await bed.committed(group, topic), 0);
});

onKafka("A SIGINT that deno task hands on as well counts once: the message ends, and exit 0", async (bed) => {
  const { job, topic, group } = await begun(bed, "wait for a line");
  job.signal("SIGINT");
  job.signal("SIGINT");
  await job.logged(/Stopping: waiting/);
  await job.send("go on");
  assert.equal(await job.exitCode(), 0);
  assert.equal(await bed.committed(group, topic), 1);
});

onKafka("A second SIGTERM changes nothing", async (bed) => {
  const { job, topic, group } = await begun(bed, "wait for a line");
  job.signal("SIGTERM");
  await job.logged(/Stopping/);
  job.signal("SIGTERM");
  await job.send("go on");
  assert.equal(await job.exitCode(), 0);
  assert.deepEqual(job.told.map(({ what, offset }) => `${what} ${offset}`), ["begin 0", "end 0"]);
  assert.equal(await bed.committed(group, topic), 1);
});

onKafka(
  "SIGTERM while a message waits for its retry: exit 0, the message neither skipped nor committed",
  async (bed) => {
    const { job, topic, group } = await begun(bed, "fail", { on_error: "retry", retry_backoff_ms: [60_000] });
    await job.logged(/trying again in 60000 ms/);
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0);
    assert.equal(await bed.committed(group, topic), 0);
  },
);

onKafka(
  "SIGTERM while the event loop is held: the message ends, is committed, and no other begins",
  async (bed) => {
    const topic = await bed.topic();
    const group = bed.group();
    await bed.send(topic, 3);
    const job = bed.run({
      work_ms: 2_000,
      consumers: [{ topics: [topic], group_id: group, deed: "hold the loop" }],
    });
    await job.hasBegun(1);
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0);
    const ended = job.ended.length; // the signal may be seen before or after the next message was handed out
    assert.ok(ended === 1 || ended === 2, `${ended} messages ended`);
    assert.equal(await bed.committed(group, topic), ended);
  },
);

onKafka("SIGTERM while the group waits for a member that does not answer: exit 0", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 1);
  const start = () =>
    bed.run({
      config: { "session.timeout.ms": 45_000 },
      consumers: [{ topics: [topic], group_id: group, deed: "never end" }],
    });
  const silent = start();
  await silent.hasBegun(1);
  silent.signal("SIGSTOP");
  const joining = start();
  await joining.logged(/Connected/);
  await bed.waitFor(async () => (await bed.admin.members(group)).length === 2, "the second member to join");
  joining.signal("SIGTERM");
  assert.equal(await joining.exitCode(), 0, joining.log.join("\n"));
  assert.deepEqual(joining.told, []);
  assert.equal((await bed.admin.members(group)).length, 1, "it has left the group");
});

onKafka(
  "on_error stop: exit 1, the failed message uncommitted, the others of the process drained",
  async (bed) => {
    const topics = { good: await bed.topic(), bad: await bed.topic() };
    const groups = { good: bed.group(), bad: bed.group() };
    await bed.send(topics.good, 3, 1, "good");
    const job = bed.run({
      consumers: [
        { topics: [topics.good], group_id: groups.good, deed: "wait for a line" },
        { topics: [topics.bad], group_id: groups.bad, deed: "fail", params: { on_error: "stop" } },
      ],
    });
    await job.hasBegun(1);
    await bed.send(topics.bad, 2, 1, "bad");
    await job.logged(/Stopping: waiting for/);
    await job.send("go on");
    assert.equal(await job.exitCode(), 1);
    assert.deepEqual(job.ended.map(({ id }) => id), ["good-0"]);
    assert.deepEqual(
      [await bed.committed(groups.good, topics.good), await bed.committed(groups.bad, topics.bad)],
      [1, 0],
    );
    assert.match(job.failure, /\[0\]@0.*this message fails/);
  },
);
