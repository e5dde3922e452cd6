import assert from "node:assert/strict";
import { type ErrorKind, kindOf } from "../../../src/core/errors.ts";
import type { TableWrite } from "../../../src/database/database.ts";
import { DUCKDB_ERROR_KINDS, duckDbFailure } from "../../../src/database/duckdb/error_kinds.ts";
import { openError } from "../../../src/database/duckdb/open_error.ts";
import { writeError } from "../../../src/database/duckdb/write_error.ts";
import { refusal, TestDatabase } from "./support.ts";

/** What no message may show: it is in every row that is refused here. */
const VALUE = "s3cr3t-5157";

interface Case {
  readonly name: string;
  readonly setUp: string;
  readonly write: Partial<TableWrite> & { table: string; rows: TableWrite["rows"] };
  readonly kind: ErrorKind;
  readonly says: RegExp;
}

const upsert = { mode: "upsert" as const, keyColumns: ["id"] };

const CASES: readonly Case[] = [
  {
    name: "primary key",
    setUp:
      "CREATE TABLE t (id VARCHAR, line INTEGER, PRIMARY KEY (id, line)); INSERT INTO t VALUES ('s3cr3t-5157', 1)",
    write: { table: "t", rows: [{ id: VALUE, line: 1 }] },
    kind: "permanent",
    says: /a row with the same primary key \(id, line\) is there already/,
  },
  {
    name: "primary key twice in one call",
    setUp: "CREATE TABLE t (id VARCHAR PRIMARY KEY)",
    write: { table: "t", rows: [{ id: VALUE }, { id: VALUE }] },
    kind: "permanent",
    says: /the same key \(id\) is there already, or comes twice/,
  },
  {
    name: "unique constraint",
    setUp:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR, u VARCHAR UNIQUE); INSERT INTO t VALUES (1, '', 's3cr3t-5157')",
    write: { table: "t", rows: [{ id: 2, u: VALUE }], ...upsert },
    kind: "permanent",
    says: /the same unique constraint \(u\)/,
  },
  {
    name: "unique index",
    setUp: "CREATE TABLE t (u VARCHAR); CREATE UNIQUE INDEX i ON t (u); INSERT INTO t VALUES ('s3cr3t-5157')",
    write: { table: "t", rows: [{ u: VALUE }] },
    kind: "permanent",
    says: /is there already, or comes twice/,
  },
  {
    name: "not null",
    setUp: 'CREATE TABLE "t.x" (a VARCHAR, "b.c" VARCHAR NOT NULL)',
    write: { table: "t.x", rows: [{ a: VALUE, "b.c": null }] },
    kind: "permanent",
    says: /column "b\.c" must not be null/,
  },
  {
    name: "not null, left out",
    setUp: "CREATE TABLE t (a VARCHAR, b VARCHAR NOT NULL)",
    write: { table: "t", rows: [{ a: VALUE }] },
    kind: "permanent",
    says: /column "b" must not be null/,
  },
  {
    name: "check",
    setUp: "CREATE TABLE t (a VARCHAR, n INTEGER CHECK (n > 0))",
    write: { table: "t", rows: [{ a: VALUE, n: -1 }] },
    kind: "permanent",
    says: /does not satisfy CHECK\(\(n > 0\)\)/,
  },
  {
    name: "foreign key without its row",
    setUp: "CREATE TABLE p (id VARCHAR PRIMARY KEY); CREATE TABLE t (p VARCHAR REFERENCES p (id))",
    write: { table: "t", rows: [{ p: VALUE }] },
    kind: "permanent",
    says: /refers to a row of table "p" that is not there \(foreign key \(p\)\)/,
  },
  {
    name: "foreign key to a row that goes",
    setUp:
      "CREATE TABLE t (id VARCHAR PRIMARY KEY, g VARCHAR); CREATE TABLE c (t VARCHAR REFERENCES t (id)); " +
      "INSERT INTO t VALUES ('s3cr3t-5157', 'g'); INSERT INTO c VALUES ('s3cr3t-5157')",
    write: { table: "t", rows: [], replaceChildren: { columns: ["id"], of: [{ id: VALUE }] } },
    kind: "configuration",
    says: /rows of another table refer to a row/,
  },
  {
    name: "conversion",
    setUp: "CREATE TABLE t (a VARCHAR, d DECIMAL(12,2))",
    write: { table: "t", rows: [{ a: VALUE, d: "1" }, { a: VALUE, d: VALUE }] },
    kind: "permanent",
    says: /Cannot write to "t" in duckdb:\S+: row 1, column "d": a value does not fit DECIMAL\(12,2\)/,
  },
  {
    name: "conversion in an update",
    setUp: "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMPTZ)".replace(" at ", ' "at" '),
    write: { table: "t", rows: [{ id: 1, at: VALUE }], ...upsert },
    kind: "permanent",
    says: /row 0, column "at": a value does not fit TIMESTAMP WITH TIME ZONE/,
  },
  {
    name: "conversion in a merge",
    setUp: "CREATE TABLE t (id INTEGER PRIMARY KEY, u UUID)",
    write: { table: "t", rows: [1, 2, 3, 4].map((id) => ({ id, u: id === 3 ? VALUE : null })), ...upsert },
    kind: "permanent",
    says: /row 2, column "u": a value does not fit UUID/,
  },
  {
    name: "conversion of a nested value",
    setUp: "CREATE TABLE t (l INTEGER[])",
    write: { table: "t", rows: [{ l: [1, VALUE] }] },
    kind: "permanent",
    says: /a value does not fit/,
  },
  {
    name: "malformed JSON",
    setUp: "CREATE TABLE t (j JSON)",
    write: { table: "t", rows: [{ j: `{"a": ${VALUE}` }] },
    kind: "permanent",
    says: /row 0, column "j": a value does not fit JSON/,
  },
  {
    name: "enum",
    setUp: "CREATE TABLE t (e ENUM ('a', 'it''s'))",
    write: { table: "t", rows: [{ e: VALUE }] },
    kind: "permanent",
    says: /column "e"/,
  },
  {
    name: "out of range",
    setUp: "CREATE TABLE t (n TINYINT)",
    write: { table: "t", rows: [{ n: 51570 }] },
    kind: "permanent",
    says: /row 0, column "n": a value does not fit TINYINT/,
  },
  {
    name: "a value of a parent that does not fit",
    setUp: "CREATE TABLE t (id INTEGER, n INTEGER)",
    write: { table: "t", rows: [], replaceChildren: { columns: ["id"], of: [{ id: VALUE }] } },
    kind: "permanent",
    says: /replace_children\.of\[0\]\.id: a text that is not a whole number/,
  },
  {
    name: "missing table",
    setUp: "CREATE TABLE orders (a VARCHAR); CREATE VIEW w AS FROM orders",
    write: { table: "ordrs", rows: [{ a: VALUE }] },
    kind: "configuration",
    says:
      /table "ordrs" in duckdb:\S+: it does not exist; did you mean "orders"\? \(there is orders; create_table/,
  },
  {
    name: "a view",
    setUp: "CREATE TABLE orders (a VARCHAR); CREATE VIEW w AS FROM orders",
    write: { table: "W", rows: [{ a: VALUE }] },
    kind: "configuration",
    says: /it is a view/,
  },
  {
    name: "missing column",
    setUp: "CREATE TABLE t (customer VARCHAR, amount DOUBLE)",
    write: { table: "t", rows: [{ amuont: VALUE }] },
    kind: "configuration",
    says: /no column "amuont"; did you mean "amount"\? \(it has customer, amount\)/,
  },
  {
    name: "missing key column",
    setUp: "CREATE TABLE t (id INTEGER)",
    write: { table: "t", rows: [{ id: 1 }], mode: "upsert", keyColumns: ["ident"] },
    kind: "configuration",
    says: /no column "ident"/,
  },
  {
    name: "generated column",
    setUp: "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1))",
    write: { table: "t", rows: [{ a: 1, b: 5157 }] },
    kind: "configuration",
    says: /Binder Error: Cannot insert into a generated column/,
  },
  {
    name: "a type that there is not",
    setUp: "CREATE TABLE x (a INTEGER)",
    write: { table: "t", rows: [{ a: 1 }], createTable: true, columnTypes: { a: "MONEY" } },
    kind: "configuration",
    says: /Catalog Error: Type with name MONEY does not exist/,
  },
  {
    name: "a type that is none",
    setUp: "CREATE TABLE x (a INTEGER)",
    write: {
      table: "t",
      rows: [{ a: 1 }],
      createTable: true,
      columnTypes: { a: "INTEGER); DROP TABLE x; --" },
    },
    kind: "configuration",
    says: /is no type for column "a": expected one such as BIGINT/,
  },
];

for (const { name, setUp, write, kind, says } of CASES) {
  Deno.test(`a refused write is ${kind}, and never shows the value: ${name}`, async () => {
    await using place = await TestDatabase.make(setUp);
    const text = await refusal(place.write(write), kind);
    assert.match(text, says);
    assert.ok(!text.includes("5157"), text);
    assert.ok(!/\n\s+at .*LINE 1:/.test(text), text);
  });
}

Deno.test("a write after one that was refused succeeds, and finds nothing of it", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER PRIMARY KEY, n TINYINT)");
  const refused = place.write({ table: "t", rows: [{ id: 1, n: 1 }] }, {
    table: "t",
    rows: [{ id: 2, n: 999 }],
  });
  await refusal(refused, "permanent");
  await place.write({ table: "t", rows: [{ id: 2, n: 2 }] });
  assert.deepEqual(await place.sql("FROM t"), [{ id: 2, n: 2 }]);
});

Deno.test("a table that somebody else changes is looked at again", async () => {
  await using place = await TestDatabase.make("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  await place.write({ table: "t", rows: [{ id: 1 }] });
  await place.sql("ALTER TABLE t ADD COLUMN a VARCHAR");
  await place.write({ table: "t", rows: [{ id: 2, a: "x" }] });
  await place.sql("DROP TABLE t; CREATE TABLE t (a BIGINT, b VARCHAR)");
  await place.write({ table: "t", rows: [{ a: 3, b: "y" }] });
  assert.deepEqual(await place.sql("FROM t"), [{ a: 3n, b: "y" }]);
});

Deno.test("a conflict with somebody else's transaction is unavailable", async () => {
  await using place = await TestDatabase.make(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)",
  );
  const database = await place.open();
  const { acquire } = await import("../../../src/database/duckdb/instances.ts");
  const { locate } = await import("../../../src/database/duckdb/location.ts");
  const lease = await acquire(await locate(place.url));
  const other = await lease.connect();
  try {
    await other.run("BEGIN; UPDATE t SET n = 2 WHERE id = 1");
    const write = { table: "t", rows: [{ id: 1, n: 5157 }], ...upsert };
    assert.match(await refusal(place.write(write), "unavailable"), /TransactionContext Error: Conflict/);
    await other.run("COMMIT");
    await place.write(write);
    assert.deepEqual(await place.sql("FROM t"), [{ id: 1, n: 5157 }]);
  } finally {
    other.closeSync();
    await lease.release();
    await database.close();
  }
});

Deno.test("each type of DuckDB's errors has a kind, and what nobody knows is unavailable", () => {
  for (const [type, kind] of Object.entries(DUCKDB_ERROR_KINDS)) {
    assert.equal(duckDbFailure(new Error(`${type} Error: something`))?.kind, kind, type);
  }
  assert.equal(duckDbFailure(new Error("New Kind Error: something"))?.kind, "unavailable");
  assert.equal(duckDbFailure(new TypeError("x is not a function")), undefined);
});

Deno.test("what is the world's fault in DuckDB is never the message's: it would be skipped", () => {
  const place = { database: "duckdb:x", schema: undefined, ensuredKey: undefined, culprit: undefined };
  for (
    const said of [
      "IO Error: Could not read from file: Input/output error",
      "Connection Error: connection was closed",
      "TransactionContext Error: Failed to commit: Could not write file: No space left on device",
      "Out of Memory Error: failed to allocate data",
      "INTERRUPT Error: Interrupted!",
      "FATAL Error: the file is gone",
      "INTERNAL Error: a bug",
      "Never Heard Of Error: what is that",
    ]
  ) assert.equal(kindOf(writeError(new Error(said), place)), "unavailable", said);
});

Deno.test("a DuckDB that has been closed or given up is unavailable, whatever its error is called", () => {
  const errors = [
    "Failed to prepare: connection disconnected",
    "Failed to connect: instance closed",
    "Constraint Error: database has been invalidated because of a previous fatal error",
  ];
  for (const message of errors) {
    const { kind, fatal } = duckDbFailure(new Error(message)) ?? {};
    assert.deepEqual({ kind, fatal }, { kind: "unavailable", fatal: true }, message);
  }
});

Deno.test("writeError() keeps values out of every type of error, and out of its causes", () => {
  const place = { database: "duckdb:x", schema: undefined, ensuredKey: undefined, culprit: undefined };
  for (const type of [...Object.keys(DUCKDB_ERROR_KINDS), "New Kind"]) {
    const error = writeError(new Error(`${type} Error: it failed: duplicate key "id: ${VALUE}"`), place);
    if (DUCKDB_ERROR_KINDS[type] === "configuration") continue; // about names, which the job wrote itself
    assert.ok(!Deno.inspect(error).includes(VALUE), type);
    assert.equal(error.cause, undefined);
  }
  const fatal = duckDbFailure(new Error("FATAL Error: database has been invalidated"));
  assert.equal(fatal?.fatal, true);
});

Deno.test("writeError() blames the file, not the rows, for a duplicate that an upsert cannot make", () => {
  const key = { kind: "PRIMARY KEY", columns: ["id", "line"], referencedTable: null, referencedColumns: [] };
  const kindFor = (ensured: string[] | undefined) => {
    const error = new Error(
      'Constraint Error: Duplicate key "id: 1, line: 2" violates primary key constraint.',
    );
    const schema = { name: "t", columns: new Map(), keys: [key] };
    const ensuredKey = ensured?.map((name) => ({ name }));
    return writeError(error, { database: "duckdb:x", schema, ensuredKey, culprit: undefined }).name;
  };
  assert.equal(kindFor(["line", "id"]), "ConfigurationError");
  assert.equal(kindFor(["id"]), "PermanentError"); // the upsert looked for another key
  assert.equal(kindFor(undefined), "PermanentError"); // an insert
});

Deno.test("openError() tells what waiting mends from what it does not", () => {
  const kind = (message: string) => openError(new Error(message), "duckdb:x").name;
  const locked = (tail: string) =>
    openError(new Error(`IO Error: Could not set lock on file "x": ${tail}`), "duckdb:x");
  assert.match(
    locked("Conflicting lock is held in /usr/bin/deno (PID 12) by user root. See also https://x").message,
    /held|holds it: \/usr\/bin\/deno \(PID 12, user root\)/,
  );
  assert.match(locked("Resource temporarily unavailable").message, /another process holds it; only one/);
  assert.equal(kind("IO Error: Cannot open file: Too many open files"), "UnavailableError");
  assert.equal(kind("IO Error: Cannot open file: Permission denied"), "ConfigurationError");
  assert.equal(kind("IO Error: Trying to read a database file with version number 99"), "ConfigurationError");
  assert.equal(kind("Serialization Error: Failed to deserialize"), "ConfigurationError");
  assert.equal(kind("Out of Memory Error: failed to pin"), "UnavailableError");
});
