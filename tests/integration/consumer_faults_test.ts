import assert from "node:assert/strict";
import { Feeder } from "./support/feeder.ts";
import { holdDatabase } from "./support/database_holder.ts";
import { onKafka } from "./support/on_kafka.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";

onKafka("Consumers that join and leave while messages flow lose nothing", async (bed) => {
  const topic = await bed.topic(4);
  const group = bed.group();
  const feeder = bed.use(Feeder.start(bed.admin, topic, 4));
  const start = () =>
    bed.run({ work_ms: 2, consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
  const first = start();
  await first.hasEnded(20);
  const second = start();
  await second.hasEnded(50); // it has got its share
  const third = start();
  await third.hasEnded(50);
  first.signal("SIGTERM");
  assert.equal(await first.exitCode(), 0);
  await second.hasEnded(150);
  second.signal("SIGTERM");
  assert.equal(await second.exitCode(), 0);
  const fourth = start();
  await fourth.hasEnded(50);
  const sent = await feeder.stop();
  await bed.committedAll(group, topic);
  const jobs = [first, second, third, fourth];
  for (const job of [third, fourth]) {
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0);
  }
  // five rebalances, each of which may take one message in work from each member
  assertDelivered(sent, jobs.flatMap((job) => job.ended), 5 * jobs.length);
});

onKafka("A processor that forgets an await: exit 78, the mod named, the message uncommitted", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 2);
  const job = bed.run({
    url: "duckdb:forgotten.duckdb",
    consumers: [{ topics: [topic], group_id: group, deed: "insert without await" }],
  });
  assert.equal(await job.exitCode(), 78);
  assert.match(job.failure, /database_insert.*await/);
  assert.equal(await bed.committed(group, topic), 0);
});

onKafka(
  "A database that stays locked beyond recovery_timeout_s: exit 1, the message uncommitted",
  async (bed) => {
    const topic = await bed.topic();
    const group = bed.group();
    const file = "data/messages.duckdb";
    await bed.send(topic, 2);
    await using _holder = await holdDatabase(bed.folder, file);
    const params = { on_error: "continue", recovery_timeout_s: 1 };
    const job = bed.run({
      url: `duckdb:${file}`,
      consumers: [{ topics: [topic], group_id: group, deed: "insert", params }],
    });
    assert.equal(await job.exitCode(), 1);
    assert.ok(job.failure.includes(`${topic}[0]@0`) && job.failure.includes(file), job.failure);
    assert.ok(job.begun.every(({ offset }) => offset === 0));
    assert.equal(await bed.committed(group, topic), 0);
  },
);

onKafka("A job logs nothing per message above DEBUG", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  const sent = await bed.send(topic, 2_000);
  const job = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
  await bed.committedAll(group, topic);
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0);
  assertDelivered(sent, job.ended, 0);
  assertNothingSkipped(job.begun);
  const summaries = job.log.filter((line) => /Processed \d+ messages, Errors: 0/.test(line));
  assert.ok(summaries.length >= 2, job.log.join("\n"));
  assert.ok(job.log.length < 20, job.log.join("\n"));
});
