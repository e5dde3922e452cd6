/** Dead letters: the bytes of a message as they were, and what is told about its failure. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DeadLetterBox } from "../../../src/consume/dead_letters.ts";
import { CONNECT, headerText, OURS, ownHeaders, REDRIVE } from "../../../src/consume/dead_letters_headers.ts";
import { type DeadMessage, FORMS, letterOf } from "../../../src/consume/dead_letters_letter.ts";
import {
  ConfigurationError,
  kindOf,
  ModError,
  PermanentError,
  RecordError,
  UnavailableError,
} from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { OutgoingRecord } from "../../../src/kafka/driver.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const bytes = (text: string) => new TextEncoder().encode(text);
const SENDER = { job: "orders", group: "orders-to-db" };

function dead(given: Partial<DeadMessage> = {}): DeadMessage {
  return {
    topic: "orders",
    partition: 1,
    record: { offset: 42n, timestamp: 1_700_000_000_000, key: bytes("k"), value: bytes("v"), headers: [] },
    error: new RecordError("amount is missing"),
    kind: "record",
    attempts: 4,
    stage: "process",
    ...given,
  };
}

const blob = fc.option(fc.uint8Array({ maxLength: 20 }));
const name = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom("", "__proto__", "1", ...[CONNECT, OURS, REDRIVE].flatMap((names) => Object.values(names))),
);
const records = fc.record({
  offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  timestamp: fc.constantFrom(-1, 0, 1_700_000_000_000),
  key: blob,
  value: blob,
  headers: fc.array(fc.tuple(name, blob), { maxLength: 6 }),
}, { noNullPrototype: true });

Deno.test("letterOf() keeps key, value and headers byte by byte and in their order, and ownHeaders() finds them", () =>
  fc.assert(fc.property(records, fc.constantFrom(...FORMS), fc.string(), (record, form, text) => {
    const given = structuredClone(record);
    const letter = letterOf(dead({ record, error: new Error(text) }), SENDER, NOW, form);
    assert.deepEqual(record, given, "the message itself is left alone");
    assert.deepEqual([letter.key, letter.value], [given.key, given.value]);
    assert.deepEqual(letter.headers.slice(0, given.headers.length), given.headers);
    assert.deepEqual(ownHeaders(letter.headers), given.headers);
    const read = (header: string) => headerText(letter.headers, header);
    assert.deepEqual([read(CONNECT.topic), read(CONNECT.partition)], ["orders", "1"]);
    assert.deepEqual([read(CONNECT.offset), read(OURS.timestamp)], [
      String(given.offset),
      String(given.timestamp),
    ]);
  })));

Deno.test("letterOf() tells where the message lay, whose it was and why it failed, by Kafka Connect's names too", () => {
  const error = new ModError("json_parser", "line 3 is no JSON", {
    kind: "permanent",
    cause: new PermanentError("unexpected end"),
  });
  const { headers } = letterOf(dead({ error, kind: "permanent" }), SENDER, NOW, "whole");
  const all = Object.fromEntries(headers.map(([name, value]) => [name, new TextDecoder().decode(value!)]));
  const { [CONNECT.stacktrace]: stack, ...rest } = all;
  assert.match(
    stack ?? "",
    /^ModError: json_parser: line 3 is no JSON\n\s+at .*\nPermanentError: unexpected/s,
  );
  assert.deepEqual(rest, {
    "__connect.errors.topic": "orders",
    "__connect.errors.partition": "1",
    "__connect.errors.offset": "42",
    "__connect.errors.connector.name": "orders",
    "__connect.errors.stage": "TASK_PUT",
    "__connect.errors.class.name": "json_parser",
    "__connect.errors.exception.class.name": "PermanentError",
    "__connect.errors.exception.message": "json_parser: line 3 is no JSON: unexpected end",
    "__datapy.errors.job": "orders",
    "__datapy.errors.group": "orders-to-db",
    "__datapy.errors.attempts": "4",
    "__datapy.errors.time": "2026-01-02T03:04:05.000Z",
    "__datapy.errors.kind": "permanent",
    "__datapy.errors.timestamp": "1700000000000",
    "__datapy.errors.headers": "0",
  });
});

Deno.test("letterOf() names the class of whatever was thrown, and the stage", () => {
  class BadAmount extends Error {}
  const read = (error: unknown, header: string) =>
    headerText(letterOf(dead({ error, stage: "decode" }), SENDER, NOW, "whole").headers, header);
  const classOf = (error: unknown) => read(error, CONNECT.exception);
  assert.deepEqual(
    [classOf(new BadAmount("x")), classOf(new TypeError("x")), classOf("text"), classOf(null)],
    ["BadAmount", "TypeError", "string", "null"],
  );
  assert.equal(read("text", CONNECT.message), "text");
  assert.equal(read("text", CONNECT.stage), "VALUE_CONVERTER");
  assert.equal(read("text", CONNECT.executing), "message_processor");
});

Deno.test("letterOf() masks known secrets in the texts of errors, and bounds them", () => {
  const secret = new Secret("hunter2-of-the-database");
  const error = new Error(`refused: ${secret.reveal()} ${"x".repeat(50_000)}`);
  const { headers } = letterOf(dead({ error }), SENDER, NOW, "whole");
  const told = headers.map(([, value]) => new TextDecoder().decode(value!)).join("\n");
  assert.ok(!told.includes("hunter2"));
  assert.match(told, /refused: \*\*\*/);
  assert.ok(told.length < 12_000, String(told.length));
});

Deno.test("ownHeaders() takes Kafka Connect's headers off a letter that Connect has written", () => {
  const own = [["source", bytes("s")], ["x", null]] as const;
  const headers = [...own, [CONNECT.topic, bytes("t")], ["__connect.errors.task.id", bytes("0")]] as const;
  assert.deepEqual(ownHeaders(headers), own);
});

/** A box on topics with so many partitions, that takes records up to a size. */
function box(counts: Record<string, number>, most = Infinity) {
  const sent: OutgoingRecord[] = [];
  const failures: Error[] = [];
  let looks = 0;
  const letters = new DeadLetterBox({
    topic: "dlq",
    sender: SENDER,
    clock: { wallTime: () => NOW },
    known: new Map(Object.entries(counts)),
    partitions: (topics) => {
      looks++;
      return Promise.resolve(new Map(topics.map((topic) => [topic, counts[topic] ?? 0])));
    },
    send: (record) => {
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      const size = (record.value?.length ?? 0) +
        record.headers.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0);
      if (size > most) return Promise.reject(new PermanentError("too large"));
      sent.push(record);
      return Promise.resolve({ topic: "dlq", partition: record.partition ?? 0, offset: BigInt(sent.length) });
    },
  });
  return { letters, sent, failures, looks: () => looks };
}

Deno.test("DeadLetterBox keeps the partition where both topics have as many, else lets the key choose", async () => {
  const counts = { orders: 3, dlq: 3 };
  const { letters, sent, looks } = box(counts);
  await letters.write(dead({ partition: 2 }));
  await letters.write(dead({ partition: 0 }));
  assert.deepEqual(sent.map(({ partition }) => partition), [2, 0]);
  assert.equal(looks(), 0, "it knows them from its beginning");
  counts.orders = 5;
  await letters.write(dead({ partition: 4 })); // a partition that was added
  assert.ok(!("partition" in sent[2]!));
  assert.equal(looks(), 1);
  counts.dlq = 7;
  counts.orders = 7;
  await letters.write(dead({ partition: 6 }));
  assert.deepEqual([sent[3]?.partition, looks()], [6, 2]);
});

Deno.test("DeadLetterBox leaves out what is told of the error where the topic does not take it all", async () => {
  const deep = new Error("m".repeat(5_000));
  const value = new Uint8Array(10_000);
  const record = { ...dead().record, value };
  const withoutOf = async (most: number) => {
    const { letters, sent } = box({ orders: 1, dlq: 1 }, most);
    await letters.write(dead({ record, error: deep, partition: 0 }));
    const [letter] = sent;
    assert.deepEqual(letter?.value, value, "the message is never cut");
    return headerText(letter?.headers ?? [], OURS.without);
  };
  assert.equal(await withoutOf(100_000), undefined);
  assert.equal(await withoutOf(11_200), "stacktrace");
  assert.equal(await withoutOf(10_400), "error");
  const { letters } = box({ orders: 1, dlq: 1 }, 10_000);
  await assert.rejects(letters.write(dead({ record, partition: 0 })), (error) => {
    assert.ok(error instanceof UnavailableError, "it waits: the message must not be lost");
    assert.match(
      error.message,
      /dead letter of orders\[0\]@42: topic "dlq" does not take it .*max\.message\.bytes/,
    );
    return true;
  });
});

Deno.test("DeadLetterBox hands outages and refused permissions on as they are", async () => {
  for (const error of [new UnavailableError("away"), new ConfigurationError("not authorised")]) {
    const { letters, sent, failures } = box({ orders: 2, dlq: 2 });
    failures.push(error);
    await assert.rejects(letters.write(dead()), (thrown) => thrown === error && kindOf(thrown) !== "record");
    assert.equal(sent.length, 0, "nothing less is tried");
  }
});
