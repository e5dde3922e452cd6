/** Bad input on a real Kafka: see the table in docs/delivery.md. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ModError, runMod } from "../../mod.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { OutgoingRecord } from "../../src/kafka/driver.ts";
import { consumeAll } from "./support/consume_all.ts";
import { Consuming } from "./support/consuming.ts";
import { sharedBroker, testUnless } from "../support/broker.ts";
import { Bed } from "./support/bed.ts";
import { foreignMember } from "./support/foreign_member.ts";
import { noJava, startJava } from "./support/java_peer.ts";
import { onKafka } from "./support/on_kafka.ts";
import { deleteTopic, topicNames, topicWith } from "./support/topic_with.ts";

const broker = await sharedBroker();

const bytes = (text: string) => new TextEncoder().encode(text);

async function send(bed: Bed, topic: string, records: readonly OutgoingRecord[]): Promise<void> {
  const { config, driver } = await bed.connect();
  const producer = await driver.produce(config, silentLogger);
  try {
    await producer.send(topic, records, 10_000);
  } finally {
    await producer.close();
  }
}

/** The error of kind configuration that consuming a topic ends with. */
async function refused(bed: Bed, topic: string, group = bed.group()): Promise<string> {
  const consuming = await Consuming.start(bed, { topics: [topic], group_id: group });
  const error = await consuming.failure();
  assert.equal(kindOf(error), "configuration", errorText(error));
  return errorText(error);
}

/** What a send ends with. */
async function failure(sending: Promise<unknown>): Promise<ModError> {
  return await sending.then(() => assert.fail("it was sent"), (error) => {
    assert.ok(error instanceof ModError);
    return error;
  });
}

onKafka("Empty and null keys, values and headers reach the processor as they were sent", async (bed) => {
  const topic = await bed.topic();
  const headers = [["b", bytes("1")], ["10", null], ["b", bytes("")], ["__proto__", bytes("p")], [
    "",
    Uint8Array.of(255),
  ]] as const;
  await send(bed, topic, [
    { key: null, value: null, headers },
    { key: bytes(""), value: bytes(""), headers: [] },
    { key: Uint8Array.of(0xff), value: Uint8Array.of(0xc0, 0x80), headers: [] },
    { key: bytes("\0"), value: bytes("\ufeff\0"), headers: [] },
  ]);
  const [tombstone, empty, noText, odd] = await consumeAll(bed, [topic], 4);
  assert.deepEqual([tombstone?.key, tombstone?.value], [null, null]);
  const list = tombstone?.header_list.map((
    [name, value],
  ) => [name, typeof value === "string" ? value : value && [...value]]);
  assert.deepEqual(list, [["b", "1"], ["10", null], ["b", ""], ["__proto__", "p"], ["", [255]]]);
  assert.deepEqual(Object.entries(tombstone?.headers ?? {}).length, 4);
  assert.equal(tombstone?.headers["b"], "", "the last value of a name");
  assert.deepEqual([empty?.key, empty?.value], ["", ""]);
  assert.deepEqual([noText?.key, [...noText?._raw_message.key ?? []]], ["\ufffd", [0xff]]);
  assert.deepEqual(Buffer.from(noText?.value as Uint8Array), Buffer.of(0xc0, 0x80));
  assert.deepEqual([odd?.key, odd?.value], ["\0", "\ufeff\0"]);
});

onKafka("A timestamp of -1 reaches the processor as it was sent", async (bed) => {
  const topic = await bed.topic();
  const record = { key: null, value: bytes("x"), headers: [] };
  await bed.admin.append(topic, [-1, 0, 1].map((timestamp) => ({ ...record, timestamp })));
  const messages = await consumeAll(bed, [topic], 3);
  assert.deepEqual(messages.map(({ timestamp }) => timestamp), [-1, 0, 1]);
});

onKafka("A record without a key for a compacted topic is a record error", async (bed) => {
  const topic = await topicWith(bed, { "cleanup.policy": "compact" });
  const error = await failure(
    runMod("kafka_producer", { connection: await bed.connect(), topic, data: { id: 1 } }),
  );
  assert.equal(error.kind, "permanent");
  assert.match(
    error.message,
    /the broker's check of the record failed \(a compacted topic takes no record without a key/,
  );
});

onKafka(
  "A message of 10 MB arrives where topic and producer take it, else it is a record error",
  async (bed) => {
    const [small, large] = [await bed.topic(), await topicWith(bed, { "max.message.bytes": "12000000" })];
    const data = { id: 1, note: "ä\u{1f600}".repeat(1_700_000) };
    const [usual, raised] = [await bed.connect(), await bed.connect({ "max.request.size": 12_000_000 })];
    const byClient = await failure(runMod("kafka_producer", { connection: usual, topic: large, data }));
    const byTopic = await failure(runMod("kafka_producer", { connection: raised, topic: small, data }));
    assert.deepEqual([byClient.kind, byTopic.kind], ["permanent", "permanent"]);
    assert.match(
      byClient.message,
      /record 0 of the send has 102000\d\d bytes, more than .* \(raise max\.request\.size/,
    );
    assert.match(
      byTopic.message,
      /larger than the broker accepts \(raise max\.message\.bytes of the topic, or send less\)/,
    );

    for (const compression_type of ["none", "lz4"] as const) {
      await runMod("kafka_producer", { connection: raised, topic: large, data, compression_type });
    }
    for (const { value } of await consumeAll(bed, [large], 2)) {
      const { artifacts } = await runMod("json_parser", { json_string: value });
      assert.ok((artifacts.data as typeof data).note === data.note, "it changed");
    }
  },
);

onKafka("Topics with dots, dashes and underscores, and long ones, are topics like any other", async (bed) => {
  const id = crypto.randomUUID().slice(0, 8);
  for (const topic of [`orders.v1-eu.west-${id}`, `_a..b--c.${id}`, `${id}${"x".repeat(241)}`]) {
    await bed.admin.createTopic(topic, 1);
    await runMod("kafka_producer", { connection: await bed.connect(), topic, data: { id: 1 } });
    const [message] = await consumeAll(bed, [topic], 1);
    assert.deepEqual([message?.topic, message?.value], [topic, '{"id":1}']);
  }
});

onKafka("A name that no topic can have is a configuration error", async (bed) => {
  const connection = await bed.connect();
  for (const topic of ["a b", "ä", "", ".", "..", "x".repeat(250), "orders*"]) {
    const text =
      /parameter "topics\[0\]": expected a topic's name: 1 to 249 letters, digits, dots, underscores and hyphens/;
    assert.match(await refused(bed, topic), text);
    assert.equal(
      (await failure(runMod("kafka_producer", { connection, topic, data: {} }))).kind,
      "configuration",
    );
  }
});

onKafka("An empty topic is waited on, and left in order", async (bed) => {
  const [topic, group] = [await bed.topic(), bed.group()];
  const consuming = await Consuming.start(bed, { topics: [topic], group_id: group });
  await bed.waitFor(async () => (await bed.admin.members(group)).length === 1, "a member of the group");
  await bed.send(topic, 1); // it is listening
  await bed.committedAll(group, topic);
  assert.equal((await consuming.stop()).artifacts.stats.processed, 1);
});

onKafka(
  "A topic that does not exist: kafka_consumer does not make it, kafka_producer does where brokers may",
  async (bed) => {
    const topic = `never-${crypto.randomUUID().slice(0, 8)}`;
    assert.match(
      await refused(bed, topic),
      new RegExp(`Cannot consume topic "${topic}": there is no such topic, or this user may not see it`),
    );
    assert.ok(!(await topicNames(bed)).includes(topic), "consuming has made it");
    const sent = await runMod("kafka_producer", { connection: await bed.connect(), topic, data: { id: 1 } });
    await deleteTopic(bed, topic);
    assert.equal(sent.artifacts.sent.length, 1);
  },
);

onKafka("A group that another protocol uses is a configuration error", async (bed) => {
  const [topic, group] = [await bed.topic(), bed.group()];
  await foreignMember(bed, group, "connect");
  assert.match(
    await refused(bed, topic, group),
    /the group's other members use another protocol or another way of assigning partitions \(stop the other members, or use another group_id\)/,
  );
});

testUnless(
  await noJava(),
  "A group whose other members speak Kafka's newer protocol is shared with them",
  () =>
    Bed.with(broker, async (bed) => {
      const [topic, group] = [await bed.topic(4), `java-${crypto.randomUUID()}`];
      await using newer = await startJava("GroupPeer", bed.broker, topic, group);
      await bed.waitFor(() => newer.said.includes("has 4"), () => `all partitions: ${newer.said}`, 60_000);
      const consuming = await Consuming.start(bed, { topics: [topic], group_id: group });
      await bed.waitFor(
        () => newer.said.endsWith("has 2\n"),
        () => `half of the partitions: ${newer.said}`,
        60_000,
      );
      await bed.waitFor(
        async () => (await bed.admin.committed(group, topic)).size === 4,
        "positions that were committed",
      );
      const sent = await bed.send(topic, 40, 4);
      const theirs = () =>
        newer.said.split("\n").filter((line) => line.startsWith("read ")).map((line) => line.slice(5));
      const all = () => new Set([...theirs(), ...consuming.ended.map(({ id }) => id)]);
      await bed.waitFor(
        () => all().size === sent.length,
        () => `${sent.length} messages, saw ${all().size}`,
        60_000,
      );
      assert.ok(theirs().length > 0 && consuming.ended.length > 0, "one has done them all");
      await consuming.stop();
      assert.ok(await newer.stop(), newer.said);
    }),
);
