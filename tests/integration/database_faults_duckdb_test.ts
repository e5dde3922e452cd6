/** Jobs on a real Kafka whose DuckDB file is full, deleted, replaced, or cannot be checkpointed. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { sharedBroker, testUnless } from "../support/broker.ts";
import { Bed } from "./support/bed.ts";
import { makeDuckDb } from "./support/duckdb_tables.ts";
import { onKafka } from "./support/on_kafka.ts";
import { NO_SMALL_DISK, SmallDisk } from "./support/small_disk.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";
import { DUCKDB_FILE, WriteScene } from "./support/write_scene.ts";
import { assertLines, assertOrders, countedByOrders, readMessages } from "./support/written.ts";
import { TABLES } from "./support/write_model.ts";

const broker = await sharedBroker();

/** A test whose `data/` is a disk of so many KiB. */
const onSmallDisk = (kib: number, name: string, test: (bed: Bed, disk: SmallDisk) => Promise<void>) =>
  testUnless(NO_SMALL_DISK, name, () =>
    Bed.with(broker, async (bed) => {
      const disk = bed.use(await SmallDisk.mount(`${bed.folder}/data`, kib));
      await test(bed, disk);
    }));

onSmallDisk(
  12_000,
  "DuckDB on a full disk: the message waits, and the job goes on when there is space",
  async (bed, disk) => {
    const scene = await WriteScene.onDuckDb(bed, 150);
    const job = scene.start(["insert", "upsert", "lines"], {
      pad: 10_000,
      consumer: { on_error: "continue" },
    });
    await job.hasEnded(10);
    await disk.fill(100);
    const failed = await job.hasFailed(/No space left on device|full/);
    await job.until(() => job.failed.length >= 3, "three attempts");
    const waiting = job.failed.at(-1)?.offset;
    assert.equal(waiting, failed.offset, "it is one message that waits");
    assert.equal(await scene.committed(), waiting);
    await disk.clear();
    await scene.committedAll(60_000);
    await job.stop();
    assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
    assertNothingSkipped(job.begun);
    assertDelivered(scene.ids, await readMessages(scene.read), job.failed.length);
    await assertOrders(scene.read, scene.ids);
    await assertLines(scene.read, scene.ids);
  },
);

onSmallDisk(
  12_000,
  "DuckDB on a disk that is full until recovery_timeout_s: exit 1 and why, and nothing is lost",
  async (bed, disk) => {
    const scene = await WriteScene.onDuckDb(bed, 150);
    const job = scene.start(["insert", "upsert"], { pad: 10_000, consumer: { recovery_timeout_s: 2 } });
    await job.hasEnded(10);
    await disk.fill(100);
    assert.equal(await job.exitCode(), 1, job.log.join("\n"));
    assert.match(job.failure, /No space left on device|full/);
    const count = await countedByOrders(scene.read);
    await assertOrders(scene.read, scene.ids.slice(0, count));
    const committed = await scene.committed();
    assert.ok(
      committed === count || committed === count - 1,
      `${committed} are committed, ${count} are in the file`,
    );
    await disk.clear();
    const next = scene.start(["insert", "upsert"], { pad: 10_000 });
    await scene.committedAll(60_000);
    await next.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 1);
    await assertOrders(scene.read, scene.ids);
  },
);

onSmallDisk(
  60_000,
  "DuckDB whose own checkpoint finds the disk full: what it has committed is kept, and written once",
  async (bed, disk) => {
    const scene = await WriteScene.onDuckDb(bed, 300);
    const job = scene.start(["insert", "upsert"], { pad: 40_000 }); // it is at 16 MiB of log, at some 200 messages
    await job.hasEnded(120, 60_000);
    await disk.fill(10_000); // enough for the log, not for the checkpoint
    await job.hasFailed(/No space left on device/, 60_000);
    await job.until(() => job.failed.length >= 3, "three attempts");
    assert.equal(await scene.committed(), job.failed[0]?.offset);
    await disk.clear();
    await scene.committedAll(60_000);
    await job.stop();
    assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
    assertNothingSkipped(job.begun);
    assertDelivered(scene.ids, await readMessages(scene.read), 0);
    await assertOrders(scene.read, scene.ids);
  },
);

const CHANGES: Readonly<Record<string, (file: string) => Promise<void>>> = {
  "deleted": (file) => Deno.remove(file),
  "deleted with its log": async (file) => {
    for (const name of [file, `${file}.wal`]) await Deno.remove(name);
  },
  "deleted with its folder": (file) => Deno.remove(dirname(file), { recursive: true }),
  "replaced": async (file) => {
    const other = `${file}.new`;
    await makeDuckDb(other, TABLES);
    await Deno.rename(other, file);
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  onKafka(
    `DuckDB's file ${what} while the job runs: what is committed from then on is in the new one`,
    async (bed) => {
      const scene = await WriteScene.onDuckDb(bed, 300);
      const start = () => scene.start(["insert"], { create_table: true });
      const job = start();
      await job.hasEnded(20);
      await change(`${bed.folder}/${DUCKDB_FILE}`);
      const from = await scene.committed(); // one more may have been written and not committed yet
      await job.hasFailed(/its file was deleted or replaced/);
      await job.hasEnded(from + 40);
      job.signal("SIGKILL"); // closing the file cannot save what is not in it
      assert.equal(await job.exited, 137);
      await scene.settled();
      assert.ok(await scene.committed() < scene.ids.length, "it was over before");
      const next = start();
      await scene.committedAll(60_000);
      await next.stop();
      const messages = await readMessages(scene.read);
      assertDelivered(scene.ids.slice(from + 1), messages.filter(({ offset }) => offset > from), 1);
    },
  );
}

onKafka(
  "DuckDB's file deleted, in a job that makes no tables: exit 78 and why, the message uncommitted",
  async (bed) => {
    const scene = await WriteScene.onDuckDb(bed, 200);
    const job = scene.start(["insert"]);
    await job.hasEnded(20);
    await Deno.remove(`${bed.folder}/${DUCKDB_FILE}`);
    assert.equal(await job.exitCode(), 78, job.log.join("\n"));
    await job.logged(/WARNING.*its file was deleted or replaced/);
    assert.match(job.failure, /messages/);
    assert.equal(await scene.committed(), job.failed[0]?.offset);
  },
);
