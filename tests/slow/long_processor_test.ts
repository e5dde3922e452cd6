import assert from "node:assert/strict";
import { onKafka } from "../integration/support/on_kafka.ts";

onKafka("A processor of 60 s with a session timeout of 10 s: processed once and committed", async (bed) => {
  const [topic, group] = [await bed.topic(), bed.group()];
  await bed.send(topic, 1);
  const job = bed.run({
    work_ms: 60_000,
    config: { "session.timeout.ms": 10_000, "heartbeat.interval.ms": 3_000 },
    consumers: [{ topics: [topic], group_id: group, deed: "work" }],
  });
  await job.hasBegun(1);
  const members = await bed.admin.members(group);
  await job.hasEnded(1, 90_000);
  await bed.committedAll(group, topic);
  assert.deepEqual(await bed.admin.members(group), members, "the group has kept it all the time");
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0);
  assert.deepEqual(job.told.map(({ what }) => what), ["begin", "end"]);
});
