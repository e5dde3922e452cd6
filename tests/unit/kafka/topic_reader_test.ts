import assert from "node:assert/strict";
import { kindOf } from "../../../src/core/errors.ts";
import { Delivery } from "../../../src/kafka/kafkajs/delivery.ts";
import { type Cluster, errorFromCode } from "../../../src/kafka/kafkajs/internals.ts";
import { TopicReader } from "../../../src/kafka/kafkajs/topic_reader.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** What the brokers answer at a time: they are away, do not know the topic, or know it. */
type Answer = "away" | "unknown" | "known";

/** Reads a topic's partitions within 60 s; says what came of it, and when. */
async function read(
  answerAt: (ms: number) => Answer,
): Promise<{ known: boolean; kind?: string; ms: number }> {
  const clock = new ManualClock();
  let known = false;
  const answer = () => {
    const state = answerAt(clock.now());
    known = state === "known";
    if (known) return Promise.resolve();
    return Promise.reject(
      state === "unknown"
        ? errorFromCode(3)
        : Object.assign(new Error("connect ECONNREFUSED"), { name: "KafkaJSConnectionError" }),
    );
  };
  const cluster = {
    addMultipleTargetTopics: answer,
    refreshMetadataIfNecessary: answer,
    findTopicPartitionMetadata: () => known ? [{ partitionId: 0 }] : [],
  } as unknown as Cluster;
  const delivery = new Delivery("orders", 1, 60_000, clock);
  const reading = new TopicReader(cluster, clock).partitionsOf(delivery).then((partitions) => ({
    known: partitions !== undefined,
    ms: clock.now(),
  }));
  await clock.advance(70_000);
  const kind = await delivery.outcome.then(() => undefined, kindOf);
  return { ...await reading, ...(kind === undefined ? {} : { kind }) };
}

Deno.test("TopicReader waits a while for a topic that is not known, and then says so", async () => {
  assert.equal((await read((ms) => ms < 3000 ? "unknown" : "known")).known, true);
  const { known, kind, ms } = await read(() => "unknown");
  assert.deepEqual([known, kind], [false, "configuration"]);
  assert.ok(ms >= 5000 && ms < 7000, `after ${ms} ms`);
});

Deno.test("TopicReader gives a topic that is unknown after an outage as long as any other", async () => {
  const back = (ms: number): Answer => ms < 8000 ? "away" : ms < 11_000 ? "unknown" : "known";
  assert.equal((await read(back)).known, true);
  const { kind, ms } = await read((ms) => ms < 8000 ? "away" : "unknown");
  assert.equal(kind, "configuration");
  assert.ok(ms >= 13_000 && ms < 16_000, `after ${ms} ms`);
  assert.equal((await read(() => "away")).kind, "unavailable");
});

/** Asks for partition 7 of a topic that has six, and eight from a time on; says how many were known in the end, and when. */
async function ask(addedAt: number): Promise<{ count: number | undefined; ms: number }> {
  const clock = new ManualClock();
  let count = 6;
  const cluster = {
    addMultipleTargetTopics: () => Promise.resolve(),
    refreshMetadataIfNecessary: () => Promise.resolve(), // it is not old enough
    refreshMetadata: () => Promise.resolve(void (count = clock.now() >= addedAt ? 8 : 6)),
    findTopicPartitionMetadata: () => Array.from({ length: count }, (_, partitionId) => ({ partitionId })),
  } as unknown as Cluster;
  const reader = new TopicReader(cluster, clock);
  await reader.partitionsOf(new Delivery("orders", 1, 60_000, clock)); // as known from the begin
  const delivery = new Delivery("orders", 1, 60_000, clock);
  const asking = reader.partitionsOf(delivery, 8).then((found) => ({
    count: found?.length,
    ms: clock.now(),
  }));
  await clock.advance(10_000);
  return await asking;
}

Deno.test("TopicReader looks a topic up anew where more of its partitions are asked for than are known", async () => {
  const { count, ms } = await ask(0);
  assert.equal(count, 8);
  assert.ok(ms < 1000, `after ${ms} ms`);
  assert.equal((await ask(3000)).count, 8, "not all brokers know of them at once");
  const never = await ask(Infinity);
  assert.equal(never.count, 6);
  assert.ok(never.ms >= 5000 && never.ms < 7000, `after ${never.ms} ms`);
});
