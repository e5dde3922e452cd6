/** Jobs on a real Kafka whose PostgreSQL has no space left: for its tables, or for its log of writes. */
import assert from "node:assert/strict";
import { sharedBroker, testUnless } from "../support/broker.ts";
import { onServer } from "../support/postgres.ts";
import { Bed } from "./support/bed.ts";
import { shell } from "./support/server_process.ts";
import { NO_SMALL_DISK, SmallDisk } from "./support/small_disk.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";
import type { WriteRun } from "./support/write_run.ts";
import { durablePostgres, WriteScene } from "./support/write_scene.ts";
import { assertOrders, readMessages } from "./support/written.ts";

const broker = await sharedBroker();
const MESSAGES = 150;
const PAD = 20_000;

const onSmallDisk = (name: string, test: (bed: Bed) => Promise<void>) =>
  testUnless(NO_SMALL_DISK, name, () => Bed.with(broker, test));

const dataOf = async (url: string) => String((await onServer(url, "SHOW data_directory"))[0]?.[0]);

/** After the end of the fault: everything is there once, but for what was in a commit whose answer was lost. */
async function assertAll(scene: WriteScene, job: WriteRun, unknown: number): Promise<void> {
  await scene.committedAll(60_000);
  await job.stop();
  assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
  assertNothingSkipped(job.begun);
  assertDelivered(scene.ids, await readMessages(scene.read), unknown);
  await assertOrders(scene.read, scene.ids);
}

onSmallDisk(
  "PostgreSQL without space for its tables (53100): the message waits, then goes on",
  async (bed) => {
    const server = bed.use(await durablePostgres());
    const disk = bed.use(await SmallDisk.forOwnerOf(await dataOf(server.url), 20_000));
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    bed.use({
      // the scene's database is dropped before, in which the tables are
      [Symbol.asyncDispose]: async () =>
        void await onServer(scene.url, "DROP TABLE messages, orders").then(() =>
          onServer(scene.url, "DROP TABLESPACE small")
        ),
    });
    await onServer(scene.url, `CREATE TABLESPACE small LOCATION '${disk.folder}'`);
    for (const table of ["messages", "orders"]) {
      await onServer(scene.url, `ALTER TABLE ${table} SET TABLESPACE small`);
    }
    const job = scene.start(["insert", "upsert"], { pad: PAD });
    await job.hasEnded(10);
    await disk.fill(0);
    const failed = await job.hasFailed(/could not extend file.*SQLSTATE 53100/);
    await job.until(() => job.failed.length >= 3, "three attempts");
    assert.equal(job.failed.at(-1)?.offset, failed.offset, "it is one message that waits");
    assert.equal(await scene.committed(), failed.offset);
    await disk.clear();
    await assertAll(scene, job, 0);
  },
);

onSmallDisk(
  "PostgreSQL without space for its log of writes, which ends the server: nothing is lost",
  async (bed) => {
    const server = bed.use(await durablePostgres({ min_wal_size: "2MB", max_wal_size: "4MB" }));
    const data = await dataOf(server.url);
    const disk = bed.use(await SmallDisk.forOwnerOf(data, 40_000));
    const scene = await WriteScene.onPostgres(bed, server.url, 4 * MESSAGES);
    await server.stop();
    await shell(
      'cp -Rp "$1"/pg_wal "$2"/pg_wal && rm -r "$1"/pg_wal && ln -s "$2"/pg_wal "$1"/pg_wal',
      data,
      disk.folder,
    );
    await server.restart();
    const job = scene.start(["insert", "upsert"], { pad: 2 * PAD });
    await job.hasEnded(10);
    await disk.fill(0);
    await job.hasFailed(/./);
    await job.until(() => job.failed.length >= 3, "three attempts");
    await disk.clear();
    await server.crash();
    await server.restart();
    await assertAll(scene, job, 1);
  },
);
