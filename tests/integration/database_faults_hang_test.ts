/** A statement that does not come back: the signal that a processor hands on frees the drain. */
import assert from "node:assert/strict";
import { onServer } from "../support/postgres.ts";
import { onKafka } from "./support/on_kafka.ts";
import { serverPids, signalPids } from "./support/server_process.ts";
import { assertDelivered } from "./support/verify.ts";
import type { WriteRun } from "./support/write_run.ts";
import { durablePostgres, handSession, WriteScene } from "./support/write_scene.ts";
import { assertOrders, readMessages } from "./support/written.ts";

const MESSAGES = 20;
/** The last commit, closing what is open, and a busy machine; far less than the statements would take. */
const BOUND_MS = 15_000;
const DRAIN = { shutdown_drain_timeout_s: 1 };

/** Stops a job in whose first message a statement hangs: it ends soon, and says which offset is not committed. */
async function stopsInTime(scene: WriteScene, job: WriteRun): Promise<void> {
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(BOUND_MS), 1, job.log.join("\n"));
  assert.match(job.failure, /\[0\]@0/);
  assert.deepEqual(job.failed.map(({ kind }) => kind), ["unavailable"], "the statement was given up");
  assert.match(job.failed[0]?.text ?? "", /it was aborted/);
  assert.equal(await scene.committed(), 0);
}

/** A job that runs afterwards writes everything once. */
async function goesOn(scene: WriteScene): Promise<void> {
  const next = scene.start(["insert", "upsert"]);
  await scene.committedAll();
  await next.stop();
  assertDelivered(scene.ids, await readMessages(scene.read), 0);
  await assertOrders(scene.read, scene.ids);
}

/** The sessions of the job on the server that do something. */
const ACTIVE = "SELECT FROM pg_stat_activity WHERE application_name = 'hanging' AND state <> 'idle'";

const shared = await durablePostgres();

async function onShared(bed: Parameters<typeof WriteScene.onPostgres>[0]) {
  const scene = await WriteScene.onPostgres(bed, shared.url, MESSAGES);
  const url = `${scene.url}?application_name=hanging`;
  const isActive = async () => (await onServer(shared.url, ACTIVE)).length > 0;
  return { scene, url, isActive };
}

onKafka(
  "An insert that waits for a lock, and SIGTERM: its signal frees the drain, the server keeps nothing",
  async (bed) => {
    const { scene, url, isActive } = await onShared(bed);
    const other = await handSession(bed, scene.url);
    await other("BEGIN; LOCK TABLE orders");
    const job = scene.start(["insert", "upsert"], { database: { url }, consumer: DRAIN });
    await bed.waitFor(
      async () => (await onServer(scene.url, "SELECT FROM pg_locks WHERE NOT granted")).length > 0,
      "the insert to wait",
    );
    await stopsInTime(scene, job);
    await bed.waitFor(async () => !await isActive(), "the end of the statement on the server");
    await other("ROLLBACK");
    await goesOn(scene);
  },
);

onKafka(
  "A query that sleeps, and SIGTERM: its signal frees the drain, the server keeps nothing",
  async (bed) => {
    const { scene, url, isActive } = await onShared(bed);
    const job = scene.start(["insert"], {
      database: { url },
      query: "SELECT pg_sleep(600)",
      consumer: DRAIN,
    });
    await bed.waitFor(isActive, "the query");
    await stopsInTime(scene, job);
    await bed.waitFor(async () => !await isActive(), "the end of the statement on the server");
    await goesOn(scene);
  },
);

onKafka(
  "A PostgreSQL that is stopped by SIGSTOP, and SIGTERM: the drain ends although nobody answers",
  async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    const url = `${scene.url}?application_name=hanging`;
    const job = scene.start(["insert"], {
      database: { url },
      query: "SELECT pg_sleep(600)",
      consumer: DRAIN,
    });
    await bed.waitFor(async () => (await onServer(server.url, ACTIVE)).length > 0, "the query");
    const { server: main, sessions } = await serverPids(server.url, "hanging");
    await signalPids("STOP", [...sessions, main]);
    try {
      await stopsInTime(scene, job);
    } finally {
      await signalPids("CONT", [...sessions, main]);
    }
    await goesOn(scene);
  },
);

onKafka(
  "A COMMIT that is not answered, and SIGTERM: the job ends all the same, the message comes again",
  async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    await onServer(server.url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"); // none will ever answer
    await onServer(server.url, "SELECT pg_reload_conf()");
    const job = scene.start(["insert", "upsert"], { consumer: DRAIN });
    await bed.waitFor(
      async () =>
        (await onServer(server.url, "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).length > 0,
      "a commit that waits",
    );
    job.signal("SIGTERM");
    // nothing cancels a commit: the drain's bound, that of closing what is open, and no more
    assert.equal(await job.exitCode(2 * BOUND_MS), 1, job.log.join("\n"));
    assert.match(job.failure, /\[0\]@0/);
    assert.equal(await scene.committed(), 0);
    await onServer(server.url, "ALTER SYSTEM RESET synchronous_standby_names");
    await onServer(server.url, "SELECT pg_reload_conf()");
    await scene.settled();
    const next = scene.start(["insert", "upsert"]);
    await scene.committedAll();
    await next.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 1);
    await assertOrders(scene.read, scene.ids);
  },
);

onKafka(
  "An insert that waits for a lock beyond max_processing_s: it is given up, and tried again by on_error",
  async (bed) => {
    const { scene, url } = await onShared(bed);
    const other = await handSession(bed, scene.url);
    await other("BEGIN; LOCK TABLE orders");
    const job = scene.start(["insert", "upsert"], {
      database: { url },
      consumer: { max_processing_s: 1, on_error: "retry", max_retries: 20 },
    });
    await job.hasFailed(/it was aborted/);
    assert.equal(await scene.committed(), 0);
    await other("ROLLBACK");
    await scene.committedAll();
    await job.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 0);
    await assertOrders(scene.read, scene.ids);
  },
);

for (
  const [what, query] of [
    ["A query of DuckDB's that reads without end", "SELECT sum(hash(range)) FROM range(1000000000000)"],
    [
      "A statement of DuckDB's that writes without end",
      "INSERT INTO audit SELECT range, 1 FROM range(1000000000000) WHERE hash(range) = 1",
    ],
  ] as const
) {
  onKafka(`${what}, and SIGTERM: its signal frees the drain`, async (bed) => {
    const scene = await WriteScene.onDuckDb(bed, MESSAGES);
    const job = scene.start(["insert"], { query, consumer: DRAIN });
    await job.until(() => job.begun.length > 0, "the first message");
    await stopsInTime(scene, job);
    await goesOn(scene);
  });
}
