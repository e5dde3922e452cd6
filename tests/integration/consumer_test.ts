import assert from "node:assert/strict";
import type { Message } from "../../mod.ts";
import { type ConsumerParams, Consuming } from "./support/consuming.ts";
import { onKafka } from "./support/on_kafka.ts";
import { assertDelivered, assertNothingSkipped } from "./support/verify.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

onKafka("test_consumer_processes_messages", async (bed) => {
  const topic = await bed.topic(3);
  const group = bed.group();
  const before = Date.now();
  const sent = Array.from({ length: 30 }, (_, i) => ({
    partition: i % 3,
    key: i % 2 === 0 ? bytes(`key ${i}`) : null,
    value: i === 29 ? null : i === 28 ? new Uint8Array([0xff, 0x00]) : bytes(`{"n":${i},"text":"grün"}`),
    headers: [["source", bytes("first")], ["source", bytes(`test ${i}`)], ["bytes", new Uint8Array([0xff])]],
  } as const));
  await bed.admin.append(topic, sent);

  const messages: Message[] = [];
  const consuming = await Consuming.start(bed, { topics: [topic], group_id: group }, (message) => {
    messages.push(message);
    return { status: "success" };
  });
  await bed.committedAll(group, topic);
  const { status, artifacts } = await consuming.stop();

  assert.deepEqual([status, artifacts.stats.processed, artifacts.stats.errors], ["success", 30, 0]);
  assert.equal(messages.length, 30);
  for (const message of messages) {
    const i = message.offset * 3 + message.partition;
    assert.equal(message.topic, topic);
    assert.equal(message.offset_text, String(message.offset));
    assert.equal(message.key, i % 2 === 0 ? `key ${i}` : null);
    assert.deepEqual(
      message.value instanceof Uint8Array ? [...message.value] : message.value,
      i === 29 ? null : i === 28 ? [0xff, 0x00] : `{"n":${i},"text":"grün"}`,
    );
    assert.ok(message.timestamp >= before - 60_000 && message.timestamp <= Date.now() + 60_000);
    assert.equal(message.headers["source"], `test ${i}`, "the last of its name");
    assert.deepEqual(message.header_list.map(([name]) => name), ["source", "source", "bytes"]);
    assert.equal(message._raw_message.offset, BigInt(message.offset));
  }
  assertNothingSkipped(consuming.begun);
});

onKafka("test_consumer_retry_on_error", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 4);
  const attempts = new Map<string, number>();
  const params: ConsumerParams = {
    topics: [topic],
    group_id: group,
    on_error: "retry",
    max_retries: 3,
    retry_backoff_ms: [10, 20, 40],
  };
  const consuming = await Consuming.start(bed, params, ({ value }) => {
    const id = String(value);
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    if (id === "m-1") throw new Error("always fails");
    return id === "m-2" && attempt < 3 ? { status: "error", error: "fails twice" } : { status: "success" };
  });
  await bed.committedAll(group, topic);
  const { stats } = (await consuming.stop()).artifacts;
  assert.deepEqual(Object.fromEntries(attempts), { "m-0": 1, "m-1": 4, "m-2": 3, "m-3": 1 });
  assert.deepEqual([stats.processed, stats.errors, stats.retries], [4, 1, 5]);
});

onKafka("test_consumer_commit_per_message", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 10);
  const seen: [offset: number, committed: number | undefined][] = [];
  const consuming = await Consuming.start(bed, { topics: [topic], group_id: group }, async ({ offset }) => {
    seen.push([offset, await bed.committed(group, topic)]);
    return { status: "success" };
  });
  await bed.committedAll(group, topic);
  const { stats } = (await consuming.stop()).artifacts;
  assert.deepEqual(
    seen,
    Array.from({ length: 10 }, (_, i) => [i, i]),
    "each is committed before the next begins",
  );
  assert.deepEqual([stats.processed, stats.commits], [10, 10]);
});

onKafka("test_consumer_graceful_shutdown", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 3);
  const job = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "wait for a line" }] });
  await job.hasBegun(1);
  job.signal("SIGTERM");
  await job.logged(/Stopping: waiting for .*\[0\]@0/);
  await job.send("go on");
  assert.equal(await job.exitCode(), 0);
  assert.deepEqual(job.told.map(({ what, offset }) => `${what} ${offset}`), ["begin 0", "end 0"]);
  assert.equal(await bed.committed(group, topic), 1, "the message is committed, and no other");

  const next = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
  await bed.committedAll(group, topic);
  next.signal("SIGINT");
  assert.equal(await next.exitCode(), 0);
  assertDelivered(["m-0", "m-1", "m-2"], [...job.ended, ...next.ended], 0);
});

onKafka("kafka_consumer reads several topics", async (bed) => {
  const topics = [await bed.topic(2), await bed.topic(1)];
  const group = bed.group();
  const sent = [
    ...await bed.send(topics[0]!, 20, 2, "first"),
    ...await bed.send(topics[1]!, 20, 1, "second"),
  ];
  const consuming = await Consuming.start(bed, { topics, group_id: group });
  for (const topic of topics) await bed.committedAll(group, topic);
  await consuming.stop();
  assertDelivered(sent, consuming.ended, 0);
  assertNothingSkipped(consuming.ended);
});

onKafka(
  "kafka_consumer reads partitions that are added while it runs from their first message",
  async (bed) => {
    const topic = await bed.topic(1);
    const group = bed.group();
    await bed.send(topic, 5, 1, "before the start");
    const params: ConsumerParams = { topics: [topic], group_id: group, auto_offset_reset: "latest" };
    const consuming = await Consuming.start(bed, params, undefined, { "metadata.max.age.ms": 1_000 });
    await bed.committedAll(group, topic); // latest: it begins behind them
    await bed.admin.addPartitions(topic, 3);
    const sent = await bed.send(topic, 30, 3);
    await bed.committedAll(group, topic);
    await consuming.stop();
    assertDelivered(sent, consuming.ended, 1);
  },
);

for (const [how, count] of [["fewer messages", 5], ["more messages than the old one", 15]] as const) {
  for (const reset of ["earliest", "latest"] as const) {
    onKafka(
      `kafka_consumer waits for a topic that is deleted, and reads the new one of its name, with ${how} (${reset})`,
      async (bed) => {
        const topic = await bed.topic();
        const group = bed.group();
        const params = { topics: [topic], group_id: group, auto_offset_reset: reset };
        const consuming = await Consuming.start(bed, params, undefined, {
          "metadata.max.age.ms": 500, // so that it hears that there is no such topic, time and again
        });
        await bed.waitFor(async () => await bed.committed(group, topic) === 0, "its first position");
        const before = await bed.send(topic, 10, 1, "before");
        await bed.committedAll(group, topic);
        await bed.replaceTopic(topic, 1_000);
        const after = await bed.send(topic, count, 1, "after");
        await bed.waitFor(() => consuming.ended.length >= 10 + count, "the messages of the new topic");
        await bed.committedAll(group, topic);
        await consuming.stop();
        assert.deepEqual(consuming.ended.map(({ id }) => id), [...before, ...after]);
      },
    );
  }
}

onKafka(
  "kafka_consumer processes a topic that is made again from its beginning, also while a message of the old one is at work",
  async (bed) => {
    const topic = await bed.topic();
    const group = bed.group();
    const held = Promise.withResolvers<void>();
    const before = await bed.send(topic, 10, 1, "before");
    const consuming = await Consuming.start(bed, { topics: [topic], group_id: group }, async ({ value }) => {
      if (value === "before-5") await held.promise;
      return { status: "success" };
    }, { "metadata.max.age.ms": 500 });
    await bed.waitFor(async () => await bed.committed(group, topic) === 5, "the message that is held");
    await bed.replaceTopic(topic, 1_000);
    const after = await bed.send(topic, 15, 1, "after");
    await bed.waitFor(async () => await bed.committed(group, topic) === 0, "the new topic's first position");
    held.resolve();
    await bed.committedAll(group, topic);
    await consuming.stop();
    const seen = consuming.ended.map(({ id }) => id);
    assert.deepEqual(after.filter((id) => !seen.includes(id)), []);
    assert.deepEqual(seen.filter((id) => ![...before, ...after].includes(id)), []);
    assert.deepEqual(seen.filter((id) => id.startsWith("after")), after, "in their order, once");
  },
);

onKafka("kafka_consumer goes on after the group has dropped it", async (bed) => {
  const topic = await bed.topic(2);
  const group = bed.group();
  const sent = await bed.send(topic, 20, 2);
  const held = Promise.withResolvers<void>();
  const consuming = await Consuming.start(bed, { topics: [topic], group_id: group }, async ({ value }) => {
    if (value === "m-4") await held.promise;
    return { status: "success" };
  }, { "heartbeat.interval.ms": 5_000 }); // longer than the message: its commit is what the group refuses
  await bed.waitFor(() => consuming.begun.some(({ id }) => id === "m-4"), "the message that is held");
  const [member] = await bed.admin.members(group);
  await bed.admin.dropMember(group);
  held.resolve();
  await bed.committedAll(group, topic);
  assert.notDeepEqual(await bed.admin.members(group), [member], "it is a new member");
  await consuming.stop();
  assertDelivered(sent, consuming.ended, 1);
  assertNothingSkipped(consuming.begun);
});

onKafka("kafka_consumer names the topic that is not there, and one that is like it", async (bed) => {
  const topic = await bed.topic();
  const wrong = `${topic.slice(0, -1)}x`;
  const job = bed.run({ consumers: [{ topics: [wrong], group_id: bed.group(), deed: "work" }] });
  assert.equal(await job.exitCode(), 78);
  const end = job.failure;
  assert.ok(end.includes(`"${wrong}"`) && end.includes(topic), end);
});

onKafka(
  "kafka_consumer with auto_offset_reset none does not begin where nothing is committed",
  async (bed) => {
    const topic = await bed.topic();
    const group = bed.group();
    await bed.send(topic, 3);
    const consumer = { topics: [topic], group_id: group, deed: "work" } as const;
    const none = { consumers: [{ ...consumer, params: { auto_offset_reset: "none" } }] };
    const first = bed.run(none);
    assert.equal(await first.exitCode(), 78);
    assert.match(first.failure, /auto_offset_reset/);
    assert.deepEqual([first.told, await bed.committed(group, topic)], [[], undefined]);

    const reader = await Consuming.start(bed, { topics: [topic], group_id: group });
    await bed.committedAll(group, topic);
    await reader.stop();
    await bed.send(topic, 2, 1, "later");
    const second = bed.run(none);
    await bed.committedAll(group, topic);
    second.signal("SIGTERM");
    assert.equal(await second.exitCode(), 0);
    assert.deepEqual(second.ended.map(({ id }) => id), ["later-0", "later-1"]);
  },
);

onKafka(
  "kafka_consumer begins behind what is there with auto_offset_reset latest, also after a crash",
  async (bed) => {
    const topic = await bed.topic();
    const group = bed.group();
    await bed.send(topic, 5, 1, "old");
    const consumers = [{
      topics: [topic],
      group_id: group,
      deed: "never end" as const,
      params: { auto_offset_reset: "latest" },
    }];
    const crashed = bed.run({ consumers });
    await bed.committedAll(group, topic);
    const sent = await bed.send(topic, 3, 1, "new");
    await crashed.hasBegun(1);
    crashed.signal("SIGKILL");
    await crashed.exited;
    const consuming = await Consuming.start(bed, {
      topics: [topic],
      group_id: group,
      auto_offset_reset: "latest",
    });
    await bed.committedAll(group, topic);
    await consuming.stop();
    assertDelivered(sent, consuming.ended, 0);
  },
);
