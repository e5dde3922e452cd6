import assert from "node:assert/strict";
import { type ErrorKind, errorText } from "../../src/core/errors.ts";
import { refusal } from "../unit/database/support.ts";
import type { DatabaseContract, SomeWrite } from "./database_contract.ts";

/** What no error may show: it is in every value here. */
const CANARY = "s3cr3t-5157";

interface Case {
  readonly what: string;
  readonly setUp: readonly string[];
  readonly write: SomeWrite;
  readonly kind: ErrorKind;
  readonly says: RegExp;
}

const byId = { table: "t", mode: "upsert" as const, keyColumns: ["id"] };

const CASES: readonly Case[] = [
  {
    what: "a row without columns, for a table that is to be created",
    setUp: [],
    write: { ...byId, rows: [{}, { u: undefined }], createTable: true },
    kind: "permanent",
    says: /Cannot create table "t": the rows have no columns/,
  },
  {
    what: "a primary key",
    setUp: [
      "CREATE TABLE t (id TEXT, n INTEGER, PRIMARY KEY (id, n))",
      `INSERT INTO t VALUES ('${CANARY}', 1)`,
    ],
    write: { table: "t", rows: [{ id: CANARY, n: 1 }] },
    kind: "permanent",
    says: /t_pkey|primary key \(id, n\)/,
  },
  {
    what: "a unique constraint",
    setUp: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT, CONSTRAINT one_u UNIQUE (u))",
      `INSERT INTO t VALUES (1, '${CANARY}')`,
    ],
    write: { ...byId, rows: [{ id: 2, u: CANARY }] },
    kind: "permanent",
    says: /one_u|unique constraint \(u\)/,
  },
  {
    what: "a unique constraint, met by insert_ignore",
    setUp: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT, CONSTRAINT one_u UNIQUE (u))",
      `INSERT INTO t VALUES (1, '${CANARY}')`,
    ],
    write: { ...byId, mode: "insert_ignore", rows: [{ id: 2, u: CANARY }] },
    kind: "permanent",
    says: /one_u|unique constraint \(u\)/,
  },
  {
    what: "a column that must not be null",
    setUp: ["CREATE TABLE t (id TEXT, b TEXT NOT NULL)"],
    write: { table: "t", rows: [{ id: CANARY, b: null }] },
    kind: "permanent",
    says: /"b"/,
  },
  {
    what: "a check",
    setUp: ["CREATE TABLE t (id TEXT, n INTEGER CONSTRAINT positive CHECK (n > 0))"],
    write: { table: "t", rows: [{ id: CANARY, n: -1 }] },
    kind: "permanent",
    says: /positive|n > 0/,
  },
  {
    what: "a foreign key",
    setUp: [
      "CREATE TABLE parent (id TEXT PRIMARY KEY)",
      "CREATE TABLE t (id TEXT, CONSTRAINT has_parent FOREIGN KEY (id) REFERENCES parent (id))",
    ],
    write: { table: "t", rows: [{ id: CANARY }] },
    kind: "permanent",
    says: /has_parent|"parent"/,
  },
  {
    what: "a value that does not fit",
    setUp: ["CREATE TABLE t (id TEXT, n DECIMAL(12,2))"],
    write: { table: "t", rows: [{ id: CANARY, n: 1 }, { id: CANARY, n: CANARY }] },
    kind: "permanent",
    says: /row 1\b.*column "n"/,
  },
  {
    what: "a value that does not fit, among updates",
    setUp: ["CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)"],
    write: { ...byId, rows: [{ id: 1, n: 1 }, { id: 2, n: 2 }, { id: 3, n: CANARY }, { id: 4, n: 4 }] },
    kind: "permanent",
    says: /row 2\b.*column "n"/,
  },
  {
    what: "a table that is missing",
    setUp: ["CREATE TABLE orders (id TEXT)"],
    write: { table: "ordrs", rows: [{ id: CANARY }] },
    kind: "configuration",
    says: /table "ordrs".*did you mean "orders"/,
  },
  {
    what: "a column that is missing",
    setUp: ["CREATE TABLE t (amount TEXT)"],
    write: { table: "t", rows: [{ amuont: CANARY }] },
    kind: "configuration",
    says: /no column "amuont"; did you mean "amount"\?.*it has amount/,
  },
  {
    what: "a view",
    setUp: ["CREATE TABLE o (id TEXT)", "CREATE VIEW t AS SELECT id FROM o UNION SELECT id FROM o"],
    write: { table: "t", rows: [{ id: CANARY }] },
    kind: "configuration",
    says: /view/,
  },
  {
    what: "a type that there is not",
    setUp: [],
    write: { table: "t", rows: [{ id: CANARY }], createTable: true, columnTypes: { id: "MONYE" } },
    kind: "configuration",
    says: /MONYE|monye/,
  },
  {
    what: "a type that is none",
    setUp: [],
    write: {
      table: "t",
      rows: [{ id: CANARY }],
      createTable: true,
      columnTypes: { id: "TEXT); DROP TABLE x; --" },
    },
    kind: "configuration",
    says: /no type for column "id"/,
  },
  {
    what: "a row without columns",
    setUp: ["CREATE TABLE t (id TEXT)"],
    write: { table: "t", rows: [{ id: CANARY }, {}] },
    kind: "permanent",
    says: /row 1 .*no columns/,
  },
];

const QUERIES: readonly (readonly [what: string, sql: string, kind: ErrorKind])[] = [
  ["a value that does not fit", "SELECT CAST($v AS INTEGER) AS n", "permanent"],
  ["a value that does not fit its column", "SELECT id FROM t WHERE n = $v", "permanent"],
  ["a constraint", "INSERT INTO t (id) VALUES ($v)", "permanent"],
  [
    "a value in the table that does not fit",
    "SELECT CAST(id AS INTEGER) AS n FROM t WHERE id = $v",
    "permanent",
  ],
  ["a table that is missing", "SELECT * FROM nowhere WHERE id = $v", "configuration"],
  ["a column that is missing", "SELECT nothing FROM t WHERE id = $v", "configuration"],
  ["a syntax error", "SELEKT id FROM t WHERE id = $v", "configuration"],
  ["a function that is missing", "SELECT frobnicate($v)", "configuration"],
];

/** Whose fault an error is, what it names, and what it never shows. */
export function databaseErrorContract(contract: DatabaseContract): void {
  for (const { what, setUp, write, kind, says } of CASES) {
    contract(`a refused write is ${kind} and shows no value: ${what}`, async (bench) => {
      await bench.sql(...setUp);
      const text = await refusal(bench.write([write]), kind);
      assert.match(text, says);
      assert.ok(!text.includes("5157"), text);
      await bench.sql("CREATE TABLE after_it (id INTEGER)");
      assert.deepEqual(await bench.write([{ table: "after_it", rows: [{ id: 1 }] }]), [1]);
    });
  }

  for (const [what, sql, kind] of QUERIES) {
    contract(`a refused query is ${kind} and shows no value: ${what}`, async ({ database, ...bench }) => {
      await bench.sql(
        "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER)",
        `INSERT INTO t VALUES ('${CANARY}', 1)`,
      );
      const text = await refusal(database.query(sql, { v: CANARY }), kind);
      assert.ok(!text.includes("5157"), text);
      assert.deepEqual(await database.query("SELECT n FROM t"), [{ n: 1 }]);
    });
  }

  contract("no error shows a value, whatever its type and mode", async ({ sql, write, database }) => {
    const types = ["INTEGER", "BIGINT", "DECIMAL(5,2)", "DOUBLE PRECISION", "BOOLEAN", "DATE", "TIMESTAMP"];
    types.push("TIMESTAMPTZ", "TIME", "UUID", "BYTEA", "JSON", "INTEGER[]", "TEXT[]", "INTERVAL");
    await sql(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, ${types.map((type, i) => `c${i} ${type}`).join(", ")})`,
    );
    await write([{ table: "t", rows: [{ id: 1 }, { id: 2 }, { id: 3 }] }]);
    const values: unknown[] = [CANARY, `{${CANARY}`, `"${CANARY}`, `{"a": ${CANARY}}`, { a: CANARY }, [
      CANARY,
    ], [{
      a: CANARY,
    }]];
    values.push(
      `2024-01-01 ${CANARY}`,
      `1 ${CANARY}`,
      `5157${"0".repeat(50)}`,
      51570000n ** 9n,
      new Uint8Array(5157),
    );
    let refused = 0;
    const shown: string[] = [];
    const look = async (what: string, work: Promise<unknown>) => {
      const error = await work.then(() => undefined, (thrown) => thrown);
      if (error === undefined) return;
      refused++;
      const text = `${errorText(error)} ${Deno.inspect(error, { depth: 10 })}`;
      if (text.includes("5157")) shown.push(`${what}: ${text}`);
    };
    for (const [i, type] of types.entries()) {
      for (const [v, value] of values.entries()) {
        const rows = [1, 2, 3, 4].map((id) => ({ id, [`c${i}`]: id === 3 ? value : null }));
        for (const mode of ["insert", "upsert", "insert_ignore", "update"] as const) {
          await look(`${mode} ${v} into ${type}`, write([{ table: "t", mode, keyColumns: ["id"], rows }]));
        }
        const parents = { columns: [`c${i}`], of: [{ [`c${i}`]: value }] };
        await look(`replace ${v} in ${type}`, write([{ table: "t", rows: [], replaceChildren: parents }]));
        await look(`query ${v} in ${type}`, database.query(`SELECT id FROM t WHERE c${i} = $1`, [value]));
      }
    }
    assert.deepEqual(shown, []);
    assert.ok(refused > types.length * values.length, `only ${refused} were refused`);
  });

  contract("a NUL in a text is kept, or refused; never cut off", async ({ sql, write, rows, fixture }) => {
    await sql("CREATE TABLE t (v TEXT)");
    const writing = write([{ table: "t", rows: [{ v: `a\0${CANARY}` }] }]);
    if (fixture.dialect === "duckdb") {
      await writing;
      assert.deepEqual(await rows("SELECT * FROM t"), [{ v: `a\0${CANARY}` }]);
    } else {
      const text = await refusal(writing, "permanent");
      assert.match(text, /row 0 .*column "v".*NUL/);
      assert.ok(!text.includes("5157"), text);
      assert.deepEqual(await rows("SELECT * FROM t"), []);
    }
  });

  contract("a table that somebody else changes is looked at again", async ({ sql, write, rows }) => {
    await sql("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    await write([{ table: "t", rows: [{ id: 1 }] }]);
    await sql("ALTER TABLE t ADD COLUMN a TEXT");
    await write([{ table: "t", rows: [{ id: 2, a: "x" }] }]);
    await sql("DROP TABLE t", "CREATE TABLE t (a BIGINT, b TEXT)");
    await write([{ table: "t", rows: [{ a: 3, b: "y" }] }]);
    assert.deepEqual(await rows("SELECT * FROM t"), [{ a: 3n, b: "y" }]);
  });
}
