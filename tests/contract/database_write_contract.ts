import assert from "node:assert/strict";
import { refusal } from "../unit/database/support.ts";
import { type DatabaseContract, sameRows } from "./database_contract.ts";

const TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR DEFAULT 'd', b INTEGER)";
const byId = { table: "t", keyColumns: ["id"] };
const ABC = [{ id: 1, a: "a", b: 1 }, { id: 2, a: "b", b: 2 }, { id: 3, a: "c", b: 3 }];

/** What each mode does to a table, and what it counts. */
export function databaseWriteContract(contract: DatabaseContract): void {
  contract("insert adds all rows, and counts them", async ({ sql, write, rows }) => {
    await sql(TABLE);
    assert.deepEqual(await write([{ table: "t", rows: ABC }]), [3]);
    assert.deepEqual(await write([{ table: "t", rows: [] }]), [0]);
    sameRows(await rows("SELECT * FROM t"), ABC);
  });

  contract("upsert adds and updates, and counts all rows", async ({ sql, write, rows }) => {
    await sql(TABLE);
    await write([{ table: "t", rows: ABC }]);
    const upsert = [{ id: 3, b: 33 }, { id: 4, b: 4 }, { id: 3, a: "z" }];
    assert.deepEqual(await write([{ ...byId, mode: "upsert", rows: upsert }]), [3]);
    sameRows(await rows("SELECT * FROM t WHERE id > 2"), [{ id: 3, a: "z", b: 33 }, { id: 4, a: "d", b: 4 }]);
  });

  contract("insert_ignore leaves alone what is there, and counts what it added", async (bench) => {
    const { sql, write, rows } = bench;
    await sql(TABLE);
    await write([{ table: "t", rows: ABC }]);
    const added = [{ id: 3, a: "not this" }, { id: 4, a: "first" }, { id: 4, a: "second" }, { id: 5 }];
    assert.deepEqual(await write([{ ...byId, mode: "insert_ignore", rows: added }]), [2]);
    assert.deepEqual(await write([{ ...byId, mode: "insert_ignore", rows: added }]), [0]);
    sameRows(await rows("SELECT id, a FROM t WHERE id > 2"), [
      { id: 3, a: "c" },
      { id: 4, a: "first" },
      { id: 5, a: "d" },
    ]);
  });

  contract("update sets the columns given where the key is there, and counts those", async (bench) => {
    const { sql, write, rows } = bench;
    await sql(TABLE);
    await write([{ table: "t", rows: ABC }]);
    const updates = [{ id: 1, a: "x" }, { id: 9, a: "nobody" }, { id: 2, b: null }, { id: 1, a: "y", b: 11 }];
    assert.deepEqual(await write([{ ...byId, mode: "update", rows: updates }]), [3]);
    sameRows(await rows("SELECT * FROM t"), [{ id: 1, a: "y", b: 11 }, { id: 2, a: "b", b: null }, ABC[2]!]);
    assert.deepEqual(await write([{ ...byId, mode: "update", rows: [{ id: 1 }, { id: 9 }] }]), [1]);
  });

  contract("update counts rows of the data, however many rows of the table have that key", async (bench) => {
    await bench.sql("CREATE TABLE t (k VARCHAR, v INTEGER)");
    await bench.write([{ table: "t", rows: [{ k: "x" }, { k: "x" }, { k: "y" }] }]);
    for (const more of [0, 5]) {
      const updates = [{ k: "x", v: 1 }, ...Array.from({ length: more }, () => ({ k: "z", v: 2 }))];
      assert.deepEqual(
        await bench.write([{ table: "t", mode: "update", keyColumns: ["k"], rows: updates }]),
        [1],
      );
    }
    sameRows(await bench.rows("SELECT * FROM t"), [{ k: "x", v: 1 }, { k: "x", v: 1 }, { k: "y", v: null }]);
  });

  contract("delete looks at the key alone, and counts what went", async ({ sql, write, rows }) => {
    await sql(TABLE);
    await write([{ table: "t", rows: ABC }]);
    const deletes = [{ id: 1, a: Symbol("whatever"), nonsense: 1 }, { id: 1 }, { id: 9 }];
    assert.deepEqual(await write([{ ...byId, mode: "delete", rows: deletes }]), [1]);
    assert.deepEqual(await write([{ ...byId, mode: "delete", rows: [{ id: 3 }] }]), [1]);
    sameRows(await rows("SELECT * FROM t"), [ABC[1]!]);
  });

  contract("a mode that finds rows by their key refuses a row without one", async ({ sql, write, rows }) => {
    await sql(TABLE);
    await write([{ table: "t", rows: ABC }]);
    for (const mode of ["upsert", "insert_ignore", "update", "delete"] as const) {
      for (const row of [{ a: "x" }, { id: null, a: "x" }, { id: undefined, a: "x" }]) {
        const bad = [{ id: 1, a: "y" }, row];
        const text = await refusal(write([{ ...byId, mode, rows: bad }]), "permanent");
        assert.match(text, /key column "id" is missing or null/, mode);
      }
      await refusal(write([{ table: "t", mode, rows: [{ id: 1 }] }]), "configuration");
      await refusal(
        write([{ table: "t", mode, keyColumns: ["idd"], rows: [{ id: 1, b: 1 }] }]),
        "configuration",
      );
    }
    sameRows(await rows("SELECT * FROM t"), ABC);
  });

  contract("several tables are written in their order, together or not at all", async (bench) => {
    const { sql, write, rows } = bench;
    await sql(
      "CREATE TABLE p (id INTEGER PRIMARY KEY)",
      "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p (id))",
    );
    const both = (p: number, c: number, of: number | null) =>
      write([{ table: "p", rows: [{ id: p }] }, { table: "c", rows: [{ id: c, p: of }] }]);
    assert.deepEqual(await both(1, 1, 1), [1, 1]);
    await refusal(both(2, 2, null), "permanent");
    await refusal(both(2, 2, 77), "permanent");
    await refusal(both(2, 1, 2), "permanent");
    await refusal(
      write([{ table: "p", rows: [{ id: 2 }] }, { table: "cc", rows: [{ id: 1 }] }]),
      "configuration",
    );
    sameRows(await rows("SELECT * FROM p"), [{ id: 1 }]);
    assert.deepEqual(await both(2, 2, 1), [1, 1]);
    sameRows(await rows("SELECT * FROM c"), [{ id: 1, p: 1 }, { id: 2, p: 1 }]);
  });

  contract("replace_children leaves what was written of these parents, and others alone", async (bench) => {
    await bench.sql("CREATE TABLE l (o VARCHAR, n INTEGER, sku VARCHAR, PRIMARY KEY (o, n))");
    const replace = (o: string, skus: readonly string[], mode: "insert" | "upsert" = "upsert") =>
      bench.write([{
        table: "l",
        mode,
        keyColumns: ["o", "n"],
        rows: skus.map((sku, i) => ({ o, n: i + 1, sku })),
        replaceChildren: { columns: ["o"], of: [{ o, total: 5 }] },
      }]);
    assert.deepEqual(await replace("x", ["a", "b", "c"]), [3]);
    await replace("y", ["q"]);
    assert.deepEqual(await replace("x", ["b"], "insert"), [1]);
    sameRows(await bench.rows("SELECT * FROM l"), [{ o: "x", n: 1, sku: "b" }, { o: "y", n: 1, sku: "q" }]);
    assert.deepEqual(await replace("x", []), [0]);
    sameRows(await bench.rows("SELECT o FROM l"), [{ o: "y" }]);
    const stranger = { table: "l", rows: [{ o: "z", n: 1 }] };
    const of = { columns: ["o"], of: [{ o: "y" }] };
    await refusal(bench.write([{ ...stranger, replaceChildren: of }]), "permanent");
    await refusal(bench.write([{ ...stranger, replaceChildren: { ...of, of: [{}] } }]), "permanent");
    for (const mode of ["insert_ignore", "update", "delete"] as const) {
      const write = { ...stranger, mode, keyColumns: ["o", "n"], replaceChildren: of };
      await refusal(bench.write([write]), "configuration");
    }
    sameRows(await bench.rows("SELECT o FROM l"), [{ o: "y" }]);
  });

  contract("create_table makes a table with types and a primary key, once", async ({ write, rows }) => {
    const made = {
      ...byId,
      createTable: true,
      mode: "upsert" as const,
      columnTypes: { amount: "DECIMAL(12,2)", at: "TIMESTAMPTZ", later: "INTEGER" },
    };
    for (const mode of ["update", "delete"] as const) {
      assert.deepEqual(await write([{ ...made, mode, rows: [{ id: 1, amount: 1 }] }]), [0]);
    }
    const row = {
      id: 1,
      amount: 19.9,
      at: new Date("2024-02-29T10:11:12.5Z"),
      name: "x",
      flag: true,
      ratio: 0.5,
    };
    assert.deepEqual(await write([{ ...made, rows: [row, { ...row, id: 2 }] }]), [2]);
    await write([{ ...made, rows: [{ id: 2, name: "y" }] }]);
    const expected = { ...row, id: 1n, amount: "19.90", at: "2024-02-29T10:11:12.5Z", later: null };
    sameRows(await rows("SELECT * FROM t"), [expected, { ...expected, id: 2n, name: "y" }]);
    await refusal(write([{ table: "t", rows: [{ id: 1 }] }]), "permanent");
  });

  contract("a table is found in the schema that was named", async ({ sql, write, rows }) => {
    await sql(
      'CREATE SCHEMA "sales.eu"',
      'CREATE TABLE "sales.eu".t (id INTEGER PRIMARY KEY, a VARCHAR)',
      TABLE,
    );
    const there = { ...byId, schema: "sales.eu" };
    await write([{ ...there, rows: [{ id: 1, a: "there" }] }, { ...byId, rows: [{ id: 1, a: "here" }] }]);
    await write([{
      ...there,
      mode: "upsert",
      rows: [{ id: 1, a: "again" }, { id: 2 }, { id: 3 }, { id: 4 }],
    }]);
    await write([{ ...there, mode: "update", rows: [{ id: 2, a: "two" }] }]);
    await write([{ ...there, mode: "delete", rows: [{ id: 3 }] }]);
    await write([{ ...there, mode: "insert_ignore", rows: [{ id: 4, a: "not this" }] }]);
    await write([{ ...there, table: "made", createTable: true, rows: [{ id: 1 }] }]);
    sameRows(await rows('SELECT * FROM "sales.eu".t'), [
      { id: 1, a: "again" },
      { id: 2, a: "two" },
      { id: 4, a: null },
    ]);
    sameRows(await rows("SELECT id, a FROM t"), [{ id: 1, a: "here" }]);
    sameRows(await rows('SELECT * FROM "sales.eu".made'), [{ id: 1n }]);
    const missing = await refusal(write([{ ...there, table: "tt", rows: [{ id: 1 }] }]), "configuration");
    assert.match(missing, /sales\.eu/);
    await refusal(write([{ ...there, schema: "nowhere", rows: [{ id: 1 }] }]), "configuration");
    await refusal(
      write([{ ...there, schema: "nowhere", createTable: true, rows: [{ id: 1 }] }]),
      "configuration",
    );
  });

  contract("100,000 values are written in one call, in every mode", async ({ sql, write, rows }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR, b BIGINT, c BOOLEAN, d DOUBLE PRECISION)");
    const many = (a: string, from = 0) =>
      Array.from({ length: 20_000 }, (_, i) => ({ id: from + i, a, b: i, c: i % 2 === 0, d: i / 4 }));
    const sum = async () =>
      (await rows("SELECT count(*) AS n, min(a) AS low, max(a) AS high, CAST(sum(b) AS BIGINT) AS b FROM t"))[
        0
      ];
    const b = 199_990_000n;
    assert.deepEqual(await write([{ table: "t", rows: many("a") }]), [20_000]);
    assert.deepEqual(await sum(), { n: 20_000n, low: "a", high: "a", b });
    assert.deepEqual(await write([{ ...byId, mode: "upsert", rows: many("b", 10_000) }]), [20_000]);
    assert.deepEqual(await write([{ ...byId, mode: "insert_ignore", rows: many("c", 20_000) }]), [10_000]);
    assert.deepEqual(await write([{ ...byId, mode: "update", rows: many("d", 30_000) }]), [10_000]);
    assert.deepEqual(
      (await rows("SELECT a, count(*) AS n FROM t GROUP BY a ORDER BY a")).map(({ a, n }) => `${a}${n}`),
      [
        "a10000",
        "b20000",
        "d10000",
      ],
    );
    assert.deepEqual(await write([{ ...byId, mode: "delete", rows: many("e", 20_000) }]), [20_000]);
    assert.equal((await sum())?.n, 20_000n);
  });
}
