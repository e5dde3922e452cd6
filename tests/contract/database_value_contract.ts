import assert from "node:assert/strict";
import fc from "fast-check";
import { refusal } from "../unit/database/support.ts";
import { type DatabaseContract, sameRows } from "./database_contract.ts";

const EMOJI = "naïve 👩‍👩‍👧 \u202e '\"\\ $1 ${x} ; -- \t\n";

/** A type, a value as a job has it, and as it comes back. */
const VALUES: readonly (readonly [type: string, given: unknown, back: unknown])[] = [
  ["SMALLINT", -32768, -32768],
  ["INTEGER", 2147483647, 2147483647],
  ["INTEGER", "42", 42],
  ["BIGINT", 9223372036854775807n, 9223372036854775807n],
  ["BIGINT", 5, 5n],
  ["BIGINT", "-9223372036854775808", -9223372036854775808n],
  ["DECIMAL(12,2)", 19.9, "19.90"],
  ["DECIMAL(12,2)", "-0.01", "-0.01"],
  ["DECIMAL(38,10)", "1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"],
  ["DECIMAL(20,0)", 12345678901234567890n, "12345678901234567890"],
  ["DOUBLE PRECISION", 0.1, 0.1],
  ["DOUBLE PRECISION", 1e300, 1e300],
  ["DOUBLE PRECISION", NaN, NaN],
  ["DOUBLE PRECISION", -Infinity, -Infinity],
  ["REAL", 0.5, 0.5],
  ["BOOLEAN", true, true],
  ["BOOLEAN", false, false],
  ["VARCHAR", EMOJI, EMOJI],
  ["VARCHAR", "", ""],
  ["TEXT", 19.9, "19.9"],
  ["TEXT", 12n, "12"],
  ["UUID", "8D3C2F2E-0000-4000-8000-000000000001", "8d3c2f2e-0000-4000-8000-000000000001"],
  ["DATE", "2024-02-29", "2024-02-29"],
  ["DATE", new Date("2024-02-29T23:59:59Z"), "2024-02-29"],
  ["TIMESTAMP", "2024-02-29T10:11:12.123456", "2024-02-29T10:11:12.123456"],
  ["TIMESTAMP", new Date("2024-02-29T10:11:12.100Z"), "2024-02-29T10:11:12.1"],
  ["TIMESTAMP", "1969-12-31 23:59:59", "1969-12-31T23:59:59"],
  ["TIMESTAMPTZ", "2024-02-29T10:11:12.123456+02:00", "2024-02-29T08:11:12.123456Z"],
  ["TIMESTAMPTZ", new Date("2024-02-29T10:11:12Z"), "2024-02-29T10:11:12Z"],
  ["TIMESTAMPTZ", "infinity", "infinity"],
  ["TIME", "10:11:12.5", "10:11:12.5"],
  ["BYTEA", new Uint8Array([0, 1, 39, 255]), new Uint8Array([0, 1, 39, 255])],
  ["BYTEA", new Uint8Array(0), new Uint8Array(0)],
  ["JSON", '{"big": 12345678901234567890, "d": 1.10}', '{"big": 12345678901234567890, "d": 1.10}'],
  ["JSON", { a: [1, null, "'"], n: 12345678901234567890n }, '{"a":[1,null,"\'"],"n":12345678901234567890}'],
  ["JSON", [1, 2], "[1,2]"],
  ["INTEGER[]", [1, null, 3], [1, null, 3]],
  ["TEXT[]", ["a,b", 'c"d', "{}", "", "NULL", "\\", null], ["a,b", 'c"d', "{}", "", "NULL", "\\", null]],
  ["INTEGER", null, null],
  ["JSON", null, null],
  ["TEXT[]", null, null],
];

/** Values, on their way there and back. */
export function databaseValueContract(contract: DatabaseContract): void {
  contract(
    "a value of every type comes back as it is promised, and is the same when it is written again",
    async (bench) => {
      const columns = VALUES.map(([type], i) => `c${i} ${type}`);
      await bench.sql(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns.join(", ")})`);
      const given = Object.fromEntries(VALUES.map(([, value], i) => [`c${i}`, value]));
      await bench.write([{ table: "t", rows: [{ id: 1, ...given }] }]);
      const [first] = await bench.rows("SELECT * FROM t");
      for (const [i, [type, , back]] of VALUES.entries()) {
        assert.deepEqual(
          first?.[`c${i}`],
          back,
          `c${i} ${type}`,
        );
      }
      await bench.write([{
        table: "t",
        mode: "upsert",
        keyColumns: ["id"],
        rows: [first!, { ...first!, id: 2 }],
      }]);
      await bench.write([{
        table: "t",
        mode: "upsert",
        keyColumns: ["id"],
        rows: [3, 4, 5].map((id) => ({ ...first!, id })),
      }]);
      const again = await bench.rows("SELECT * FROM t ORDER BY id");
      assert.deepEqual(again, [1, 2, 3, 4, 5].map((id) => ({ ...first, id })));
    },
  );

  contract("any text, whole number and decimal is what was written", async (bench) => {
    await bench.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n BIGINT, d DECIMAL(38,9))");
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", "").toWellFormed());
    const value = fc.record({
      v: text,
      n: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      d: fc.bigInt(-(10n ** 29n) + 1n, 10n ** 29n - 1n),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), async (values) => {
        await bench.sql("DELETE FROM t");
        const rows = values.map(({ v, n, d }, id) => ({
          id,
          v,
          n,
          d: `${d}.000000001`.replace(/^0\./, "0."),
        }));
        await bench.write([{ table: "t", rows }]);
        assert.deepEqual(await bench.rows("SELECT * FROM t ORDER BY id"), rows);
        const [row] = rows;
        assert.deepEqual(
          await bench.database.query("SELECT v FROM t WHERE v = $v AND n = $n AND d = $d AND id = $id", row),
          [{ v: row?.v }],
        );
      }),
      { numRuns: 25 },
    );
  });

  contract("what is missing gets the default or stays, null is null", async ({ sql, write, rows }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR DEFAULT 'd', b INTEGER DEFAULT 7)");
    await write([{
      table: "t",
      rows: [{ id: 1 }, { id: 2, a: null }, { id: 3, a: undefined, b: 1 }, { b: 2, id: 4 }],
    }]);
    const of = (id: number, a: string | null, b: number | null) => ({ id, a, b });
    sameRows(await rows("SELECT * FROM t"), [of(1, "d", 7), of(2, null, 7), of(3, "d", 1), of(4, "d", 2)]);
    const changes = [{ id: 1, a: "x" }, { id: 2, a: undefined, b: null }, { id: 3, a: null }, { id: 5 }];
    await write([{ table: "t", mode: "upsert", keyColumns: ["id"], rows: changes }]);
    sameRows(await rows("SELECT * FROM t"), [
      of(1, "x", 7),
      of(2, null, null),
      of(3, null, 1),
      of(4, "d", 2),
      of(5, "d", 7),
    ]);
  });

  contract("names may hold anything but NUL", async ({ write, rows, sql }) => {
    const table = "Ta\"b.l'e ü $1 ?";
    const columns = ['a"b', "select", "with space", "ü", "$1", "a.b", "__proto__", "constructor"];
    const row = (n: number) => Object.fromEntries(columns.map((name, i) => [name, `${name}${n}${i}`]));
    await write([{ table, createTable: true, keyColumns: [columns[0]!], rows: [row(1), row(2), row(3)] }]);
    const some = [row(2), row(3), row(4)].map((one) => ({ ...one, ü: "new" }));
    await write([{ table, mode: "upsert", keyColumns: [columns[0]!], rows: some }]);
    await write([{ table, mode: "update", keyColumns: ["select", "a.b"], rows: [{ ...row(1), ü: "new" }] }]);
    await write([{ table, mode: "delete", keyColumns: [columns[0]!], rows: [row(4)] }]);
    const found = await rows(`SELECT * FROM "${table.replaceAll('"', '""')}" ORDER BY 1`);
    assert.deepEqual(
      found.map((one) => Object.entries(one)),
      [1, 2, 3].map((n) =>
        Object.entries(row(n)).map(([name, value]) => [name, name === "ü" ? "new" : value])
      ),
    );
    await sql("CREATE TABLE bystander (id INTEGER)");
    for (const name of ["", "a\0b", "a\ud800"]) {
      await refusal(write([{ table: name, createTable: true, rows: [{ id: 1 }] }]), "configuration");
      await refusal(write([{ table: "bystander", rows: [{ [name]: 1 }] }]), "configuration");
    }
  });

  contract("a value that is code elsewhere is a value here", async ({ sql, write, rows, database }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
    const hostile = [
      "'); DROP TABLE t; --",
      "$1",
      "\\'; --",
      "${env:HOME}",
      "{1,2}",
      "NULL",
      "DEFAULT",
      "E'\\000'",
    ];
    const all = hostile.map((v, id) => ({ id, v }));
    await write([{ table: "t", rows: all }]);
    await write([{ table: "t", mode: "upsert", keyColumns: ["v"], rows: [] }]);
    sameRows(await rows("SELECT * FROM t"), all);
    for (const [id, v] of hostile.entries()) {
      assert.deepEqual(await database.query("SELECT id FROM t WHERE v = $1", [v]), [{ id }]);
      assert.deepEqual(await database.query("SELECT id, CAST($v AS TEXT) AS v FROM t WHERE v = $v", { v }), [{
        id,
        v,
      }]);
    }
  });

  const LOSSES: readonly (readonly [what: string, type: string, value: unknown])[] = [
    ["a fraction in a whole column", "BIGINT", 10.5],
    ["a number beyond 2^53", "BIGINT", 2 ** 53 + 2],
    ["a whole number that is too large", "SMALLINT", 40_000],
    ["NaN in a whole column", "INTEGER", NaN],
    ["February 30th", "DATE", "2024-02-30"],
    ["an invalid Date", "TIMESTAMPTZ", new Date(NaN)],
    ["a word in a number", "INTEGER", "twelve"],
    ["an object in a number", "INTEGER", { a: 1 }],
    ["bytes in a text", "TEXT", new Uint8Array([255])],
    ["a function", "TEXT", () => 1],
    ["malformed JSON", "JSON", "{"],
    ["NaN in JSON", "JSON", { a: NaN }],
    ["a value that does not fit a decimal", "DECIMAL(5,2)", "1234.5"],
  ];
  for (const [what, type, value] of LOSSES) {
    contract(`a value that would be lost is refused: ${what}`, async ({ sql, write, rows }) => {
      await sql(`CREATE TABLE t (id INTEGER, v ${type})`);
      await refusal(write([{ table: "t", rows: [{ id: 1, v: null }, { id: 2, v: value }] }]), "permanent");
      assert.deepEqual(await rows("SELECT * FROM t"), []);
    });
  }
}
