/**
 * The law of dead letters, on whole jobs in memory: each message is processed, or its dead letter is written, or it is
 * uncommitted; whatever stops, kills or keeps the job waiting.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { runMod } from "../../../mod.ts";
import { CONNECT, headerText } from "../../../src/consume/dead_letters_headers.ts";
import { PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { memoryConnection, runProcessor } from "../../../testing.ts";
import { memoryDriverOf } from "../../../src/testing/memory_connection.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function connect() {
  return (await runMod("kafka_connector", { bootstrap_servers: "b:9092", security_protocol: "PLAINTEXT" }))
    .artifacts;
}

type Fate = "good" | "bad" | "bad at first" | "away";

/** A job that treats each message by the fate in its value. */
function jobOn(onError: "continue" | "retry") {
  const tries = new Map<string, number>();
  const processed = new Map<string, number>();
  const main = async () =>
    await runMod("kafka_consumer", {
      ...await connect(),
      topics: ["in"],
      group_id: "g",
      on_error: onError,
      max_retries: 1,
      retry_backoff_ms: [1],
      dead_letter_topic: "dlq",
      message_processor: ({ partition, offset, value }) => {
        const place = `${partition}/${offset}`;
        const attempt = (tries.get(place) ?? 0) + 1;
        tries.set(place, attempt);
        const fate = value as Fate;
        if (fate === "bad") throw new PermanentError("bad");
        if (fate === "bad at first" && attempt === 1) return { status: "error", error: "bad at first" };
        if (fate === "away" && attempt % 3 !== 0) throw new UnavailableError("away");
        processed.set(place, (processed.get(place) ?? 0) + 1);
        return { status: "success" };
      },
    });
  return { main, processed };
}

const histories = fc.record({
  fates: fc.array(
    fc.tuple(fc.nat({ max: 2 }), fc.constantFrom<Fate>("good", "bad", "bad at first", "away")),
    { minLength: 1, maxLength: 12 },
  ),
  onError: fc.constantFrom("continue" as const, "retry" as const),
  /** How the first runs end: after so many messages, in order or not. */
  ends: fc.array(fc.record({ after: fc.integer({ min: 1, max: 4 }), crash: fc.boolean() }), { maxLength: 3 }),
  failedSends: fc.nat({ max: 4 }),
});

Deno.test("kafka_consumer processes each message, or writes its dead letter, or leaves it uncommitted", () =>
  fc.assert(
    fc.asyncProperty(histories, async ({ fates, onError, ends, failedSends }) => {
      const kafka = memoryConnection({ in: 3, dlq: 3 });
      kafka.produce("in", fates.map(([partition, value]) => ({ partition, key: "k", value })));
      const { main, processed } = jobOn(onError);
      const { broker } = memoryDriverOf(kafka);
      broker.failNextSends(failedSends);
      let crashes = 0;
      const lettersOf = (place: string) =>
        broker.records("dlq").filter(({ headers, partition }) => {
          const [topic, from, offset] = [CONNECT.topic, CONNECT.partition, CONNECT.offset]
            .map((name) => headerText(headers, name));
          assert.deepEqual([topic, from], ["in", String(partition)], "the same partition");
          return `${from}/${offset}` === place;
        });
      const check = (isOver: boolean) => {
        const committed = kafka.committed("g", "in");
        const next = [0, 0, 0];
        for (const [partition, fate] of fates) {
          const offset = next[partition]!++;
          const place = `${partition}/${offset}`;
          const [done, letters] = [processed.get(place) ?? 0, lettersOf(place).length];
          const isCommitted = offset < (committed[partition] ?? 0);
          if (isCommitted) assert.ok(done + letters >= 1, `${place} (${fate}) is lost`);
          if (isOver) assert.ok(isCommitted, `${place} is not committed`);
          assert.ok(done + letters <= 1 + crashes, `${place} (${fate}): ${done} times, ${letters} letters`);
          if (fate === "good" || fate === "away") assert.equal(letters, 0, `${place} is ${fate}`);
          if (fate === "bad") assert.equal(done, 0);
        }
      };
      for (const { after, crash } of ends) {
        const left = fates.length - Object.values(kafka.committed("g", "in")).reduce((a, b) => a + b, 0);
        if (left < after) continue;
        const { exitCode } = await runProcessor(main, {}, { kafka, [crash ? "crash" : "stop"]: { after } });
        assert.equal(exitCode, crash ? 137 : 0);
        if (crash) crashes++;
        check(false);
      }
      assert.equal((await runProcessor(main, { in: [] }, { kafka })).exitCode, 0);
      check(true);
    }),
    { numRuns: 150 },
  ));

Deno.test("runProcessor shows dead letters; the topic for them is made", async () => {
  const kafka = memoryConnection();
  const job = async () =>
    await runMod("kafka_consumer", {
      ...await connect(),
      topics: ["orders"],
      group_id: "g",
      dead_letter_topic: "orders.dlq",
      message_processor: (
        { value },
      ) => ({ status: value === "2" ? "error" : "success", error: "two" } as const),
    });
  const messages = ["1", "2", "3"].map((value) => ({ partition: 2, key: "k", value, headers: { h: value } }));
  const run = await runProcessor(job, { orders: messages }, { kafka });
  assert.deepEqual([run.exitCode, run.warnings, run.committed], [0, [], { orders: { 0: 0, 1: 0, 2: 3 } }]);
  assert.deepEqual(run.deadLettered.map(({ offset, outcome }) => [offset, outcome]), [[1, "dead_lettered"]]);
  assert.deepEqual([run.skipped.length, run.processed.length], [0, 2]);
  const [letter] = run.produced["orders.dlq"] ?? [];
  assert.deepEqual([letter?.partition, letter?.value, letter?.headers["h"]], [2, 2, "2"]);
  assert.equal(letter?.headers[CONNECT.message], "two");
  assert.equal(run.mods[1]?.metrics["dead_lettered"], 1);
});

Deno.test("kafka_consumer's dead letter of a value that is no text has its bytes", async () => {
  const kafka = memoryConnection({ in: 1, dlq: 1 });
  const value = new Uint8Array([0xff, 0x00, 0xfe]);
  memoryDriverOf(kafka).broker.append("in", { key: bytes("k"), value, headers: [["x", null]] });
  const job = async () =>
    await runMod("kafka_consumer", {
      ...await connect(),
      topics: ["in"],
      group_id: "g",
      value_format: "string",
      dead_letter_topic: "dlq",
      message_processor: () => ({ status: "success" }),
    });
  await runProcessor(job, { in: [] }, { kafka });
  const [letter] = memoryDriverOf(kafka).broker.records("dlq");
  assert.deepEqual([letter?.value, letter?.headers[0]], [value, ["x", null]]);
  assert.equal(headerText(letter?.headers ?? [], CONNECT.stage), "VALUE_CONVERTER");
});
