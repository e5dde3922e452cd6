/** What kafka_consumer checks and says about its dead_letter_topic before it begins. */
import assert from "node:assert/strict";
import { runMod } from "../../../mod.ts";
import { ConfigurationError, errorText, kindOf } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { TopicDetails } from "../../../src/kafka/driver.ts";
import { openDeadLetters } from "../../../src/mods/streaming/dead_letters.ts";
import { memoryDriverOf } from "../../../src/testing/memory_connection.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { memoryConnection, runProcessor } from "../../../testing.ts";

interface World {
  readonly topics?: Readonly<Record<string, number>>;
  readonly settings?: Readonly<Record<string, Partial<TopicDetails>>>;
  readonly params?: object;
  readonly away?: boolean;
}

/** Runs a consumer of "in" whose letters go to "dlq". */
async function start({ topics = { in: 3, dlq: 3 }, settings = {}, params = {}, away = false }: World) {
  const kafka = memoryConnection(topics);
  const { broker } = memoryDriverOf(kafka);
  for (const [topic, details] of Object.entries(settings)) broker.topicSettings.set(topic, details);
  const main = async () => {
    const { artifacts } = await runMod("kafka_connector", {
      bootstrap_servers: "b:9092",
      security_protocol: "PLAINTEXT",
    });
    if (away) broker.failNextLists(1);
    const consuming = {
      ...artifacts,
      topics: ["in"],
      group_id: "g",
      message_processor: () => ({ status: "success" } as const),
      dead_letter_topic: "dlq",
      ...params,
    };
    await runMod("kafka_consumer", consuming);
  };
  return await runProcessor(main, "in" in topics ? { in: [{ value: "1" }] } : {}, { kafka });
}

Deno.test("kafka_consumer does not warn of skipping where there is a dead_letter_topic", async () => {
  const { exitCode, warnings, committed } = await start({});
  assert.deepEqual([exitCode, warnings, committed["in"]], [0, [], { 0: 1, 1: 0, 2: 0 }]);
});

Deno.test("kafka_consumer with on_error stop warns that dead_letter_topic gets nothing", async () => {
  const { warnings } = await start({ params: { on_error: "stop" } });
  assert.deepEqual(warnings, ['on_error is "stop": nothing will be written to dead_letter_topic "dlq"']);
});

Deno.test("kafka_consumer refuses a dead_letter_topic that it consumes", async () => {
  const { exitCode, error } = await start({ params: { dead_letter_topic: "in" } });
  assert.equal(exitCode, 78);
  assert.match(errorText(error), /dead_letter_topic is "in", which is consumed: .* again for ever/);
});

Deno.test("kafka_consumer refuses a compacted dead_letter_topic: letters of equal keys would be lost", async () => {
  const { exitCode, error } = await start({ settings: { dlq: { isCompacted: true } } });
  assert.equal(exitCode, 78);
  assert.match(errorText(error), /topic "dlq": it is compacted.*cleanup\.policy to delete/);
});

Deno.test("kafka_consumer warns where messages can be larger than their dead letters, and of nothing else", async () => {
  const { warnings } = await start({ settings: { dlq: { maxMessageBytes: 1000 } } });
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]!,
    /"in" takes messages of up to 1048588 bytes, .* "dlq" of up to 1000 \(max\.message/,
  );
  assert.deepEqual((await start({ settings: { dlq: { maxMessageBytes: undefined } } })).warnings, []);
});

Deno.test("kafka_consumer says how to create a dead_letter_topic that is not there", async () => {
  const { connection } = memoryConnection({ in: 3 });
  const context = { log: silentLogger, warn: () => {} };
  const given = { connection, topics: ["in"], group: "g", deadLetterTopic: "dlq" };
  await assert.rejects(openDeadLetters(given, context), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(
      error.message,
      /no such topic.*kafka-topics\.sh .*--create --topic dlq --partitions 3 --config/,
    );
    return true;
  });
});

Deno.test("kafka_consumer ends with 1 where brokers are away when it looks for its dead_letter_topic", async () => {
  const { exitCode, error } = await start({ away: true });
  assert.deepEqual([exitCode, kindOf(error)], [1, "unavailable"]);
});

Deno.test("kafka_consumer says the limits of its dead letters when it begins", async () => {
  const kafka = memoryConnection({ in: 3, other: 2, dlq: 3 });
  const settings = { maxMessageBytes: 2_000_000, retentionMs: 7 * 86_400_000 };
  memoryDriverOf(kafka).broker.topicSettings.set("dlq", settings);
  const log = new RecordingLogger();
  const given = {
    connection: kafka.connection,
    topics: ["in", "other"],
    group: "g",
    deadLetterTopic: "dlq",
  };
  await using _letters = await openDeadLetters(given, { log, warn: log.warning });
  assert.deepEqual(log.lines.map(({ level, message }) => `${level} ${message}`), [
    'info Messages that fail by their own fault go to topic "dlq", up to 2000000 bytes each, kept for 7 days',
    'info Topic "dlq" has 3 partitions and "other" 2: keys choose the partition of dead letters',
  ]);
});
