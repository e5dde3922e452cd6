/** An outage of the database is not poison: nothing is skipped, and the job ends as it should, whatever it waits for. */
import assert from "node:assert/strict";
import type { Bed } from "./support/bed.ts";
import { holdDatabase } from "./support/database_holder.ts";
import { onKafka } from "./support/on_kafka.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";
import { DUCKDB_FILE, durablePostgres, WriteScene } from "./support/write_scene.ts";
import { assertOrders, readMessages } from "./support/written.ts";

const MESSAGES = 40;

/** A database that is not to be had now, and how it comes back. */
interface Away {
  readonly scene: WriteScene;
  /** What a job says of it. */
  readonly said: RegExp;
  back(): Promise<void>;
}

const OUTAGES: Readonly<Record<string, (bed: Bed) => Promise<Away>>> = {
  "DuckDB held by another process": async (bed) => {
    const scene = await WriteScene.onDuckDb(bed, MESSAGES);
    const holder = bed.use(await holdDatabase(bed.folder, DUCKDB_FILE));
    const back = async () => {
      await holder.send("release");
      assert.equal(await holder.exitCode(), 0);
    };
    return { scene, said: /another process holds it/, back };
  },
  "PostgreSQL stopped": async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    await server.stop();
    bed.use({ [Symbol.asyncDispose]: () => server.restart() }); // its database is dropped in the end
    return { scene, said: /nothing listens at port/, back: () => server.restart() };
  },
};

for (const [outage, begin] of Object.entries(OUTAGES)) {
  for (const on_error of ["continue", "stop"]) {
    onKafka(`${outage}, with on_error ${on_error}: the message waits, nothing is skipped`, async (bed) => {
      const { scene, said, back } = await begin(bed);
      const job = scene.start(["insert", "upsert"], { consumer: { on_error } });
      await job.until(() => job.failed.length >= 4, "four attempts");
      assert.ok(job.begun.every(({ offset }) => offset === 0), "it is the first message that waits");
      assert.ok(job.failed.every(({ kind, text = "" }) => kind === "unavailable" && said.test(text)));
      assert.equal(await scene.committed(), 0);
      await back();
      await scene.committedAll();
      await job.stop();
      assertDelivered(scene.ids, await readMessages(scene.read), 0);
      await assertOrders(scene.read, scene.ids);
      assertNothingSkipped(job.begun);
      assert.deepEqual(job.log.filter((line) => /ERROR|CRITICAL/.test(line)), []);
    });
  }

  onKafka(`${outage} beyond recovery_timeout_s: exit 1 and why, the message uncommitted`, async (bed) => {
    const { scene, said, back } = await begin(bed);
    const job = scene.start(["insert"], { consumer: { on_error: "continue", recovery_timeout_s: 2 } });
    assert.equal(await job.exitCode(), 1, job.log.join("\n"));
    assert.match(job.failure, said);
    assert.match(job.failure, /\[0\]@0/);
    assert.equal(await scene.committed(), 0);
    await back();
    assert.deepEqual(await readMessages(scene.read), []);
  });

  onKafka(`${outage}, and SIGTERM: exit 0 at once, the message uncommitted`, async (bed) => {
    const { scene, back } = await begin(bed);
    const job = scene.start(["insert"], { consumer: { shutdown_drain_timeout_s: 10 } });
    await job.until(() => job.failed.length >= 3, "three attempts");
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(9_000), 0, job.log.join("\n"));
    assert.equal(await scene.committed(), 0);
    await back();
    const next = scene.start(["insert"]);
    await scene.committedAll();
    await next.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 0);
  });
}

onKafka(
  "A consumer without its PostgreSQL, and one that has it: the other takes over, nothing is lost",
  async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES, 2);
    const there = new URL(scene.url);
    there.port = "1"; // nothing listens there
    const cutOff = scene.start(["insert", "upsert"], { database: { url: there.href } });
    await cutOff.until(() => cutOff.failed.length >= 2, "two attempts");
    const other = scene.start(["insert", "upsert"]);
    await other.hasEnded(MESSAGES / 2); // the partition that was given over
    assert.deepEqual(cutOff.ended, []);
    await cutOff.stop();
    await scene.committedAll();
    await other.stop();
    const messages = await readMessages(scene.read);
    assertDelivered(scene.ids, messages, 0);
    assertNothingSkipped(other.begun);
  },
);

onKafka(
  "Two replicas on one DuckDB file: the second waits for the first, and takes over when it ends",
  async (bed) => {
    const scene = await WriteScene.onDuckDb(bed, 1_500, 2); // enough for the second to find some left
    const first = scene.start(["insert", "upsert"]);
    await first.hasEnded(10);
    const second = scene.start(["insert", "upsert"]);
    await second.hasFailed(/another process holds it/);
    await first.hasEnded(50);
    assert.deepEqual(second.ended, []);
    await first.stop();
    await scene.committedAll();
    await second.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 0);
    assertNothingSkipped([...first.ended, ...second.ended]);
  },
);
