/** What becomes of bad input, from the topic through all mods: see the table in docs/delivery.md. */
import assert from "node:assert/strict";
import { pipeline } from "./support.ts";

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** One message, and what came of it. */
async function one(value: string | Uint8Array | null, more: { key?: string; timestamp?: number } = {}) {
  const { run, stored, outcomes } = await pipeline([{ value, ...more }]);
  assert.deepEqual([outcomes, run.exitCode], [["processed"], 0], String(run.error));
  assert.equal(stored.length, 1);
  const [sent] = run.produced["done"] ?? [];
  return { run, row: stored[0]!, sent: sent?.value as Record<string, unknown>, key: sent?.key };
}

/** Messages that are skipped as a record error with a text, and a good one behind them, which arrives. */
async function skipped(
  values: readonly (string | Uint8Array | null)[],
  text: string | RegExp,
): Promise<void> {
  const { run, stored, outcomes } = await pipeline([...values, '{"id": 1}'].map((value) => ({ value })));
  for (const outcome of outcomes.slice(0, -1)) {
    typeof text === "string" ? assert.equal(outcome, text) : assert.match(outcome, text);
  }
  assert.deepEqual([outcomes.length, outcomes.at(-1)], [values.length + 1, "processed"]);
  assert.ok(run.skipped.every(({ kind, attempts }) => kind === "permanent" && attempts === 1));
  assert.deepEqual([run.exitCode, run.committed], [0, { "raw.orders-v1": { 0: values.length + 1 } }]);
  assert.deepEqual([stored.length, run.produced["done"]?.length], [1, 1]);
}

Deno.test("An empty value is a record error of json_parser", () =>
  skipped(
    ["", " \n"],
    /^json_parser: malformed JSON at line \d, column 1: expected a value, but the text ends$/,
  ));

Deno.test("A tombstone is a record error of json_parser", () =>
  skipped(
    [null],
    "json_parser: json_string is null: the message has no value (a tombstone), so there is no JSON",
  ));

Deno.test("A value that is not UTF-8 is a record error of json_parser", () =>
  skipped(
    [Uint8Array.of(0x7b, 0xff, 0x7d), Uint8Array.of(0xc0, 0x80)],
    /^json_parser: the \d bytes are not valid UTF-8: JSON is always UTF-8$/,
  ));

Deno.test("JSON that nests 10,000 deep is a record error of json_parser", () =>
  skipped(
    [nested(10_000), "[".repeat(10_000), "[".repeat(10_000) + "]".repeat(10_000)],
    /^json_parser: malformed JSON at line 1, column \d+: expected at most 1000 levels of nesting, but /,
  ));

Deno.test("JSON that nests 900 deep arrives as it was sent", async () => {
  const { row, sent } = await one(`{"id": 1, "tree": ${nested(900)}}`);
  assert.equal(row["tree"], nested(900));
  assert.equal(JSON.stringify(sent["tree"]), nested(900));
});

Deno.test("A message without a key arrives, and is sent on by key_column", async () => {
  const { run, key } = await one('{"id": 1}');
  assert.deepEqual([run.messages[0]?.key, key], [null, "1"]);
});

Deno.test("Keys called __proto__ and constructor arrive as they were sent", async () => {
  const { row, sent } = await one('{"id":1,"__proto__":"p","constructor":"c","o":{"__proto__":{"x":1}}}');
  const columns = ["__proto__", "constructor", "o", "order_id", "region"];
  assert.deepEqual(Object.keys(row).sort(), columns);
  assert.equal(Object.entries(row).find(([name]) => name === "__proto__")?.[1], "p");
  assert.equal(row["o"], '{"__proto__":{"x":1}}');
  assert.deepEqual(
    Object.entries(sent).sort(),
    Object.entries(
      JSON.parse(
        '{"__proto__":"p","constructor":"c","o":{"__proto__":{"x":1}},"order_id":1,"region":"north"}',
      ),
    ),
  );
  assert.equal(({} as { x?: unknown }).x, undefined);
});

Deno.test("1e400 is a record error that names the field", () =>
  skipped(
    ['{"id": 1, "amount": 1e400}', '{"id": 1, "amount": -1e400}'],
    'json_parser: "amount" is a number too large for a double',
  ));

Deno.test("9007199254740993 and longer numbers keep every digit", async () => {
  const { row, key } = await one('{"id":9007199254740993,"n":-123456789012345678901234567890}');
  assert.deepEqual([row["order_id"], row["n"]], [9007199254740993n, -123456789012345678901234567890n]);
  assert.equal(key, "9007199254740993");
});

Deno.test("A message with a timestamp of -1, or one before 1970, is processed as any other", async () => {
  for (const timestamp of [-1, -86_400_000, 0]) await one('{"id": 1}', { timestamp });
});

Deno.test("A message of 10 MB is stored as it was sent; sent to a topic that does not take it, it is a record error", async () => {
  const note = "ä\u{1f600}".repeat(1_700_000);
  const { run, stored, outcomes } = await pipeline([{ value: { id: 1, note } }]);
  assert.ok(stored[0]?.["note"] === note, "it changed");
  assert.match(
    outcomes[0]!,
    /^kafka_producer: .*record 0 .* has 102000\d\d bytes, the topic takes at most 1048588$/,
  );
  assert.deepEqual([run.messages[0]?.kind, run.exitCode], ["permanent", 0]);
});

Deno.test("A message beyond max_bytes is a record error of json_parser", () =>
  skipped(
    [`"${"x".repeat(17_000_000)}"`],
    "json_parser: the JSON text is larger than max_bytes (16777216 bytes)",
  ));

Deno.test("NUL reaches DuckDB and Kafka as it was sent", async () => {
  const { row, sent } = await one('{"id": 1, "note": "x\\u0000y", "o": {"a": "\\u0000"}}');
  assert.deepEqual([row["note"], row["o"]], ["x\0y", '{"a":"\\u0000"}']);
  assert.equal(sent["note"], "x\0y");
});

Deno.test("Half a surrogate pair is sent on as it was, and stored as U+FFFD", async () => {
  const { row, sent } = await one('{"id": 1, "note": "\\ud800"}');
  assert.deepEqual([row["note"], sent["note"]], ["\ufffd", "\ud800"]);
});
