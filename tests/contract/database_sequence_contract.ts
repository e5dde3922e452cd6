import assert from "node:assert/strict";
import fc from "fast-check";
import { kindOf } from "../../src/core/errors.ts";
import type { WriteMode } from "../../src/database/database.ts";
import { type DatabaseContract, sameRows } from "./database_contract.ts";

const KEY = ["k", "n"];

const row = fc.record({
  k: fc.constantFrom("x", "y", "'", ""),
  n: fc.nat(2),
  a: fc.option(fc.nat(9)),
  b: fc.option(fc.constantFrom("p", 'q"', "ü")),
  l: fc.option(fc.array(fc.nat(3), { maxLength: 2 })),
}, { requiredKeys: ["k", "n"] });

const write = fc.record({
  mode: fc.constantFrom<WriteMode>("insert", "upsert", "upsert", "insert_ignore", "update", "delete"),
  rows: fc.oneof(fc.array(row, { maxLength: 3 }), fc.array(row, { maxLength: 40 })),
});

type ModelRow = { k: string; n: number; a: number | null; b: string | null; l: number[] | null };
type Given = { k: string; n: number; a?: number | null; b?: string | null; l?: number[] | null };

/** A table that a list of modes has happened to: the rule, and nothing else. */
class Model {
  rows = new Map<string, ModelRow>();

  /** What a whole call counts; undefined where a row is there already, and nothing of the call happens. */
  call(writes: readonly { mode: WriteMode; rows: readonly Given[] }[]): number[] | undefined {
    const before = new Map(this.rows);
    const counts: number[] = [];
    for (const { mode, rows } of writes) {
      const each = rows.map((given) => this.#one(mode, given));
      if (each.includes(undefined)) {
        this.rows = before;
        return undefined;
      }
      counts.push(each.reduce((sum: number, n) => sum + (n ?? 0), 0));
    }
    return counts;
  }

  #one(mode: WriteMode, given: Given): number | undefined {
    const key = `${given.k}/${given.n}`;
    const there = this.rows.get(key);
    if (mode === "insert" && there !== undefined) return undefined;
    if (mode === "delete") return this.rows.delete(key) ? 1 : 0;
    if (mode === "update" && there === undefined) return 0;
    if (mode === "insert_ignore" && there !== undefined) return 0;
    this.rows.set(key, { ...there ?? { k: given.k, n: given.n, a: null, b: "d", l: null }, ...given });
    return 1;
  }
}

const COLUMNS = "k VARCHAR, n INTEGER, a INTEGER, b VARCHAR DEFAULT 'd', l INTEGER[]";

/** Tables that a user may have made. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  "a primary key": [`CREATE TABLE t (${COLUMNS}, PRIMARY KEY (k, n))`],
  "a unique index among others": [
    `CREATE TABLE t (${COLUMNS})`,
    "CREATE UNIQUE INDEX t_key ON t (k, n)",
    "CREATE INDEX t_a ON t (a)",
  ],
};

/** The law: calls leave the rows, and count, as their rows would one by one. */
export function databaseSequenceContract(contract: DatabaseContract): void {
  for (const [key, create] of Object.entries(TABLES)) {
    contract(`any sequence of calls does what it does to a table in memory: ${key}`, async (bench) => {
      await bench.sql(...create);
      const calls = fc.array(fc.array(write, { minLength: 1, maxLength: 3 }), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(calls, async (calls) => {
          await bench.sql("DELETE FROM t");
          const model = new Model();
          for (const call of calls) {
            const expected = model.call(call);
            const done = bench.write(call.map((one) => ({ table: "t", keyColumns: KEY, ...one })));
            const counts = await done.catch((error) => {
              assert.equal(kindOf(error), "permanent", String(error));
              return undefined;
            });
            assert.deepEqual(counts, expected);
            sameRows(await bench.rows("SELECT k, n, a, b, l FROM t"), [...model.rows.values()]);
          }
        }),
        { numRuns: 40 },
      );
    });
  }

  contract("any sequence of calls that are handed in at once does what it does one by one", async (bench) => {
    await bench.sql(...TABLES["a primary key"] ?? []);
    await bench.write([{ table: "t", rows: [{ k: "z", n: 9 }] }]);
    const calls = fc.array(fc.array(write, { minLength: 1, maxLength: 2 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(calls, async (calls) => {
        await bench.sql("DELETE FROM t");
        const model = new Model();
        const expected = calls.map((call) => model.call(call));
        const settled = await Promise.allSettled(
          calls.map((call) => bench.write(call.map((one) => ({ table: "t", keyColumns: KEY, ...one })))),
        );
        const counts = settled.map((result) => result.status === "fulfilled" ? result.value : undefined);
        assert.deepEqual(counts, expected);
        sameRows(await bench.rows("SELECT k, n, a, b, l FROM t"), [...model.rows.values()]);
      }),
      { numRuns: 40 },
    );
  });

  contract("children of a parent that several calls replace at once are those of the last", async (bench) => {
    await bench.sql("CREATE TABLE c (p TEXT, n INTEGER, v INTEGER, PRIMARY KEY (p, n))");
    const parent = fc.constantFrom("a", "b", "c");
    const lines = fc.array(fc.nat(9), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(parent, lines), { maxLength: 12 }), async (calls) => {
        await bench.sql("DELETE FROM c");
        const last = new Map<string, number[]>();
        for (const [p, values] of calls) last.set(p, values);
        await Promise.all(calls.map(([p, values]) =>
          bench.write([{
            table: "c",
            rows: values.map((v, n) => ({ p, n, v })),
            replaceChildren: { columns: ["p"], of: [{ p }] },
          }])
        ));
        const expected = [...last].flatMap(([p, values]) => values.map((v, n) => ({ p, n, v })));
        sameRows(await bench.rows("SELECT p, n, v FROM c"), expected);
      }),
      { numRuns: 30 },
    );
  });

  contract("calls at the same time are all written, each as a whole", async ({ sql, write, rows }) => {
    await sql(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)",
      "CREATE TABLE u (id INTEGER PRIMARY KEY)",
    );
    const calls = Array.from({ length: 30 }, (_, i) => {
      const second = { table: "u", rows: [{ id: i % 10 === 3 ? 0 : i }] }; // three of them are there already
      return write([{ table: "t", mode: "upsert", keyColumns: ["id"], rows: [{ id: i, a: i }] }, second]);
    });
    const settled = await Promise.allSettled(calls);
    const refused = settled.flatMap(({ status }, i) => status === "rejected" ? [i] : []);
    assert.deepEqual(refused, [3, 13, 23]);
    const expected = calls.flatMap((_, i) => refused.includes(i) ? [] : [{ id: i }]);
    sameRows(await rows("SELECT id FROM t"), expected);
    sameRows(await rows("SELECT id FROM u"), expected);
  });
}
