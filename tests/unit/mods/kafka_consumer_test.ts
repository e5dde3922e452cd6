/** What kafka_consumer itself does around the loop: its warning, its checks, and the process's other consumers. */
import assert from "node:assert/strict";
import type { Message } from "../../../src/consume/message.ts";
import type { MessageProcessor } from "../../../src/consume/processor.ts";
import { processStopSignals } from "../../../src/control/stop_signals.ts";
import { StreamController } from "../../../src/control/stream_controller.ts";
import type { Mod } from "../../../src/core/define_mod.ts";
import { ConfigurationError, ModError } from "../../../src/core/errors.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import { kafkaConsumer } from "../../../src/mods/streaming/kafka_consumer.ts";
import { MEMORY_CONNECTION, memoryFixture } from "../../support/memory_fixture.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { within } from "../../support/wait_for.ts";

type Result = ModResult<{ stats: { processed: number; commits: number } }>;

/** A Kafka in memory with topics of one message each, and kafka_consumer run by name as a job does. */
class Bench {
  readonly log = new RecordingLogger();
  readonly #fixture = memoryFixture();
  readonly #run: (name: string, params: Record<string, unknown>) => Promise<unknown>;

  constructor(...topics: readonly string[]) {
    const registry = new ModRegistry();
    registry.register(kafkaConsumer as unknown as Mod);
    this.#run = createRunner({ registry, resolve: (text) => text, loggerFor: () => this.log }) as never;
    for (const topic of topics) {
      this.#fixture.broker.createTopic(topic);
      const value = new TextEncoder().encode(topic);
      this.#fixture.broker.append(topic, { key: null, value, headers: [], partition: 0 });
    }
  }

  /** Consumes a topic with a group of its name. */
  async consume(
    topic: string,
    message_processor: MessageProcessor,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Result> {
    const connection = new KafkaConnection(MEMORY_CONNECTION, this.#fixture.driver);
    const all = { connection, topics: [topic], group_id: topic, message_processor, ...params };
    return await within(this.#run("kafka_consumer", all), `kafka_consumer on ${topic}`) as Result;
  }

  /** What the group of a topic has committed of it. */
  async committed(topic: string): Promise<bigint | undefined> {
    return (await this.#fixture.committed(topic, topic)).get(0);
  }
}

const success = { status: "success" } as const;

/** The warnings of a consumer, in its result and as they were logged before its first message. */
async function warningsOf(on_error: string): Promise<readonly string[]> {
  const bench = new Bench("t");
  using controller = new StreamController();
  let before: readonly string[] = [];
  const process = () => {
    before = bench.log.messages("warning");
    controller.requestStop();
    return success;
  };
  const { warnings, artifacts } = await bench.consume("t", process, { controller, on_error });
  assert.equal(artifacts.stats.processed, 1);
  assert.deepEqual(before, warnings, "the warning is said at the start");
  return warnings;
}

Deno.test("kafka_consumer warns at the start that failed messages will be skipped", async () => {
  assert.deepEqual(await warningsOf("continue"), [
    'on_error is "continue": messages that fail by their own fault will be skipped',
  ]);
  assert.deepEqual(await warningsOf("retry"), [
    'on_error is "retry": messages that fail by their own fault will be skipped when their retries are used up',
  ]);
});

Deno.test("kafka_consumer with on_error stop skips nothing, and so warns of nothing", async () => {
  assert.deepEqual(await warningsOf("stop"), []);
});

Deno.test("kafka_consumer refuses a topic that is named twice", async () => {
  const bench = new Bench("t");
  const consuming = bench.consume("t", () => assert.fail("a message was handed out"), { topics: ["t", "t"] });
  await assert.rejects(consuming, (error) => {
    assert.ok(error instanceof ModError, `it is ${error}`);
    assert.equal(error.kind, "configuration");
    assert.match(error.message, /topics names a topic twice: t, t/);
    return true;
  });
});

Deno.test("kafka_consumer that fails stops the process's other consumers, which drain", async () => {
  const bench = new Bench("bad", "own", "given");
  using controller = new StreamController();
  const inWork = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  /** In work when the other fails, and done only once the stop has reached it. */
  const drains =
    (begun: PromiseWithResolvers<void>): MessageProcessor => async (_message: Message, context) => {
      begun.resolve();
      const stop = context.controller.signal;
      if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve));
      return success;
    };
  const fails = async () => {
    await Promise.all(inWork.map(({ promise }) => promise));
    throw new ConfigurationError("no such table");
  };
  const [bad, own, given] = await Promise.allSettled([
    bench.consume("bad", fails),
    bench.consume("own", drains(inWork[0])),
    bench.consume("given", drains(inWork[1]), { controller }),
  ]);
  assert.match(String(bad.status === "rejected" && bad.reason), /no such table/);
  for (const other of [own, given]) {
    assert.equal(other.status, "fulfilled", String(other.status === "rejected" && other.reason));
    assert.equal(other.value.artifacts.stats.processed, 1);
  }
  assert.match(String(controller.signal.reason), /a consumer of group "bad" failed/);
  assert.deepEqual(await Promise.all(["bad", "own", "given"].map((topic) => bench.committed(topic))), [
    0n, // where it began: the failed message comes again
    1n,
    1n,
  ]);
  assert.equal(processStopSignals.size, 1, "only this test's controller still listens");
});
