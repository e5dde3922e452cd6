/** Bad input on its way into PostgreSQL: see the table in docs/delivery.md. */
import assert from "node:assert/strict";
import { pipeline, type Ran } from "../unit/bad_input/support.ts";
import { freshDatabase, onServer, sharedPostgres } from "../support/postgres.ts";

const server = await sharedPostgres();

/** Messages into a table of a new database, which may be there already. */
async function into(
  table: string | undefined,
  ...values: readonly (string | Uint8Array | null)[]
): Promise<Ran> {
  await using database = await freshDatabase(server);
  if (table !== undefined) await onServer(database.url, `CREATE TABLE orders (${table})`);
  return await pipeline(values.map((value) => ({ value })), database.url);
}

/** As `into`; all but the last are skipped as record errors, the last one is stored. */
async function skipped(table: string | undefined, values: readonly string[], text: RegExp): Promise<void> {
  const { run, stored, outcomes } = await into(table, ...values, '{"id": 1}');
  for (const outcome of outcomes.slice(0, -1)) assert.match(outcome, text);
  assert.deepEqual([outcomes.length, outcomes.at(-1)], [values.length + 1, "processed"]);
  assert.ok(run.skipped.every(({ kind }) => kind === "permanent"));
  assert.deepEqual([run.exitCode, stored.map((row) => row["order_id"])], [0, [1n]]);
}

const COLUMNS = "order_id bigint, note text, o json, b jsonb, region text";

Deno.test("NUL in a text is a record error of database_insert on PostgreSQL", () =>
  skipped(
    COLUMNS,
    ['{"id": 2, "note": "x\\u0000y"}', '{"id": 2, "note": "\\u0000"}'],
    /^database_insert: Cannot write row 0 of "orders", column "note": a text holds a NUL character, which PostgreSQL cannot store$/,
  ));

Deno.test("NUL within an object is a record error in a jsonb column, and kept in a json column", async () => {
  await skipped(
    COLUMNS,
    ['{"id": 2, "b": {"x": "\\u0000"}}', '{"id": 2, "b": {"\\u0000": 1}}'],
    /^database_insert: Cannot write to table "orders" .* column "b": a value does not fit jsonb \(SQLSTATE 22P05\)$/,
  );
  const { stored, outcomes } = await into(COLUMNS, '{"id": 2, "o": {"x": "\\u0000"}}');
  assert.deepEqual([outcomes, stored[0]?.["o"]], [["processed"], '{"x":"\\u0000"}']);
});

Deno.test("9007199254740993 and longer numbers keep every digit in PostgreSQL; what does not fit is a record error", async () => {
  const { stored } = await into(undefined, '{"id": 9007199254740993, "n": 123456789012345678901234567890}');
  assert.deepEqual(
    [stored[0]?.["order_id"], String(stored[0]?.["n"])],
    [9007199254740993n, "123456789012345678901234567890"],
  );
  await skipped(COLUMNS, ['{"id": 9223372036854775808}'], /^database_insert: .*"orders".*order_id/);
});

Deno.test("Keys called __proto__ arrive in PostgreSQL as they were sent", async () => {
  const { stored, outcomes } = await into(
    undefined,
    '{"id": 1, "__proto__": "p", "o": {"__proto__": {"x": 1}}}',
  );
  assert.deepEqual(outcomes, ["processed"]);
  assert.equal(Object.entries(stored[0] ?? {}).find(([name]) => name === "__proto__")?.[1], "p");
  assert.deepEqual(JSON.parse(String(stored[0]?.["o"])), JSON.parse('{"__proto__": {"x": 1}}'));
});

Deno.test("Empty texts, nulls and 10 MB arrive in PostgreSQL as they were sent", async () => {
  const { stored, outcomes } = await into(
    COLUMNS,
    '{"id": 1, "note": ""}',
    '{"id": 2}',
  );
  assert.deepEqual(outcomes, ["processed", "processed"]);
  assert.deepEqual(stored.map((row) => row["note"]), ["", null]);
  const note = "ä\u{1f600}".repeat(1_700_000);
  const large = await into(COLUMNS, JSON.stringify({ id: 1, note }));
  assert.ok(large.stored[0]?.["note"] === note, "it changed");
});

Deno.test("Half a surrogate pair is stored as U+FFFD in PostgreSQL", async () => {
  const { stored } = await into(COLUMNS, '{"id": 1, "note": "\\ud800", "o": {"x": "\\udfff"}}');
  assert.equal(stored[0]?.["note"], "\ufffd");
});
