import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../../src/core/secret.ts";
import { jsonLine, type LogEvent, textLine } from "../../../src/logging/format.ts";
import { LEVELS } from "../../../src/logging/levels.ts";

const TIME = Date.UTC(2025, 9, 24, 10, 15, 30, 123);

const event = (given: Partial<LogEvent> = {}): LogEvent => ({
  time: TIME,
  level: "INFO",
  mod: "kafka_consumer",
  message: "Processed 5000 messages, Errors: 3",
  fields: {},
  ...given,
});

/** Texts with all that could break a line or command a terminal. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\n",
      "\r",
      "\t",
      "\x1b[2J",
      "\x07",
      "\x7f",
      "\x9b31m",
      "\u2028",
      "\u2029",
      "\u202e",
      "\u2066",
      "\0",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});
const events = fc.record({
  time: fc.integer({ min: 0, max: 4e12 }),
  level: fc.constantFrom(...LEVELS),
  mod: hostile,
  message: hostile,
  fields: fc.dictionary(hostile, fc.oneof(hostile, fc.anything({ withBigInt: true }))),
});
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

Deno.test("textLine is the seed's line: time in UTC, level, mod and message, with tabs between", () => {
  assert.equal(
    textLine(event(), false),
    "2025-10-24 10:15:30\tINFO\tkafka_consumer\tProcessed 5000 messages, Errors: 3\n",
  );
});

Deno.test("textLine is one line of four columns that commands no terminal, whatever the event holds", () => {
  fc.assert(fc.property(events, (given) => {
    const line = textLine(given, false);
    assert.ok(line.endsWith("\n"));
    assert.ok(!UNSAFE.test(line.slice(0, -1)), JSON.stringify(line));
    assert.equal(line.split("\t").length, 4);
  }));
});

Deno.test("jsonLine is one JSON object in one line that commands no terminal, whatever the event holds", () => {
  fc.assert(fc.property(events, (given) => {
    const line = jsonLine(given, "orders.ts");
    assert.ok(line.endsWith("\n"));
    assert.ok(!UNSAFE.test(line.slice(0, -1)), JSON.stringify(line));
    const { time, level, mod, job, message } = JSON.parse(line);
    assert.deepEqual({ time, level, mod, job, message }, {
      time: new Date(given.time).toISOString(),
      level: given.level,
      mod: given.mod.toWellFormed() === given.mod ? given.mod : mod,
      job: "orders.ts",
      message: given.message.toWellFormed() === given.message ? given.message : message,
    });
  }));
});

Deno.test("textLine escapes readably, and leaves what people write", () => {
  const line = textLine(event({ message: "a\nb\tc\rd \x1b[31m \u202e C:\\new ü 😀 {x}" }), false);
  assert.equal(line.split("\t")[3], "a\\nb\\tc\\rd \\x1b[31m \\u202e C:\\new ü 😀 {x}\n");
});

Deno.test("textLine shows fields at DEBUG only, jsonLine always", () => {
  const fields = { topic: "orders", offset: 15n, note: "two words", nothing: undefined, list: [1, "a"] };
  assert.ok(textLine(event({ fields }), false).endsWith("Errors: 3\n"));
  assert.ok(
    textLine(event({ level: "DEBUG", message: "Processing", fields }), false)
      .endsWith('\tProcessing topic=orders offset=15 note="two words" list=[1,"a"]\n'),
  );
  assert.deepEqual(JSON.parse(jsonLine(event({ fields }), "job")).fields, {
    topic: "orders",
    offset: 15,
    note: "two words",
    list: [1, "a"],
  });
  assert.equal(jsonLine(event(), "job").includes("fields"), false);
});

Deno.test("no line shows a secret: in the message, in fields however deep, under a secret's name, or in several lines", () => {
  const secret = new Secret("swordfish 1");
  const key = new Secret("-----BEGIN\nPRIVATE\nKEY-----");
  const fields = {
    secret,
    text: "is swordfish 1",
    deep: { list: [{ sasl_password: "unheard of" }] },
    error: new Error("refused", { cause: new Error("for swordfish 1") }),
    key: key.reveal(),
  };
  const told = event({
    level: "DEBUG",
    message: `login with ${secret.reveal()} and ${key.reveal()}`,
    fields,
  });
  for (const line of [textLine(told, false), textLine(told, true), jsonLine(told, "job")]) {
    assert.ok(!/swordfish|unheard|PRIVATE/.test(line), line);
    assert.ok(line.includes("login with *** and ***"));
    assert.ok(line.includes("refused: for ***"));
  }
});

Deno.test("fields that JSON cannot say are told in another way", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  assert.match(JSON.parse(jsonLine(event({ fields: { circle } }), "job")).fields, /^cannot be printed: /);
  assert.ok(
    textLine(event({ level: "DEBUG", fields: { circle, ok: 1 } }), false).endsWith(" circle=? ok=1\n"),
  );
  const { fields } = JSON.parse(
    jsonLine(event({ fields: { big: 2n ** 70n, bytes: new Uint8Array(4) } }), "job"),
  );
  assert.deepEqual(fields, { big: "1180591620717411303424", bytes: "4 bytes" });
});

Deno.test("a message that is too long for a log driver is cut, and says how much is missing", () => {
  const line = textLine(event({ message: "x".repeat(100_000) }), false);
  assert.ok(line.length < 8200);
  assert.ok(line.endsWith("x… (92000 more characters)\n"));
});

Deno.test("textLine colours time and level only", () => {
  assert.equal(
    textLine(event({ level: "ERROR", message: "m" }), true),
    "\x1b[2m2025-10-24 10:15:30\x1b[0m\t\x1b[31mERROR\x1b[0m\tkafka_consumer\tm\n",
  );
});
