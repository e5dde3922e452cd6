import assert from "node:assert/strict";
import fc from "fast-check";
import { linesOf } from "../../../src/cli/lines.ts";
import { shown } from "../../../src/cli/peek_format.ts";
import { mergedRecords } from "../../../src/cli/peek_records.ts";
import { compileWhere } from "../../../src/cli/peek_where.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { memoryAdmin } from "../../../src/kafka/memory/admin.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { settle } from "../../support/manual_clock.ts";
import { within } from "../../support/wait_for.ts";
import { datapy, type World } from "./fake_context.ts";

const AT = ["--bootstrap", "memory:9092"];
const NOW = 1_700_000_000_000; // the fake clock's
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | null) => value === null ? null : new TextDecoder().decode(value);

function broker(partitions = 2): MemoryBroker {
  const broker = new MemoryBroker({ maxFetchRecords: 2 });
  broker.createTopic("orders", partitions);
  return broker;
}

function append(to: MemoryBroker, partition: number, value: string | Uint8Array | null, ageMs = 0): void {
  const raw = typeof value === "string" ? bytes(value) : value;
  to.append("orders", {
    partition,
    key: bytes("k"),
    value: raw,
    headers: [["h", bytes("1")]],
    timestamp: NOW - ageMs,
  });
}

const produce = (world: World, ...words: string[]) => datapy(["produce", "orders", ...words, ...AT], world);
const peek = (world: World, ...words: string[]) => datapy(["peek", "orders", ...words, ...AT], world);
const written = (from: MemoryBroker) =>
  from.records("orders").map(({ partition, key, value, headers }) => ({
    partition,
    key: text(key),
    value: text(value),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, text(value)])),
  }));

Deno.test("linesOf() gives the same lines however the bytes are cut", () =>
  fc.assert(fc.asyncProperty(
    fc.array(fc.stringMatching(/^[a-zé ]{0,5}$/)),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
    fc.integer({ min: 1, max: 7 }),
    async (lines, end, ended, size) => {
      const all = bytes(lines.join(end) + (ended && lines.length > 0 ? end : ""));
      async function* pieces() {
        for (let at = 0; at < all.length; at += size) yield await Promise.resolve(all.slice(at, at + size));
      }
      const read = (await Array.fromAsync(linesOf(pieces()))).flat().map(text);
      const expected = lines.slice();
      if (!ended && expected.at(-1) === "") expected.pop(); // an empty last line without an end is none
      assert.deepEqual(read, expected);
    },
  )));

Deno.test("datapy produce sends each line, and counts on standard error", async () => {
  const to = broker(1);
  const { code, out, err } = await produce(
    { broker: to, stdin: "one\n\nthrée" },
    "--key",
    "k",
    "--header",
    "source=a=b",
  );
  assert.deepEqual([code, out, err], [0, "", "Sent 3 records to orders\n"]);
  const rest = { partition: 0, key: "k", headers: { source: "a=b" } };
  assert.deepEqual(written(to), ["one", "", "thrée"].map((value) => ({ ...rest, value })));
});

Deno.test("datapy produce reads JSON lines of a file, with keys of a field", async () => {
  const to = broker(1);
  const file = '{"id":7,"a":1}\n\n  {"id":null}\n{"id":"x"}\n';
  const words = ["--file", "in.jsonl", "--json-lines", "--key-field", "id", "--json"];
  const { code, out, err } = await produce({ broker: to, files: { "in.jsonl": file } }, ...words);
  assert.equal(code, 0, err);
  assert.deepEqual(written(to).map(({ key }) => key), ["7", null, "x"]);
  assert.deepEqual(JSON.parse(out.split("\n")[2]!), { topic: "orders", partition: 0, offset: 2 });
});

Deno.test("datapy produce keeps the digits of a key beyond 2^53", async () => {
  const to = broker(1);
  const stdin = '{"id":9007199254740993}\n{"id":-9007199254740993}\n{"id":1.0,"other":{"id":1e400}}\n';
  const { code, err } = await produce({ broker: to, stdin }, "--json-lines", "--key-field", "id");
  assert.equal(code, 0, err);
  const keys = ["9007199254740993", "-9007199254740993", "1"];
  assert.deepEqual(written(to).map(({ key }) => key), keys);
  assert.deepEqual(written(to).map(({ value }) => value), stdin.trimEnd().split("\n"));
});

Deno.test("datapy produce sends a whole input as one record, to a partition", async () => {
  const to = broker();
  const { code } = await produce({ broker: to, stdin: "{\n}\n" }, "--whole", "--partition", "1");
  assert.equal(code, 0);
  assert.deepEqual(written(to).map(({ partition, value }) => [partition, value]), [[1, "{\n}\n"]]);
});

Deno.test("datapy produce names the line at fault without showing it, and what was sent before", async () => {
  for (
    const [stdin, says] of [
      [
        '{"id":"1"}\n{"id":secret}\n',
        /Line 2 is not valid JSON at column 7: .*; 1 record before it was sent\n/,
      ],
      ["[1]\n", /Line 1 is not a JSON object, .*; nothing was sent before it\n/],
      ['{"ID":"secret"}\n', /Line 1 has no field "id" for the key/],
      ['{"id":["secret"]}\n', /Line 1: field "id" is not a text/],
    ] as const
  ) {
    const to = broker(1);
    const { code, err } = await produce({ broker: to, stdin }, "--json-lines", "--key-field", "id");
    assert.equal(code, 1);
    assert.match(err, says);
    assert.doesNotMatch(err, /secret/);
    assert.equal(written(to).length, /1 record before/.test(err) ? 1 : 0);
  }
});

Deno.test("datapy produce sends what comes before a line at fault, also where they come together", async () => {
  const to = broker(1);
  const files = { "in.jsonl": "1\n2\n{\n4\n" }; // a file comes in one piece
  const { code, err } = await produce({ broker: to, files }, "--json-lines", "--file", "in.jsonl");
  assert.equal(code, 1);
  assert.match(err, /^datapy: .*Line 3 is not valid JSON .*; 2 records before it were sent\n/);
  assert.deepEqual(written(to).map(({ value }) => value), ["1", "2"]);
});

Deno.test("datapy produce refuses what does not fit together, a topic and a partition that are not there", async () => {
  const refused: [words: string[], code: number, says: RegExp][] = [
    [["--key", "a", "--key-field", "b", "--json-lines"], 64, /exclude each other/],
    [["--key-field", "b"], 64, /needs --json-lines/],
    [["--header", "novalue"], 64, /--header is "novalue": expected name=value/],
    [["--partition", "9"], 78, /has no partition 9: it has 2/],
    [["--file", "none"], 78, /Cannot read none: there is no such file/],
  ];
  for (const [words, code, says] of refused) {
    const result = await produce({ broker: broker() }, ...words);
    assert.equal(result.code, code, result.err);
    assert.match(result.err, says);
  }
  const typo = await datapy(["produce", "order", ...AT], { broker: broker() });
  assert.deepEqual([typo.code, typo.err], [
    78,
    'datapy: There is no topic "order"; did you mean "orders"? (--create makes it)\n',
  ]);
});

Deno.test("datapy produce --create leaves a topic that is missing to the brokers", async () => {
  const words = ["produce", "order", "--create", ...AT];
  const { err } = await datapy(words, { broker: broker(), stdin: "a\n" });
  assert.equal(err, "datapy: Topic order does not exist: create it first\n"); // these brokers create none: it was they
});

Deno.test("datapy produce tells somebody who types how to end", async () => {
  const { err } = await produce({ broker: broker(), typing: true });
  assert.match(err, /Ctrl\+D ends\nSent 0 records to orders\n$/);
});

Deno.test("datapy peek shows the last ten of all partitions by their times", async () => {
  const from = broker();
  for (let i = 11; i >= 0; i--) append(from, i % 2, `v${i}`, i * 1000);
  const { code, out, err } = await peek({ broker: from });
  assert.equal(code, 0, err);
  const lines = out.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => line.split(/ +/)[3]),
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((i) => `v${i}`),
  );
  assert.equal(lines[9], "2023-11-14T22:13:20.000Z  0@5    k    v0");
  assert.equal(err, "10 records, the last of about 12; --from earliest begins at the first\n");
});

Deno.test("mergedRecords() gives all records once, those of a partition in their order, times ascending where they do", () =>
  fc.assert(fc.asyncProperty(
    fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
    async (partitions) => {
      const from = broker(partitions.length);
      partitions.forEach((times, partition) => {
        for (const time of times.toSorted((a, b) => a - b)) append(from, partition, `${time}`, 50 - time);
      });
      const admin = await memoryAdmin(from)(MEMORY_CONNECTION, { timeoutMs: 1000, log: silentLogger });
      const bounds = await admin.bounds("orders");
      const begin = new Map([...bounds].map(([partition, { beginning }]) => [partition, beginning]));
      const end = new Map([...bounds].map(([partition, { end }]) => [partition, end]));
      const read = await Array.fromAsync(mergedRecords(admin, "orders", begin, end));
      const times = read.map(({ record }) => Number(text(record.value)));
      assert.deepEqual(times, partitions.flat().sort((a, b) => a - b));
      assert.equal(
        new Set(read.map(({ partition, record }) => `${partition}@${record.offset}`)).size,
        read.length,
      );
    },
  )));

Deno.test("datapy peek takes moments, partitions and a limit", async () => {
  const from = broker();
  for (let i = 5; i >= 0; i--) append(from, 0, `v${i}`, i * 60_000);
  append(from, 1, "other", 90_000);
  const values = async (...words: string[]) =>
    (await peek({ broker: from }, ...words)).out.trimEnd().split("\n").map((line) => line.split(/ +/)[3]);
  assert.deepEqual(await values("--from", "-2m"), ["v2", "other", "v1", "v0"]);
  assert.deepEqual(await values("--from", "earliest", "--until", "-4m"), ["v5"]);
  assert.deepEqual(await values("--from", "4", "--partition", "0"), ["v1", "v0"]);
  assert.deepEqual(await values("--from", "earliest", "--limit", "2"), ["v5", "v4"]);
  assert.deepEqual(await values("--from", "-1"), ["v0"]);
  assert.equal((await peek({ broker: from }, "--limit", "1")).err, "1 record, as many as --limit allows\n");
  assert.match((await peek({ broker: from }, "--from", "-1")).err, /^1 record, the last of about 7;/);
});

Deno.test("datapy peek filters by an expression over JSON values", async () => {
  const from = broker(1);
  for (const value of ['{"amount":50}', '{"amount":150,"cur":"$"}', "not json", null]) append(from, 0, value);
  const { out, err } = await peek({ broker: from }, "--where", "$.amount > 100 && $.cur == '$'", "--json");
  assert.deepEqual(out.trimEnd().split("\n").map((line) => JSON.parse(line).offset), [1]);
  assert.equal(err, "1 of 4 records; 2 records left out because the value is not JSON\n");
  const wrong = await peek({ broker: from }, "--where", "$.amount >");
  assert.equal(wrong.code, 64);
  assert.match(
    wrong.err,
    /^datapy: --where is "\$\.amount >": expected a condition such as .*: unexpected end/,
  );
});

Deno.test("compileWhere() leaves dollars in texts and names alone", () => {
  const fits = (expression: string, value: unknown) => compileWhere(expression)(bytes(JSON.stringify(value)));
  assert.equal(fits('$["a$"] == "$"', { "a$": "$" }), true);
  assert.equal(fits("$.lines[?@.sku == 'x']", { lines: [{ sku: "x" }] }), true);
  assert.equal(fits("$.lines[?@.sku == 'y']", { lines: [{ sku: "x" }] }), false);
  assert.equal(compileWhere("$.a")(bytes("{")), undefined);
});

Deno.test("datapy peek shows what a terminal could take for a command, and bytes, safely", async () => {
  const from = broker(1);
  append(from, 0, "a\x1b[31m\r\nb");
  append(from, 0, new Uint8Array([0xff, 0x00]));
  append(from, 0, null);
  const { out } = await peek({ broker: from, terminal: true }, "--headers");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(out.replace(/^\x1b\[1m.*\x1b\[22m\n/, ""), /[\x00-\x09\x0b-\x1f]/);
  assert.match(out, /TIME +PLACE +KEY +VALUE/);
  assert.match(out, /a\\x1b\[31m\\r\\nb {2}\{h=1\}\n.*<2 bytes: ff00> {2}\{h=1\}\n.*<no value>/);
  const json = await peek({ broker: from }, "--json");
  const [first, second, third] = json.out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(first, {
    topic: "orders",
    partition: 0,
    offset: 0,
    timestamp: NOW,
    time: "2023-11-14T22:13:20.000Z",
    key: "k",
    value: "a\x1b[31m\r\nb",
    headers: { h: "1" },
  });
  assert.deepEqual([second.value, second.value_base64, third.value], [null, "/wA=", null]);
  assert.equal(shown(new Uint8Array(40).fill(255)), `<40 bytes: ${"ff".repeat(32)}…>`);
});

Deno.test("datapy peek ends quietly when its reader has gone", async () => {
  const from = broker(1);
  for (let i = 0; i < 50; i++) append(from, 0, `v${i}`);
  const { code, out, err } = await peek({ broker: from, linesRead: 3 }, "--from", "earliest", "--follow");
  assert.deepEqual([code, out.split("\n").length - 1, err], [0, 3, ""]);
});

Deno.test("datapy peek follows what is written, until it has enough", async () => {
  const from = broker();
  append(from, 0, "before");
  using hold = from.holdFetches();
  const running = peek(
    { broker: from },
    "--from",
    "latest",
    "--follow",
    "--limit",
    "2",
  );
  await hold.arrived;
  append(from, 1, "first");
  hold.release();
  await settle();
  append(from, 0, "second");
  const { code, out } = await within(running, "peek to end");
  assert.equal(code, 0);
  assert.deepEqual(out.trimEnd().split("\n").map((line) => line.split(/ +/)[3]), ["first", "second"]);
  assert.equal((await peek({ broker: from }, "--follow", "--until", "5")).code, 64);
});

Deno.test("datapy peek says that a topic is empty", async () => {
  const { code, out, err } = await peek({ broker: broker() });
  assert.deepEqual([code, out, err], [0, "", "Topic orders is empty\n"]);
});
