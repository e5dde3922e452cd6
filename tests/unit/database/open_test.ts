import assert from "node:assert/strict";
import { closeResources } from "../../../src/core/resources.ts";
import { errorText } from "../../../src/core/errors.ts";
import { locate } from "../../../src/database/duckdb/location.ts";
import { queryDuckDb } from "../../../src/database/duckdb/query.ts";
import { openDatabase } from "../../../src/database/open.ts";
import { DuckDbProcess } from "./duckdb_process.ts";
import { refusal, tableWrite, TestDatabase } from "./support.ts";

const one = tableWrite({ table: "t", rows: [{ a: 1 }], createTable: true });

Deno.test("openDatabase() makes the folder and the file, and leaves one file when it is closed", async () => {
  await using place = await TestDatabase.make();
  const url = `duckdb:${place.folder}/new/deep/x.duckdb`;
  const database = await openDatabase(url);
  await database.write([one]);
  await database.close();
  await database.close();
  assert.deepEqual([...Deno.readDirSync(`${place.folder}/new/deep`)].map(({ name }) => name), ["x.duckdb"]);
  assert.deepEqual(await queryDuckDb(url, "FROM t"), [{ a: 1n }]);
});

Deno.test("openDatabase() refuses urls that it cannot open, without what may be a password", async () => {
  const refused = (url: string) => refusal(openDatabase(url), "configuration");
  const mysql = await refused("mysql://scott:t1ger@db/orders");
  assert.match(mysql, /mysql: is not supported; what is: duckdb:path/);
  assert.ok(!/t1ger|scott/.test(mysql));
  assert.match(await refused("data/orders.duckdb"), /names no kind of database/);
  assert.match(await refused("duckdb:"), /has no path/);
  assert.match(await refused("duckdb: "), /has no path/);
  assert.match(await refused("duckdb:///tmp/x.duckdb"), /right behind the colon/);
  assert.match(await refused("duckdb::memory"), /no such database in memory/);
  assert.match(await refused("duckdb:a\0b"), /NUL/);
});

Deno.test("openDatabase() gives one database for all urls of a file", async () => {
  await using place = await TestDatabase.make();
  await Deno.symlink(place.folder, `${place.folder}/link`);
  const urls = [
    place.url,
    `duckdb:${place.folder}/link/test.duckdb`,
    `duckdb:${place.folder}/link/../test.duckdb`,
  ];
  const databases = await Promise.all([...urls, ...urls].map((url) => openDatabase(url)));
  assert.equal(new Set(databases).size, 1);
  await databases[0]!.write([one]);
  await Deno.symlink(place.file, `${place.folder}/other.duckdb`);
  assert.equal(await openDatabase(`duckdb:${place.folder}/other.duckdb`), databases[0]);
  await databases[0]!.close();
  assert.notEqual(await openDatabase(place.url), databases[0]);
});

Deno.test("openDatabase() keeps a database in memory until it is closed", async () => {
  const database = await openDatabase("duckdb::memory:");
  await database.write([one]);
  assert.deepEqual(await queryDuckDb("duckdb::memory:", "FROM t"), [{ a: 1n }]);
  await database.close();
  assert.deepEqual(await queryDuckDb("duckdb::memory:", "SELECT count(*) AS n FROM duckdb_tables()"), [{
    n: 0n,
  }]);
});

Deno.test("openDatabase() says which process holds the file, and opens it when that has ended", async () => {
  await using place = await TestDatabase.make();
  {
    await using holder = new DuckDbProcess("hold_file.ts", [place.url]);
    assert.equal(await holder.line(), "held");
    const text = await refusal(place.open(), "unavailable");
    assert.match(text, /another process holds it: \S*deno \(PID \d+/);
    assert.ok(text.includes(`PID ${holder.pid}`), text);
    await refusal(queryDuckDb(place.url, "SELECT 1"), "unavailable");
  }
  await place.write(one);
});

Deno.test("closing lets another process open the file", async () => {
  await using place = await TestDatabase.make();
  for (let i = 0; i < 20; i++) await place.write({ ...one, rows: [{ a: i }] });
  await place.sql("FROM t");
  await (await place.open()).close();
  await using holder = new DuckDbProcess("hold_file.ts", [place.url]);
  assert.equal(await holder.line(), "held");
});

Deno.test("openDatabase() says what is wrong with a file that is no database", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (a INTEGER)");
  const { folder } = place;
  const wrong = (name: string) => refusal(openDatabase(`duckdb:${folder}/${name}`), "configuration");
  await Deno.writeTextFile(`${folder}/text`, "not a database ".repeat(1000));
  await Deno.writeTextFile(`${folder}/empty`, "");
  const bytes = await Deno.readFile(place.file);
  bytes[4100] = bytes[4100]! ^ 0xff;
  bytes[8200] = bytes[8200]! ^ 0xff;
  await Deno.writeFile(`${folder}/damaged`, bytes);
  assert.match(await wrong("text"), /it is not a DuckDB database/);
  assert.match(await wrong("empty"), /it is not a DuckDB database/);
  assert.match(await wrong("damaged"), /is damaged/);
  assert.match(await wrong(""), /it is a folder/);
  assert.match(await wrong("text/x.duckdb"), /cannot be made or read/);
});

Deno.test("locate() tells a folder that cannot be made from a disk that is full", async () => {
  const failing = (error: Error) => ({
    makeFolder: () => Promise.reject(error),
    real: () => Promise.resolve(""),
  });
  const denied = new Deno.errors.PermissionDenied("no");
  assert.match(await refusal(locate("duckdb:/x/y", failing(denied)), "configuration"), /permission denied/);
  const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  await refusal(locate("duckdb:/x/y", failing(full)), "unavailable");
});

Deno.test("a database reaches neither other files nor extensions", async () => {
  await using place = await TestDatabase.make();
  await place.write(one);
  const denied = async (sql: string) => {
    const error = await place.sql(sql).catch((thrown) => thrown);
    assert.match(errorText(error), /Permission Error|disabled/, sql);
  };
  await denied("SELECT * FROM read_text('/etc/hostname')");
  await denied(`COPY t TO '${place.folder}/out.csv'`);
  await denied(`ATTACH '${place.folder}/other.duckdb' AS other`);
  await denied("INSTALL httpfs");
  await denied("LOAD httpfs");
  await assert.rejects(place.sql("SET enable_external_access = true"), /Cannot enable external access/);
  assert.deepEqual(place.files().filter((name) => !name.startsWith("test.duckdb")), []);
});

Deno.test("a write that is under way, and those behind it, are waited for when the job ends", async () => {
  await using place = await TestDatabase.make();
  const database = await place.open();
  const rows = Array.from({ length: 500 }, (_, i) => ({ a: i }));
  const writes = [1, 2, 3].map(() => database.write([tableWrite({ table: "t", rows, createTable: true })]));
  const failed = await closeResources(20_000);
  assert.deepEqual(failed, []);
  await Promise.all(writes);
  await refusal(database.write([one]), "unavailable");
  assert.deepEqual(await place.sql("SELECT count(*) AS n FROM t"), [{ n: 1500n }]);
  assert.deepEqual(place.files(), ["test.duckdb"]);
  await place.write({ ...one, rows: [{ a: 0 }] }); // and it opens again
});

Deno.test("a write that finds the disk full is unavailable, and nothing that was written is lost", async () => {
  await using place = await TestDatabase.make();
  await using writer = new DuckDbProcess("fill_file.ts", [place.url], 'trap "" XFSZ');
  const outcomes = JSON.parse(await writer.line()) as string[];
  const written = outcomes.filter((outcome) => outcome === "written").length;
  assert.ok(written > 0 && written < outcomes.length, `${written} of ${outcomes.length}`);
  for (const outcome of outcomes) {
    assert.match(outcome, /^written$|^unavailable: Cannot write to .*too large/);
  }
  assert.deepEqual(await place.sql("SELECT count(*) AS n, max(id) + 1 AS m FROM t"), [{
    n: BigInt(written),
    m: BigInt(outcomes.lastIndexOf("written") + 1),
  }]);
});

Deno.test("queryDuckDb() creates nothing and closes what it opened", async () => {
  await using place = await TestDatabase.make();
  assert.match(await refusal(place.sql("SELECT 1"), "configuration"), /there is no such file/);
  assert.deepEqual(place.files(), []);
  await refusal(queryDuckDb("postgres://x", "SELECT 1"), "configuration");
  await (await place.open()).close();
  await assert.rejects(place.sql("SELEC 1"), /Parser Error/);
  await using holder = new DuckDbProcess("hold_file.ts", [place.url]);
  assert.equal(await holder.line(), "held");
});

/** Writes orders from number 0 on until more than `least` are told, then SIGKILL. Resolves to the last that was told. */
async function writeAndKill(place: TestDatabase, least: number): Promise<number> {
  await using writer = new DuckDbProcess("write_on.ts", [place.url]);
  let told = -1;
  while (told < least) told = Number(await writer.line());
  return told;
}

Deno.test("what was written is there after SIGKILL, whole, and is written again without harm", async () => {
  await using place = await TestDatabase.make();
  let told = -1;
  for (const [round, looks] of [true, false, false, true].entries()) {
    told = Math.max(told, await writeAndKill(place, 20 * (round + 1)));
    if (!looks) continue; // the next one finds the log as the kill left it
    const [found] = await place.sql(`
      SELECT count(*) AS orders, max(id) AS last, (SELECT count(*) FROM lines) AS lines FROM orders`);
    assert.ok(Number(found?.last) >= told, `${found?.last} of ${told}`);
    assert.equal(Number(found?.orders), Number(found?.last) + 1);
    assert.equal(Number(found?.lines), 2 * Number(found?.orders));
  }
});

Deno.test("an index of the user's finds its rows after SIGKILL and a checkpoint of DuckDB's own", async () => {
  await using place = await TestDatabase.make(
    "CREATE TABLE lines (id BIGINT, line BIGINT, PRIMARY KEY (id, line)); CREATE INDEX lines_id ON lines (id)",
  );
  const told = await writeAndKill(place, 20);
  await place.open();
  await place.sql("SET GLOBAL checkpoint_threshold = '1KB'");
  const rows = Array.from({ length: 3000 }, (_, a) => ({ a }));
  for (let i = 0; i < 3; i++) await place.write({ table: "other", rows, createTable: true });
  await (await place.open()).close();
  for (const id of [0, 1, told]) {
    assert.deepEqual(await place.sql("SELECT count(*) AS n FROM lines WHERE id = ?", [BigInt(id)]), [{
      n: 2n,
    }]);
  }
  await writeAndKill(place, told);
});

Deno.test("a database that DuckDB gives up is opened anew by the next write", async () => {
  await using place = await TestDatabase.make();
  await place.write(one);
  const first = await place.open();
  // stands in for DuckDB: a getter that throws what DuckDB would, in the middle of the transaction
  const broken = {
    get a(): number {
      throw new Error('FATAL Error: Failed: database has been invalidated. Original error: "s3cr3t"');
    },
  };
  await first.write([one]);
  const refused = refusal(first.write([tableWrite({ table: "t", rows: [{ a: 2 }, broken] })]), "unavailable");
  const behind = refusal(first.write([one]), "unavailable");
  const text = await refused;
  assert.ok(!text.includes("s3cr3t"), text);
  await behind;
  await place.write({ ...one, rows: [{ a: 3 }] });
  assert.notEqual(await place.open(), first);
  assert.deepEqual(await place.sql("FROM t ORDER BY a"), [{ a: 1n }, { a: 1n }, { a: 3n }]);
});

Deno.test("times mean the same whatever the machine's time zone is", async () => {
  await using place = await TestDatabase.make('CREATE TABLE t ("at" TIMESTAMPTZ, d DATE)');
  await place.write({ table: "t", rows: [{ at: "2020-01-01 00:30:00", d: "2020-01-01T00:30:00Z" }] });
  assert.deepEqual(
    await place.sql("SELECT current_setting('TimeZone') AS zone, epoch(\"at\") AS s, d::VARCHAR AS d FROM t"),
    [
      { zone: "UTC", s: 1577838600, d: "2020-01-01" },
    ],
  );
});
