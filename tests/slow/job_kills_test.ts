import assert from "node:assert/strict";
import { insertedMessages } from "../integration/support/duckdb_file.ts";
import { onKafka } from "../integration/support/on_kafka.ts";
import { assertDelivered, assertNothingSkipped } from "../integration/support/verify.ts";

const KILLS = 6;
const MESSAGES = 600;

onKafka(
  "Six SIGKILLs in a row while a job writes into DuckDB: nothing is lost, nothing skipped",
  async (bed) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    const file = `${bed.folder}/data/messages.duckdb`;
    const sent = await bed.send(topic, MESSAGES);
    const start = () =>
      bed.run({
        url: "duckdb:data/messages.duckdb",
        consumers: [{ topics: [topic], group_id: group, deed: "insert" }],
      });

    for (let kill = 1; kill <= KILLS; kill++) {
      const job = start();
      await job.hasBegun(20 + 5 * kill, 60_000); // the killed one is a member until its session ends
      job.signal("SIGKILL");
      assert.equal(await job.exited, 137);
      const written = await insertedMessages(file);
      assertNothingSkipped(written);
      const committed = await bed.committed(group, topic) ?? 0;
      const durable = new Set(written.map(({ offset }) => offset)).size;
      assert.ok(committed <= durable, `${committed} are committed, ${durable} are in the database`);
      assert.ok(written.length - durable <= kill, "each kill may bring one message again");
    }
    const last = start();
    await bed.committedAll(group, topic, 60_000);
    last.signal("SIGTERM");
    assert.equal(await last.exitCode(), 0);
    assertDelivered(sent, await insertedMessages(file), KILLS);
  },
);
