import assert from "node:assert/strict";
import { insertedMessages } from "../integration/support/duckdb_file.ts";
import { holdDatabase } from "../integration/support/database_holder.ts";
import { onKafka } from "../integration/support/on_kafka.ts";
import { assertDelivered } from "../integration/support/verify.ts";

const LOCKED_MS = 20_000;

onKafka(
  "A database that another process holds for 20 s: the job waits, skips nothing, and goes on",
  async (bed) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    const file = "data/messages.duckdb";
    const sent = await bed.send(topic, 100);
    const holder = bed.use(await holdDatabase(bed.folder, file));
    const job = bed.run({
      url: `duckdb:${file}`,
      consumers: [{ topics: [topic], group_id: group, deed: "insert", params: { on_error: "continue" } }],
    });
    await job.hasBegun(1);
    await new Promise((resolve) => setTimeout(resolve, LOCKED_MS));
    assert.equal(job.running, true);
    assert.ok(job.begun.every(({ offset }) => offset === 0), "it is the first message that waits");
    assert.equal(await bed.committed(group, topic), 0);
    const warning = await job.logged(/\[0\]@0 is unavailable/);
    assert.ok(warning.includes("WARNING") && warning.includes(file), warning);

    await holder.send("release");
    assert.equal(await holder.exitCode(), 0);
    await bed.committedAll(group, topic, 60_000);
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0);
    assert.deepEqual(job.log.filter((line) => line.includes("ERROR")), []);
    assertDelivered(sent, await insertedMessages(`${bed.folder}/${file}`), 0);
  },
);
