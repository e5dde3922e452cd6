/** Jobs on a real Kafka whose PostgreSQL fails in ways that are over within seconds; tests/slow has the longer ones. */
import assert from "node:assert/strict";
import { onServer } from "../support/postgres.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { Connection } from "../../src/database/postgres/connection.ts";
import { readLocation } from "../../src/database/postgres/location.ts";
import { onKafka } from "./support/on_kafka.ts";
import { serverPids, signalPids } from "./support/server_process.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";
import { durablePostgres, handSession, WriteScene } from "./support/write_scene.ts";
import { assertLines, assertOrders, readMessages } from "./support/written.ts";

const MESSAGES = 60;
const shared = await durablePostgres({ deadlock_timeout: "50ms" });

/** The url through a port of this machine, as another application. */
function through(url: string, port: number | undefined, application = "write-job"): string {
  const changed = new URL(url);
  if (port !== undefined) changed.port = String(port);
  changed.searchParams.set("application_name", application);
  return changed.href;
}

for (const [how, end] of [["restarted", "stop"], ["ended at once", "crash"]] as const) {
  onKafka(`PostgreSQL ${how} five times: upserts are exact, a plain insert may come twice`, async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, 200);
    const job = scene.start(["insert", "upsert", "lines"], { consumer: { on_error: "continue" } });
    for (let time = 1; time <= 5; time++) {
      await job.hasEnded(30 * time, 30_000);
      await server[end]();
      await server.restart();
    }
    await scene.committedAll(60_000);
    await job.stop();
    const messages = await readMessages(scene.read);
    assertDelivered(scene.ids, messages, 5);
    assertNothingSkipped(job.begun);
    await assertOrders(scene.read, scene.ids);
    await assertLines(scene.read, scene.ids);
    assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
  });
}

onKafka(
  "COMMITs whose answers are lost: upserts are exact, a plain insert comes twice, nothing is lost",
  async (bed) => {
    let commits = 0;
    let cuts = 0;
    const onBytes = (text: string) => {
      if (!text.includes("COMMIT") || ++commits % 5 !== 0) return "pass";
      cuts++;
      return "pass_and_cut";
    };
    const proxy = bed.use(new TcpProxy(shared.port, onBytes));
    const scene = await WriteScene.onPostgres(bed, shared.url, MESSAGES);
    const job = scene.start(["insert", "upsert", "lines"], {
      database: { url: through(scene.url, proxy.port) },
    });
    await scene.committedAll(60_000);
    await job.stop();
    assert.ok(cuts >= MESSAGES / 5, `${cuts} commits were cut`);
    const messages = await readMessages(scene.read);
    assertDelivered(scene.ids, messages, cuts);
    assert.equal(messages.length, MESSAGES + cuts, "each of these commits had reached the server");
    await assertOrders(scene.read, scene.ids);
    await assertLines(scene.read, scene.ids);
    assert.equal(job.failed.find(({ text = "" }) => !text.includes("not known")), undefined);
  },
);

/** A commit that takes a while: before it is durable, or once it is, when it waits for a standby that never comes. */
const SLOW_COMMITS = [
  {
    when: "before it is durable",
    begin: [
      "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN NEW; END $$",
      "CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED " +
      "FOR EACH ROW WHEN (NEW.version >= 40) EXECUTE FUNCTION wait()",
    ],
    isThere: "wait_event = 'PgSleep'",
    end: ["DROP TRIGGER wait ON orders"],
    again: 0,
  },
  {
    when: "when it is durable and not answered yet",
    begin: ["ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"],
    isThere: "wait_event = 'SyncRep'",
    end: ["ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"],
    again: 1,
  },
];

for (const { when, begin, isThere, end, again } of SLOW_COMMITS) {
  onKafka(`PostgreSQL's session killed by SIGKILL in its COMMIT, ${when}: upserts are exact`, async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    const job = scene.start(["insert", "upsert", "lines"], {
      database: { url: through(scene.url, undefined) },
    });
    await job.hasEnded(20);
    for (const statement of begin) await onServer(scene.url, statement);
    const find =
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'write-job' AND query = 'COMMIT' AND ${isThere}`;
    const pid = await bed.waitFor(
      async () => (await onServer(server.url, find))[0]?.[0] as string | undefined,
      "a commit that waits",
    );
    await signalPids("KILL", [pid]); // the server ends all sessions, and recovers
    await job.hasFailed(/not known whether they are there/);
    for (const statement of end) {
      await bed.waitFor(() => onServer(scene.url, statement).then(() => true, () => false), "the server");
    }
    await scene.committedAll(60_000);
    await job.stop();
    const messages = await readMessages(scene.read);
    assertDelivered(scene.ids, messages, again);
    assert.equal(messages.length, MESSAGES + again);
    await assertOrders(scene.read, scene.ids);
    await assertLines(scene.read, scene.ids);
  });
}

onKafka(
  "PostgreSQL stopped by SIGSTOP beyond the statement timeout: the message waits and is written once more",
  async (bed) => {
    const server = bed.use(await durablePostgres());
    const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
    const url = through(scene.url, undefined);
    const job = scene.start(["insert", "upsert"], {
      database: { url, statement_timeout_s: 0.5, connect_timeout_s: 1 },
    });
    await job.hasEnded(20);
    const { server: main, sessions } = await serverPids(server.url, "write-job");
    const all = [...sessions, main];
    await signalPids("STOP", all);
    try {
      await job.hasFailed(/does not answer|no answer|not known/);
      await job.logged(/no answer within 1 s/); // a further attempt finds no server
    } finally {
      await signalPids("CONT", all);
    }
    await scene.committedAll(60_000);
    await job.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 1);
    await assertOrders(scene.read, scene.ids);
    assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
  },
);

onKafka("PostgreSQL without a connection left (53300): the job waits, then goes on", async (bed) => {
  const server = bed.use(await durablePostgres({ max_connections: "12" }));
  const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
  const held: Connection[] = [];
  const free = async () => void await Promise.all(held.splice(0).map((connection) => connection.close()));
  bed.use({ [Symbol.asyncDispose]: free });
  for (let isFull = false; !isFull;) {
    await Connection.open(readLocation(scene.url)).then((c) => held.push(c), () => isFull = true);
  }
  const job = scene.start(["insert"]);
  await job.logged(/too many clients already \(SQLSTATE 53300\)/);
  await job.hasFailed(/53300/);
  assert.equal(await scene.committed(), 0);
  await free();
  await scene.committedAll();
  await job.stop();
  assertDelivered(scene.ids, await readMessages(scene.read), 0);
});

onKafka(
  "Two jobs that write the same rows in opposite order: deadlocks are tried again, all is written",
  async (bed) => {
    const scene = await WriteScene.onPostgres(bed, shared.url, 100);
    const other = bed.group();
    // each table has a row that all messages change: the two jobs meet there, each with the other's lock
    await onServer(
      scene.url,
      `CREATE TABLE counts (name text PRIMARY KEY, n int); INSERT INTO counts VALUES ('orders', 0), ('audit', 0);
    CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE counts SET n = n + 1 WHERE name = TG_TABLE_NAME; PERFORM pg_sleep(0.005); RETURN NEW; END $$;
    CREATE TRIGGER count_it AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION count_it();
    CREATE TRIGGER count_it AFTER INSERT OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION count_it()`,
    );
    const jobs = [scene.start(["upsert", "audit"]), scene.start(["audit", "upsert"], { group_id: other })];
    await scene.committedAll(60_000);
    await bed.committedAll(other, scene.topic, 60_000);
    for (const job of jobs) await job.stop();
    const failed = jobs.flatMap((job) => job.failed);
    assert.ok(failed.some(({ text = "" }) => text.includes("40P01")), "there was no deadlock");
    assert.equal(failed.find(({ kind }) => kind !== "unavailable"), undefined);
    for (const job of jobs) {
      assertNothingSkipped(job.begun);
      assertDelivered(scene.ids, job.ended, 0);
    }
    const counts = await scene.read("SELECT name, n FROM counts ORDER BY name");
    assert.deepEqual(counts, [["audit", "200"], ["orders", "200"]], "each job has written each message once");
  },
);

onKafka("Two jobs under serializable isolation: failures are tried again, all is written", async (bed) => {
  const scene = await WriteScene.onPostgres(bed, shared.url, 800); // so many that both are at work for long
  const name = new URL(scene.url).pathname.slice(1);
  await onServer(scene.url, `ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
  const other = bed.group();
  const jobs = [scene.start(["insert", "upsert"]), scene.start(["insert", "upsert"], { group_id: other })];
  await scene.committedAll(60_000);
  await bed.committedAll(other, scene.topic, 60_000);
  for (const job of jobs) await job.stop();
  const failed = jobs.flatMap((job) => job.failed);
  assert.ok(failed.some(({ text = "" }) => text.includes("40001")), "nothing failed to serialize");
  assert.equal(failed.find(({ kind }) => kind !== "unavailable"), undefined);
  const messages = await readMessages(scene.read);
  assertDelivered(scene.ids, messages, scene.ids.length);
  assert.equal(messages.length, 2 * scene.ids.length, "each of the two has written each message once");
});

onKafka(
  "A table locked by ALTER for a while: the job waits beyond its statement timeout, then goes on",
  async (bed) => {
    const scene = await WriteScene.onPostgres(bed, shared.url, MESSAGES);
    const other = await handSession(bed, scene.url);
    const job = scene.start(["insert", "upsert"], { database: { url: scene.url, statement_timeout_s: 0.3 } });
    await job.hasEnded(20);
    await other("BEGIN; ALTER TABLE orders ADD COLUMN more TEXT");
    await job.hasFailed(/gave the statement up after statement_timeout_s/);
    const before = job.failed.length;
    await job.until(() => job.failed.length > before, "a further attempt");
    await other("COMMIT");
    await scene.committedAll();
    await job.stop();
    assertDelivered(scene.ids, await readMessages(scene.read), 0);
    await assertOrders(scene.read, scene.ids);
  },
);

/** What an administrator does while the job runs, and what the job says before it ends with 78. */
const MISTAKES: readonly (readonly [what: string, sql: string, said: RegExp])[] = [
  ["A column dropped", "ALTER TABLE orders DROP COLUMN version", /version/],
  ["A table dropped", "DROP TABLE orders", /orders/],
  ["A permission revoked", "REVOKE INSERT, UPDATE ON orders FROM clerk", /permission denied .*42501/],
  [
    "A password changed",
    "ALTER ROLE clerk PASSWORD 'other'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'",
    /password authentication failed for user "clerk" .*28P01/,
  ],
];

for (const [what, sql, said] of MISTAKES) {
  onKafka(`${what} while the job runs: it ends with 78 and why, the message uncommitted`, async (bed) => {
    const scene = await WriteScene.onPostgres(bed, shared.url, MESSAGES);
    await onServer(
      scene.url,
      `CREATE ROLE clerk LOGIN PASSWORD 'open-sesame'; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO clerk`,
    );
    bed.use({
      [Symbol.asyncDispose]: async () =>
        void await onServer(scene.url, "DROP OWNED BY clerk; DROP ROLE clerk"),
    });
    const login = new URL(scene.url);
    [login.username, login.password] = ["clerk", ""];
    const job = scene.start(["insert", "upsert"], {
      database: { url: login.href, password: "open-sesame" },
      consumer: { on_error: "continue" },
    });
    await scene.committedAll();
    await onServer(scene.url, sql);
    const ids = await scene.sendMore(3);
    assert.equal(await job.exitCode(), 78, job.log.join("\n"));
    assert.match(job.failure, said);
    assert.ok(!job.log.join("\n").includes("sesame"));
    assert.equal(await scene.committed(), MESSAGES);
    const messages = await readMessages(scene.read);
    assertDelivered(ids.slice(0, MESSAGES), messages, 0); // the call's other table was undone
  });
}

onKafka(
  "A password changed on the server and in the file that the job reads it from: the job goes on",
  async (bed) => {
    const scene = await WriteScene.onPostgres(bed, shared.url, MESSAGES);
    await Deno.mkdir(`${bed.folder}/data`);
    const secret = `${bed.folder}/data/password`;
    const change = async (password: string) => {
      await onServer(scene.url, `ALTER ROLE teller PASSWORD '${password}'`);
      await Deno.writeTextFile(secret, password);
      await onServer(
        scene.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'teller'",
      );
    };
    await onServer(
      scene.url,
      "CREATE ROLE teller LOGIN; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO teller",
    );
    bed.use({
      [Symbol.asyncDispose]: async () =>
        void await onServer(scene.url, "DROP OWNED BY teller; DROP ROLE teller"),
    });
    await change("open-sesame");
    const login = new URL(scene.url);
    [login.username, login.password] = ["teller", ""];
    const job = scene.start(["insert", "upsert"], {
      database: { url: login.href, password: `\${file:${secret}}` },
    });
    await scene.committedAll();
    await change("close-sesame");
    const ids = await scene.sendMore(20);
    await scene.committedAll();
    await job.stop();
    assertDelivered(ids, await readMessages(scene.read), 1);
    await assertOrders(scene.read, ids);
    assert.ok(!job.log.join("\n").includes("sesame"));
  },
);
