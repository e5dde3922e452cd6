import assert from "node:assert/strict";
import { kindOf } from "../../src/core/errors.ts";
import { refusal } from "../unit/database/support.ts";
import { type DatabaseContract, sameRows } from "./database_contract.ts";

/** Takes minutes where nothing ends it. */
const SLOW = "SELECT count(*) AS n FROM generate_series(1, 100000) AS a, generate_series(1, 100000) AS b, " +
  "generate_series(1, 1000) AS c";

const many = (count: number) => Array.from({ length: count }, (_, id) => ({ id, v: `v${id}` }));

/** Queries, their values and bounds, what goes on beside them, and how they end early. */
export function databaseQueryContract(contract: DatabaseContract): void {
  contract("query() takes values by position and by name, more than once and none", async ({ database }) => {
    const query = async (sql: string, values?: unknown[] | Record<string, unknown>) =>
      (await database.query(sql, values))[0];
    assert.deepEqual(await query("SELECT 1 AS a, 'x' AS b"), { a: 1, b: "x" });
    assert.deepEqual(
      await query("SELECT CAST($2 AS INTEGER) AS b, CAST($1 AS TEXT) AS a, CAST($1 AS TEXT) AS c", ["x", 2]),
      {
        b: 2,
        a: "x",
        c: "x",
      },
    );
    const named =
      "SELECT CAST($b AS INTEGER) AS b, CAST($a AS TEXT) AS a, CAST($a AS TEXT) || '$b' AS c -- $no";
    assert.deepEqual(await query(named, { a: "x", b: 2, more: "ignored" }), { b: 2, a: "x", c: "x$b" });
    assert.deepEqual(await query("SELECT CAST($a AS INTEGER) AS a", { a: null }), { a: null });
    assert.equal(await query("SELECT 1 AS a WHERE 1 = 2"), undefined);
  });

  contract("query() compares values with columns of their type", async ({ sql, write, database }) => {
    await sql(
      "CREATE TABLE t (id INTEGER, n BIGINT, d DECIMAL(12,2), f DOUBLE PRECISION, v TEXT, dt DATE, ts TIMESTAMPTZ, b BYTEA, ok BOOLEAN, u UUID)",
    );
    const uuid = "8d3c2f2e-0000-4000-8000-000000000001";
    const row = {
      id: 1,
      n: 2n ** 60n,
      d: "19.90",
      f: 0.5,
      v: "x",
      dt: "2024-02-29",
      ts: "2024-02-29T10:11:12.123456Z",
      b: new Uint8Array([1]),
      ok: true,
      u: uuid,
    };
    await write([{ table: "t", rows: [row, { id: 2 }] }]);
    for (const [name, value] of Object.entries({ ...row, d: 19.9 })) {
      assert.deepEqual(
        await database.query(`SELECT id FROM t WHERE ${name} = $1`, [value]),
        [{ id: 1 }],
        name,
      );
      assert.deepEqual(
        await database.query(`SELECT id FROM t WHERE ${name} = $${name}`, row),
        [{ id: 1 }],
        name,
      );
    }
    const at = new Date("2024-02-29T10:11:13Z");
    assert.deepEqual(
      await database.query("SELECT id FROM t WHERE ts < $1 AND dt <= $2", [at, "2024-03-01"]),
      [{ id: 1 }],
    );
    const any = (ids: unknown[]) => database.query("SELECT id FROM t WHERE id = ANY($1) ORDER BY id", [ids]);
    assert.deepEqual(await any([1, 2, 3, null]), [{ id: 1 }, { id: 2 }]);
    assert.deepEqual(await any([]), []);
    assert.deepEqual(await database.query("SELECT id FROM t WHERE v = ANY($v)", { v: ["x", "y'"] }), [{
      id: 1,
    }]);
    assert.deepEqual(await database.query("SELECT id FROM t ORDER BY id LIMIT $1", [1]), [{ id: 1 }]);
  });

  contract("query() runs what writes, and gives the rows of RETURNING", async ({ sql, database, rows }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
    const insert = "INSERT INTO t (id, v) VALUES ($id, $v)";
    assert.deepEqual(await database.query(insert, { id: 1, v: "a" }), []);
    assert.deepEqual(await database.query(`${insert} RETURNING id, v`, { id: 2, v: null }), [{
      id: 2,
      v: null,
    }]);
    assert.deepEqual(await database.query("UPDATE t SET v = $1", ["b"]), []);
    await refusal(database.query("DELETE FROM t RETURNING id", [], { maxRows: 1 }), "configuration");
    sameRows(await rows("SELECT * FROM t"), [{ id: 1, v: "b" }, { id: 2, v: "b" }]);
    await refusal(database.query(insert, { id: 1, v: "c" }), "permanent");
    assert.deepEqual(await database.query("DELETE FROM t WHERE id = 1 RETURNING v"), [{ v: "b" }]);
    sameRows(await rows("SELECT * FROM t"), [{ id: 2, v: "b" }]);
  });

  contract("query() refuses what would not be what was meant", async ({ database }) => {
    const refused = (sql: string, values?: unknown[] | Record<string, unknown>) =>
      refusal(database.query(sql, values), "configuration");
    assert.match(await refused("SELECT 1 AS a, 2 AS a"), /two columns.*"a"/);
    assert.match(await refused("SELECT CAST($idd AS INTEGER)", { id: 1 }), /\$idd/);
    await refused("SELECT CAST($id AS INTEGER)", [1]);
    await refused("SELECT CAST($1 AS INTEGER)", { id: 1 });
    await refused("SELECT CAST($1 AS INTEGER), CAST($2 AS INTEGER)", [1]);
    await refused("SELECT CAST($1 AS INTEGER)", [1, 2]);
    await refused("SELECT 1; SELECT 2");
    await refused("");
    for (const sql of ["BEGIN", "COMMIT", "SET TIME ZONE 'UTC'"]) await refused(sql);
    assert.match(
      await refusal(database.query("SELECT CAST($id AS INTEGER)", { id: undefined }), "permanent"),
      /\$id.*undefined/,
    );
    assert.deepEqual(await database.query("SELECT 1 AS a"), [{ a: 1 }]);
  });

  contract("query() gives as many rows as it may, and an error beyond", async ({ sql, write, database }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
    await write([{ table: "t", rows: many(5000) }]);
    const ask = (maxRows: number | undefined, limit: number) =>
      database.query("SELECT id, v FROM t ORDER BY id LIMIT $1", [limit], { maxRows });
    assert.deepEqual(await ask(5000, 5000), many(5000));
    assert.deepEqual(await ask(undefined, 9000), many(5000));
    assert.deepEqual(await ask(3, 3), many(3));
    assert.deepEqual(await ask(0, 0), []);
    for (const [most, limit] of [[4999, 5000], [1, 2], [0, 1], [2047, 2049]] as const) {
      assert.match(
        await refusal(ask(most, limit), "configuration"),
        new RegExp(`max_rows, which is ${most}`),
      );
    }
    assert.deepEqual(await ask(1, 1), many(1));
  });

  contract(
    "query() sees all of a write or nothing, and does not wait for it",
    async ({ sql, write, database }) => {
      await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
      let written = false;
      const writing = write([{ table: "t", rows: many(20_000) }]).then(() => written = true);
      const seen = new Set<unknown>();
      let meanwhile = 0;
      while (!written) {
        const found = await database.query("SELECT count(*) AS n FROM t");
        seen.add(found[0]?.n);
        if (!written) meanwhile++;
        await new Promise((resolve) => setTimeout(resolve));
      }
      await writing;
      assert.ok(meanwhile > 0, "every query waited for the write");
      assert.deepEqual([...seen].filter((n) => n !== 0n && n !== 20_000n), []);
      assert.deepEqual(await database.query("SELECT count(*) AS n FROM t"), [{ n: 20_000n }]);
    },
  );

  contract(
    "query() that is slow keeps neither writes nor other queries waiting",
    async ({ sql, write, database }) => {
      await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
      const stop = new AbortController();
      const slow = refusal(database.query(SLOW, [], { signal: stop.signal }), "unavailable");
      assert.deepEqual(await write([{ table: "t", rows: many(100) }]), [100]);
      assert.deepEqual(await database.query("SELECT count(*) AS n FROM t"), [{ n: 100n }]);
      stop.abort(new Error("enough"));
      assert.match(await slow, /enough/);
    },
  );

  contract("a signal ends a query, and the database goes on", async ({ database }) => {
    for (const turns of [0, 1, 5]) {
      const stop = new AbortController();
      const query = refusal(database.query(SLOW, [], { signal: stop.signal }), "unavailable");
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve, 10));
      stop.abort(new DOMException("the drain timeout has passed", "AbortError"));
      assert.match(await query, /aborted.*the drain timeout has passed/);
      assert.deepEqual(await database.query("SELECT 1 AS a"), [{ a: 1 }]);
    }
    const aborted = { signal: AbortSignal.abort(new Error("before")) };
    assert.match(await refusal(database.query("SELECT 1 AS a", [], aborted), "unavailable"), /before/);
  });

  contract("a signal ends a query that waits for others, and only that one", async ({ database }) => {
    const stop = new AbortController();
    const others = Array.from(
      { length: 12 },
      () => refusal(database.query(SLOW, [], { signal: stop.signal }), "unavailable"),
    );
    const own = new AbortController();
    const waiting = refusal(database.query("SELECT 1 AS a", [], { signal: own.signal }), "unavailable");
    const behind = database.query("SELECT 2 AS a");
    own.abort(new Error("this one"));
    assert.match(await waiting, /this one/);
    stop.abort(new Error("the others"));
    for (const other of await Promise.all(others)) assert.match(other, /the others/);
    assert.deepEqual(await behind, [{ a: 2 }]);
  });

  contract("a signal ends a write, of which nothing is left, and the database goes on", async (bench) => {
    await bench.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
    const aborted = { signal: AbortSignal.abort(new Error("before")) };
    assert.match(
      await refusal(bench.write([{ table: "t", rows: many(1) }], aborted), "unavailable"),
      /before/,
    );
    let ended = 0;
    for (const turns of [0, 1, 3, 10, 30]) {
      const stop = new AbortController();
      const write = bench.write([{ table: "t", rows: many(20_000) }], { signal: stop.signal });
      const outcome = write.then(() => "written", (error) => kindOf(error));
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve));
      stop.abort(new Error("enough"));
      const count = { written: 20_000n, unavailable: 0n }[await outcome as string];
      assert.deepEqual(
        await bench.rows("SELECT count(*) AS n FROM t"),
        [{ n: count }],
        `after ${turns} turns`,
      );
      if (count === 0n) ended++;
      await bench.sql("DELETE FROM t");
    }
    assert.ok(ended > 0, "no write was ended");
    const stop = new AbortController();
    const row = { // fires while the row is looked at, when no statement is there to be ended
      id: 1,
      get v() {
        stop.abort();
        return "x";
      },
    };
    await refusal(bench.write([{ table: "t", rows: [row] }], { signal: stop.signal }), "unavailable");
    assert.deepEqual(await bench.rows("SELECT * FROM t"), []);
    assert.deepEqual(await bench.write([{ table: "t", rows: many(3) }]), [3]);
  });

  contract("a signal ends a write that waits for others, and only that one", async ({ sql, write, rows }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
    const first = write([{ table: "t", rows: many(5000) }]);
    const stop = new AbortController();
    const second = write([{ table: "t", mode: "upsert", keyColumns: ["id"], rows: [{ id: 1, v: "no" }] }], {
      signal: stop.signal,
    });
    const third = write([{ table: "t", mode: "upsert", keyColumns: ["id"], rows: [{ id: 2, v: "yes" }] }]);
    stop.abort();
    await refusal(second, "unavailable");
    await Promise.all([first, third]);
    assert.deepEqual(await rows("SELECT v FROM t WHERE id IN (1, 2) ORDER BY id"), [{ v: "v1" }, {
      v: "yes",
    }]);
  });

  contract(
    "close() waits for what was handed in, and refuses what comes later",
    async ({ sql, write, rows, database }) => {
      await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
      const writing = write([{ table: "t", rows: many(5000) }]);
      const reading = rows("SELECT 1 AS a");
      const inserting = database.query("INSERT INTO t VALUES (-1, 'x') RETURNING id");
      const closing = database.close();
      assert.match(await refusal(rows("SELECT 1"), "unavailable"), /closed/);
      assert.match(await refusal(write([{ table: "t", rows: [{ id: 9999 }] }]), "unavailable"), /closed/);
      assert.deepEqual(await Promise.all([writing, reading, inserting]), [[5000], [{ a: 1 }], [{ id: -1 }]]);
      await Promise.all([closing, database.close()]);
      await refusal(rows("SELECT 1"), "unavailable");
    },
  );
}
