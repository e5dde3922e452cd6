/** Bad input that needs a Kafka with settings of its own: see the table in docs/delivery.md. */
import assert from "node:assert/strict";
import { type ModError, runMod } from "../../mod.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import { dedicatedBroker } from "../support/broker.ts";
import { MISSING } from "./support/engines.ts";
import { Bed } from "./support/bed.ts";
import { consumeAll } from "./support/consume_all.ts";
import { Consuming } from "./support/consuming.ts";
import { createTopics, topicNames } from "./support/topic_with.ts";

Deno.test("100 topics, and a topic of 1,000 partitions, are read by one consumer", async () => {
  // one of its own, as it has a lot to tidy up afterwards; a thousand partitions are more than a container's limits allow
  await using broker = await dedicatedBroker(MISSING.jvm === undefined ? { engine: "jvm" } : {});
  await Bed.with(broker.bootstrap, async (bed) => {
    const topics = Array.from({ length: 100 }, (_, i) => `one-of-many-${i}`);
    await createTopics(bed, topics.map((topic) => ({ topic, partitions: 1 })));
    const connection = await bed.connect();
    for (const topic of topics) {
      await runMod("kafka_producer", {
        connection,
        topic,
        data: { topic },
        flush_after_send: false,
        flush_timeout_s: 60,
      });
    }
    const ofTopics = await consumeAll(bed, topics, 100);
    assert.deepEqual(ofTopics.map(({ topic }) => topic).sort(), [...topics].sort());

    const large = "large";
    await createTopics(bed, [{ topic: large, partitions: 1_000 }]);
    await bed.send(large, 2_000, 1_000);
    const ofPartitions = await consumeAll(bed, [large], 2_000);
    assert.equal(new Set(ofPartitions.map(({ partition }) => partition)).size, 1_000);
    assert.equal(new Set(ofPartitions.map(({ value }) => value)).size, 2_000);
  });
});

Deno.test("A topic that does not exist is a configuration error where brokers make none by themselves", async () => {
  await using broker = await dedicatedBroker({ properties: { "auto.create.topics.enable": "false" } });
  await Bed.with(broker.bootstrap, async (bed) => {
    const consuming = await Consuming.start(bed, { topics: ["never"], group_id: bed.group() });
    const error = await consuming.failure();
    assert.equal(kindOf(error), "configuration");
    assert.match(
      errorText(error),
      /Cannot consume topic "never": there is no such topic, or this user may not see it/,
    );
    await assert.rejects(
      runMod("kafka_producer", { connection: await bed.connect(), topic: "never", data: { id: 1 } }),
      (error: ModError) => {
        assert.equal(error.kind, "configuration");
        assert.match(
          error.message,
          /Cannot send to topic "never".*: there is no such topic, or it is hidden from this user/,
        );
        return true;
      },
    );
    assert.ok(!(await topicNames(bed)).includes("never"));
  });
});
