/** Jobs killed while they commit, by each way of writing: what is in the database is what a prefix of the topic makes. */
import assert from "node:assert/strict";
import { onKafka } from "../integration/support/on_kafka.ts";
import { assertDelivered } from "../integration/support/verify.ts";
import type { Write } from "../integration/support/write_job.ts";
import { durablePostgres, WriteScene } from "../integration/support/write_scene.ts";
import { assertLines, assertOrders, countedByOrders, readMessages } from "../integration/support/written.ts";
import type { Bed } from "../integration/support/bed.ts";

const KILLS = 12;
const MESSAGES = 1_000;

/** Ways of writing that leave the same rows however often a message comes; `orders` tells how far they have come. */
const WAYS: Readonly<Record<string, readonly Write[]>> = {
  "upserts": ["upsert", "audit"],
  "updates": ["update", "audit"],
  "replaced children": ["upsert", "lines"],
  "plain inserts beside upserts": ["insert", "upsert"],
};

const shared = await durablePostgres();

const DATABASES: Readonly<Record<string, (bed: Bed) => Promise<WriteScene>>> = {
  DuckDB: (bed) => WriteScene.onDuckDb(bed, MESSAGES),
  PostgreSQL: (bed) => WriteScene.onPostgres(bed, shared.url, MESSAGES),
};

/** The tables hold what some first messages of the topic make, whole; the group has committed these, or one less. */
async function assertWhole(scene: WriteScene, writes: readonly Write[], kills: number): Promise<void> {
  const count = await countedByOrders(scene.read);
  const written = scene.ids.slice(0, count);
  await assertOrders(scene.read, written);
  if (writes.includes("audit")) await assertOrders(scene.read, written, "audit");
  if (writes.includes("lines")) await assertLines(scene.read, written);
  if (writes.includes("insert")) assertDelivered(written, await readMessages(scene.read), kills);
  const committed = await scene.committed();
  assert.ok(
    committed === count || committed === count - 1,
    `${committed} are committed, ${count} are in the database`,
  );
}

for (const [database, prepare] of Object.entries(DATABASES)) {
  for (const [way, writes] of Object.entries(WAYS)) {
    onKafka(
      `${database}: ${KILLS} SIGKILLs while ${way} are committed: each leaves a whole prefix`,
      async (bed) => {
        const scene = await prepare(bed);
        let from = 0;
        for (let kill = 1; kill <= KILLS; kill++) {
          const job = scene.start(writes);
          await job.until(() => job.begun.length >= 10 + kill, "some messages", 60_000);
          // at another moment of a commit each time, which takes some milliseconds
          await new Promise((resolve) => setTimeout(resolve, kill));
          job.signal("SIGKILL");
          assert.equal(await job.exited, 137);
          await scene.settled();
          await assertWhole(scene, writes, kill);
          assert.equal(job.begun[0]?.offset, from, "it began at what was committed");
          from = await scene.committed();
        }
        const last = scene.start(writes);
        await scene.committedAll(60_000);
        await last.stop();
        await assertWhole(scene, writes, KILLS);
        assert.equal(await countedByOrders(scene.read), MESSAGES);
      },
    );
  }
}
