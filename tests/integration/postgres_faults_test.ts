import assert from "node:assert/strict";
import { errorText, kindOf, UnavailableError } from "../../src/core/errors.ts";
import { closeResources } from "../../src/core/resources.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Database, DatabaseOptions } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open.ts";
import { Connection } from "../../src/database/postgres/connection.ts";
import { readLocation } from "../../src/database/postgres/location.ts";
import { dedicatedPostgres, freshDatabase, onServer } from "../support/postgres.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { waitFor, within } from "../support/wait_for.ts";
import { refusal, tableWrite } from "../unit/database/support.ts";

const server = await dedicatedPostgres({ settings: { deadlock_timeout: "100ms" } });

/** A second session, which a test drives by hand. */
type Other = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** A test on a database of its own with a table `t`, and another session on it. */
function onPostgres(
  what: string,
  test: (database: Database, other: Other, url: string) => Promise<void>,
  options: DatabaseOptions = {},
): void {
  Deno.test(`PostgreSQL: ${what}`, async () => {
    await using fresh = await freshDatabase(server.url);
    await onServer(
      fresh.url,
      "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    );
    const database = await openDatabase(fresh.url, options);
    const connection = await Connection.open(readLocation(fresh.url));
    try {
      const other: Other = async (sql) => (await connection.run(sql)).rows;
      await test(database, other, fresh.url);
    } finally {
      await connection.close();
      await database.close();
    }
  });
}

const update = (database: Database, ids: readonly number[], v: string, signal?: AbortSignal) =>
  database.write(
    ids.map((id) => tableWrite({ table: "t", mode: "update", keyColumns: ["id"], rows: [{ id, v }] })),
    { signal },
  );

/** Sessions of this database that do something, or are in a transaction. */
const ACTIVE = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'";

/** Waits until another session waits for a lock. */
const untilBlocked = (other: Other) =>
  waitFor(
    async () => (await other("SELECT FROM pg_locks WHERE NOT granted")).length > 0,
    "a session that waits for a lock",
  );

onPostgres(
  "a deadlock with another transaction is unavailable, and all of the write is undone",
  async (db, other) => {
    await other("SET deadlock_timeout = '1h'"); // ours is the one that notices
    await other("BEGIN; UPDATE t SET v = 'other' WHERE id = 2");
    const writing = refusal(update(db, [1, 2], "ours"), "unavailable");
    await untilBlocked(other);
    await other("UPDATE t SET v = 'other' WHERE id = 1");
    assert.match(await within(writing, "the deadlock"), /deadlock detected \(SQLSTATE 40P01\)/);
    await other("COMMIT");
    assert.deepEqual(await db.query("SELECT v FROM t ORDER BY id"), [{ v: "other" }, { v: "other" }]);
    assert.deepEqual(await update(db, [1, 2], "again"), [1, 1]);
  },
);

onPostgres(
  "a serialization failure is unavailable, and passes when the write is tried again",
  async (_, other, url) => {
    const name = new URL(url).pathname.slice(1);
    await other(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const db = await openDatabase(url, { poolSize: 1 }); // other settings: a pool of its own, opened after the change
    await other("BEGIN; UPDATE t SET v = 'other' WHERE id = 1");
    const writing = refusal(update(db, [1], "ours"), "unavailable");
    await untilBlocked(other);
    await other("COMMIT");
    assert.match(await within(writing, "the failure"), /SQLSTATE 40001/);
    assert.deepEqual(await update(db, [1], "again"), [1]);
    await db.close();
  },
);

onPostgres("a statement that takes too long is unavailable", async (db, other) => {
  await other("BEGIN; UPDATE t SET v = 'other' WHERE id = 1");
  assert.match(
    await refusal(update(db, [1], "ours"), "unavailable"),
    /statement_timeout_s \(SQLSTATE 57014\)/,
  );
  await refusal(db.query("SELECT pg_sleep(10)"), "unavailable");
  await other("ROLLBACK");
  assert.deepEqual(await update(db, [1], "again"), [1]);
}, { statementTimeoutS: 0.3 });

onPostgres("a lock that is not to be had in time is unavailable", async (_, other, url) => {
  await other(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET lock_timeout = '200ms'`);
  const db = await openDatabase(url, { poolSize: 1 });
  await other("BEGIN; UPDATE t SET v = 'other' WHERE id = 1");
  assert.match(await refusal(update(db, [1], "ours"), "unavailable"), /SQLSTATE 55P03/);
  await other("ROLLBACK");
  await db.close();
});

onPostgres("a signal cancels the write on the server, which keeps no lock", async (db, other) => {
  await other("BEGIN; UPDATE t SET v = 'other' WHERE id = 2");
  const stop = new AbortController();
  const writing = refusal(update(db, [1, 2], "ours", stop.signal), "unavailable");
  await untilBlocked(other);
  stop.abort(new Error("enough"));
  assert.match(await within(writing, "the end of the write"), /it was aborted: enough/);
  await waitFor(
    async () => {
      await other("SELECT pg_stat_clear_snapshot()"); // within a transaction it sees the same sessions again and again
      return (await other(ACTIVE)).length === 1;
    },
    "the end of the statement on the server",
  );
  await other("UPDATE t SET v = 'free' WHERE id = 1; COMMIT");
  assert.deepEqual(await update(db, [1, 2], "again"), [1, 1]);
});

onPostgres(
  "a session that the server ends is unavailable, and the next call has another one",
  async (db, other) => {
    const running = refusal(db.query("SELECT pg_sleep(60)"), "unavailable");
    const end =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)'";
    await waitFor(async () => (await other(end)).length > 0, "the statement");
    assert.match(await within(running, "the end"), /57P01|connection was lost/);
    assert.deepEqual(await db.query("SELECT count(*) AS n FROM t"), [{ n: 2n }]);
  },
);

onPostgres(
  "a server that takes no writes any more is unavailable, and asked by another connection the next time",
  async (_, other, url) => {
    const standIn = `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only`;
    await other(`${standIn} = on`);
    const db = await openDatabase(url, { poolSize: 1 }); // its session stays read-only, as one with a standby does
    const text = await refusal(update(db, [1], "ours"), "unavailable");
    assert.match(text, /read-only transaction \(SQLSTATE 25006\)/);
    await refusal(db.query("UPDATE t SET v = 'ours'"), "unavailable");
    await other(`BEGIN; SET TRANSACTION READ WRITE; ${standIn} = off; COMMIT`);
    assert.deepEqual(await update(db, [1], "ours"), [1]);
    await db.close();
  },
);

onPostgres("a commit whose answer is lost says that its outcome is not known", async (_, other, url) => {
  await using proxy = new TcpProxy(server.port, (text) => text.includes("COMMIT") ? "pass_and_cut" : "pass");
  const through = new URL(url);
  through.port = String(proxy.port);
  const db = await openDatabase(through.href);
  const text = await refusal(update(db, [1], "ours"), "unavailable");
  assert.match(text, /it is not known whether they are there/);
  await waitFor(
    async () => (await other("SELECT v FROM t WHERE id = 1"))[0]?.[0] === "ours",
    "the rows all the same",
  );
  await db.close();
});

onPostgres("two that create a table at the same moment both write to it", async (_, other, url) => {
  const all = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((n) => openDatabase(url, { connectTimeoutS: 10 + n })),
  );
  const write = (db: Database, id: number) =>
    db.write([
      tableWrite({ table: "made", createTable: true, mode: "upsert", keyColumns: ["id"], rows: [{ id }] }),
    ]);
  await Promise.all(all.map((db, i) => write(db, i)));
  assert.deepEqual(await other("SELECT count(*) FROM made"), [["6"]]);
  await Promise.all(all.map((db) => db.close()));
});

onPostgres("an upsert leaves alone what a row lacks, NOT NULL or not", async (db, other) => {
  await other(
    "CREATE TABLE n (id int PRIMARY KEY, a text NOT NULL, b int); INSERT INTO n VALUES (1, 'x', 1)",
  );
  const upsert = (row: Record<string, unknown>) =>
    db.write([tableWrite({ table: "n", mode: "upsert", keyColumns: ["id"], rows: [row] })]);
  await upsert({ id: 1, b: 2 });
  const text = await refusal(upsert({ id: 2, b: 5157 }), "permanent");
  assert.match(text, /column "a" of table "n" must not be null/);
  assert.ok(!text.includes("5157"));
  assert.deepEqual(await db.query("SELECT * FROM n"), [{ id: 1, a: "x", b: 2 }]);
});

onPostgres("a key without a unique constraint says what to add", async (db, other) => {
  await other("CREATE TABLE k (id int, v text)");
  const write = db.write([tableWrite({ table: "k", mode: "upsert", keyColumns: ["id"], rows: [{ id: 1 }] })]);
  assert.match(
    await refusal(write, "configuration"),
    /no primary key or unique constraint on just \("id"\).*ADD UNIQUE/s,
  );
});

onPostgres("permissions that are missing are configuration", async (_, other, url) => {
  await other("CREATE ROLE stranger LOGIN PASSWORD 'open-sesame'; GRANT SELECT ON t TO stranger");
  try {
    const login = new URL(url);
    login.username = "stranger";
    login.password = "";
    const db = await openDatabase(login.href, { password: new Secret("open-sesame") });
    assert.match(await refusal(update(db, [1], "x"), "configuration"), /permission denied.*42501/);
    const create = db.write([tableWrite({ table: "made", createTable: true, rows: [{ id: 1 }] })]);
    assert.match(await refusal(create, "configuration"), /permission denied|SQLSTATE 42501/);
    await db.close();
    const wrong = await refusal(
      openDatabase(login.href, { password: new Secret("close-sesame") }),
      "configuration",
    );
    assert.match(wrong, /password authentication failed for user "stranger" \(SQLSTATE 28P01\)/);
    assert.ok(!wrong.includes("sesame"), wrong);
  } finally {
    await other("DROP OWNED BY stranger; DROP ROLE stranger");
  }
});

Deno.test("PostgreSQL: a database, host or port that is not there says so, without the password", async () => {
  const at = (host: string, path = "/datapy") => `postgres://datapy:canary-5157@${host}${path}`;
  const wrong = server.url.replace("datapy:development@", "datapy:canary-5157@");
  const texts = [
    await refusal(openDatabase(wrong), "configuration"),
    await refusal(openDatabase(server.url.replace(/datapy$/, "nowhere")), "configuration"),
    await refusal(openDatabase(at("localhost:1")), "unavailable"),
    await refusal(openDatabase(at("host.invalid") + "?sslmode=disable"), "unavailable"),
  ];
  assert.match(texts[0]!, /28P01/);
  assert.match(texts[1]!, /database "nowhere" does not exist/);
  assert.match(texts[2]!, /nothing listens at port 1 of localhost/);
  assert.match(texts[3]!, /there is no host host.invalid/);
  for (const text of texts) assert.ok(!text.includes("5157"), text);
});

Deno.test("PostgreSQL: a server that accepts and says nothing is given up in time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const url = `postgres://u:p@127.0.0.1:${(listener.addr as Deno.NetAddr).port}/d`;
  const opening = refusal(openDatabase(url, { connectTimeoutS: 0.2 }), "unavailable");
  assert.match(await within(opening, "the timeout"), /no answer within 0.2 s/);
  listener.close();
  await accepting;
  for (const connection of accepted) connection.close();
});

Deno.test("PostgreSQL: a new call works after the server was restarted, or had crashed", async () => {
  await using own = await dedicatedPostgres();
  const db = await openDatabase(own.url);
  try {
    await Promise.all([1, 2, 3].map(() => db.query("SELECT 1 AS n")));
    await own.stop();
    await refusal(db.query("SELECT 1 AS n"), "unavailable");
    await refusal(db.write([tableWrite({ table: "t", rows: [{ id: 1 }] })]), "unavailable");
    await own.restart();
    assert.deepEqual(await db.query("SELECT 1 AS n"), [{ n: 1 }]);
    const running = refusal(db.query("SELECT pg_sleep(60)"), "unavailable");
    await waitFor(
      async () =>
        (await db.query("SELECT 1 AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)'"))
          .length > 0,
      "the statement",
    );
    await own.crash();
    await within(running, "its failure");
    await own.restart();
    assert.deepEqual(await db.write([tableWrite({ table: "t", createTable: true, rows: [{ id: 1 }] })]), [1]);
  } finally {
    await db.close();
  }
});

Deno.test("PostgreSQL: one pool for a url, of the size that was given", async () => {
  const url = `${server.url}?application_name=pool-test`;
  const db = await openDatabase(url, { poolSize: 3 });
  assert.equal(await openDatabase(url, { poolSize: 3 }), db);
  const pids = await Promise.all(
    Array.from({ length: 12 }, () => db.query("SELECT pg_backend_pid() AS pid, pg_sleep(0.01)")),
  );
  assert.equal(new Set(pids.map(([row]) => row?.pid)).size, 3);
  assert.deepEqual(await closeResources(5000), []);
  await assert.rejects(db.query("SELECT 1"), UnavailableError);
  const again = await openDatabase(url, { poolSize: 3 });
  const count = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'pool-test'";
  await waitFor(async () => (await again.query(count))[0]?.n === 1n, "the end of the connections");
  await again.close();
});

Deno.test("PostgreSQL: connections that idle do not keep the process from ending", async () => {
  const script = new URL("./support/postgres_user.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-env", "--allow-read", "--allow-net", script, server.url],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(late);
  assert.deepEqual([code, new TextDecoder().decode(stdout)], [0, "done\n"], new TextDecoder().decode(stderr));
});

onPostgres("an error of a trigger shows none of its words, which may be values", async (db, other) => {
  await other(
    `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no % here', NEW.v; END $$;
    CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION no()`,
  );
  const error = await update(db, [1], "canary-5157").catch((thrown) => thrown);
  assert.equal(kindOf(error), "permanent");
  assert.match(errorText(error), /a trigger or function of the database raised an error \(SQLSTATE P0001\)/);
  assert.ok(!Deno.inspect(error).includes("5157"));
});

onPostgres(
  "a column that somebody makes another type is looked at again, before a row is refused",
  async (db, other) => {
    await other("CREATE TABLE c (id int PRIMARY KEY, v int)");
    const upsert = (v: unknown) =>
      db.write([tableWrite({ table: "c", mode: "upsert", keyColumns: ["id"], rows: [{ id: 1, v }] })]);
    await upsert(1);
    assert.match(
      await refusal(upsert("word"), "permanent"),
      /row 0 of "c", column "v": .* does not fit integer/,
    );
    await other("ALTER TABLE c ALTER v TYPE text");
    await upsert("word");
    assert.deepEqual(await db.query("SELECT v FROM c"), [{ v: "word" }]);
  },
);

onPostgres("types that users made come and go: enums, domains, arrays of them", async (db, other) => {
  await other(`CREATE TYPE mood AS ENUM ('good', 'so, so'); CREATE DOMAIN small AS int CHECK (value < 10);
    CREATE TABLE m (id int PRIMARY KEY, e mood, es mood[], d small, ds small[], n int[][], r int4range)`);
  const row = {
    id: 1,
    e: "good",
    es: ["so, so", null, "good"],
    d: 3,
    ds: [1, 2],
    n: [[1, 2], [3, 4]],
    r: "[1,5)",
  };
  const write = (rows: readonly Record<string, unknown>[]) =>
    db.write([tableWrite({ table: "m", mode: "upsert", keyColumns: ["id"], rows })]);
  await write([row, { ...row, id: 2 }]);
  const [first] = await db.query("SELECT * FROM m WHERE id = 1");
  assert.deepEqual(first, row);
  await write([{ ...first!, id: 3 }]);
  assert.deepEqual(await db.query("SELECT * FROM m WHERE id = 3"), [{ ...row, id: 3 }]);
  const text = await refusal(write([{ id: 4, d: 5157 }]), "permanent");
  assert.match(text, /23514/);
  assert.ok(!text.includes("5157"), text);
});
