/** Dead letters on a real Kafka: bytes as they were, partitions, limits. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CONNECT, headerText, OURS, ownHeaders } from "../../src/consume/dead_letters_headers.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import type { OutgoingRecord, RawRecord } from "../../src/kafka/driver.ts";
import { openKafkajsAdmin } from "../../src/kafka/kafkajs/admin.ts";
import { plainConnection } from "../support/kafka_admin.ts";
import { waitFor } from "../support/wait_for.ts";
import type { Bed } from "./support/bed.ts";
import { Consuming } from "./support/consuming.ts";
import { onKafka } from "./support/on_kafka.ts";
import { configureTopic, topicWith } from "./support/topic_with.ts";

type Placed = RawRecord & { readonly partition: number };

/** All records of a topic. */
async function read(bed: Bed, topic: string): Promise<Placed[]> {
  const admin = await openKafkajsAdmin(plainConnection(bed.broker), { timeoutMs: 10_000, log: silentLogger });
  try {
    const bounds = await admin.bounds(topic);
    const positions = new Map([...bounds].map(([partition, { beginning }]) => [partition, beginning]));
    const found: Placed[] = [];
    await waitFor(async () => {
      for (const { partition, records, nextOffset } of await admin.fetch(topic, positions, 100)) {
        positions.set(partition, nextOffset);
        found.push(...records.map((record) => ({ ...record, partition })));
      }
      return [...bounds].every(([partition, { end }]) => (positions.get(partition) ?? 0n) >= end);
    }, `the end of ${topic}`);
    return found;
  } finally {
    await admin.close();
  }
}

async function send(bed: Bed, topic: string, records: readonly OutgoingRecord[]): Promise<void> {
  const { config, driver } = await bed.connect();
  const producer = await driver.produce(config, silentLogger);
  try {
    await producer.send(topic, records, 10_000);
  } finally {
    await producer.close();
  }
}

const plain = ({ key, value, headers }: OutgoingRecord) => ({
  key: key === null ? null : [...key],
  value: value === null ? null : [...value],
  headers: headers.map(([name, bytes]) => [name, bytes === null ? null : [...bytes]]),
});

const bad = () => {
  throw new Error("bad");
};

onKafka("dead letters have the bytes of their messages, whatever these are", async (bed) => {
  const [topic, letters, group] = [await bed.topic(3), await bed.topic(3), bed.group()];
  const blob = fc.option(fc.uint8Array({ maxLength: 30 }));
  const name = fc.oneof(
    fc.constantFrom("a", "b", "2", "1", "__proto__", "valueOf", CONNECT.topic),
    fc.string(),
  );
  const [records] = fc.sample(
    fc.array(
      fc.record({
        partition: fc.nat({ max: 2 }),
        key: blob,
        value: blob,
        headers: fc.array(fc.tuple(name, blob), { maxLength: 8 }),
      }),
      { minLength: 60, maxLength: 60 },
    ),
    1,
  );
  assert.ok(records !== undefined);
  await send(bed, topic, records);
  const params = { topics: [topic], group_id: group, dead_letter_topic: letters };
  const consuming = await Consuming.start(bed, params, bad);
  await bed.committedAll(group, topic);
  const { stats } = (await consuming.stop()).artifacts;
  assert.deepEqual([stats.processed, stats.errors, stats.dead_lettered], [60, 60, 60]);
  const found = await read(bed, letters);
  assert.equal(found.length, 60);
  for (let partition = 0; partition < 3; partition++) {
    const expected: unknown[] = records.filter((record) => record.partition === partition).map(plain);
    const own: unknown[] = found.filter((letter) => letter.partition === partition)
      .map((letter) => plain({ ...letter, headers: ownHeaders(letter.headers) }));
    assert.deepEqual(own, expected, `partition ${partition}`);
  }
  for (const { headers, partition } of found) {
    assert.equal(headerText(headers, CONNECT.topic), topic);
    assert.equal(headerText(headers, CONNECT.partition), String(partition));
    assert.equal(headerText(headers, CONNECT.message), "bad");
    assert.equal(headerText(headers, OURS.group), group);
  }
});

onKafka("a dead letter that its topic is too small for goes without its stack, or waits", async (bed) => {
  const letters = await topicWith(bed, { "max.message.bytes": "5000" });
  const [topic, group] = [await bed.topic(), bed.group()];
  const noise = (size: number) => crypto.getRandomValues(new Uint8Array(size)); // compression makes it no smaller
  const [fits, small, large] = [noise(3_000), noise(4_300), noise(6_000)];
  const deep = (message: string) => {
    throw Object.assign(new Error(message), {
      stack: Array.from({ length: 200 }, () => crypto.randomUUID()).join(),
    });
  };
  await send(bed, topic, [fits, small, large].map((value) => ({ key: null, value, headers: [] })));
  const params = {
    topics: [topic],
    group_id: group,
    dead_letter_topic: letters,
    recovery_timeout_s: 2,
  };
  const consuming = await Consuming.start(bed, params, () => deep("bad"));
  const error = await consuming.failure();
  assert.equal(kindOf(error), "unavailable");
  assert.match(
    errorText(error),
    /@2.*does not take it even without the error \(raise its max\.message\.bytes/,
  );
  assert.equal(await bed.committed(group, topic), 2, "it is not skipped");
  const found = await read(bed, letters);
  assert.deepEqual(found.map(({ value }) => value?.length), [3_000, 4_300]);
  assert.equal(headerText(found[1]!.headers, OURS.without), "stacktrace");
});

onKafka("kafka_consumer looks at its dead_letter_topic before it begins", async (bed) => {
  const [topic, group] = [await bed.topic(2), bed.group()];
  const start = async (dead_letter_topic: string) =>
    await (await Consuming.start(bed, { topics: [topic], group_id: group, dead_letter_topic })).failure();
  const missing = await start(`${topic}.dlq`);
  assert.equal(kindOf(missing), "configuration");
  assert.match(missing.message, /no such topic.*kafka-topics\.sh .* --partitions 2 /);
  const compacted = await start(await topicWith(bed, { "cleanup.policy": "compact" }));
  assert.equal(kindOf(compacted), "configuration");
  assert.match(compacted.message, /compacted/);
  const small = await topicWith(bed, { "max.message.bytes": "5000" });
  await bed.send(topic, 1);
  const consuming = await Consuming.start(bed, {
    topics: [topic],
    group_id: group,
    dead_letter_topic: small,
  });
  await bed.committedAll(group, topic);
  const { warnings } = await consuming.stop();
  assert.match(warnings.join("\n"), /takes messages of up to 1048588 bytes, .* of up to 5000/);
});

onKafka("a job that is killed leaves no committed message without its dead letter", async (bed) => {
  const [topic, letters, group] = [await bed.topic(2), await bed.topic(2), bed.group()];
  const ids = await bed.send(topic, 400, 2);
  const consumers = [{
    topics: [topic],
    group_id: group,
    deed: "fail" as const,
    params: { dead_letter_topic: letters },
  }];
  const killed = bed.run({ consumers });
  await killed.hasBegun(100);
  killed.signal("SIGKILL");
  await killed.exited;
  const written = await read(bed, letters);
  const committed = async () =>
    [...(await bed.admin.committed(group, topic)).values()].reduce((sum, offset) => sum + Number(offset), 0);
  assert.ok(written.length >= await committed(), "what is committed has its letter");
  assert.ok(written.length < 400, "it was killed in the middle");
  const next = bed.run({ consumers });
  await bed.committedAll(group, topic);
  next.signal("SIGTERM");
  assert.equal(await next.exitCode(), 0, next.failure);
  const found = (await read(bed, letters)).map(({ value }) => new TextDecoder().decode(value ?? undefined));
  assert.deepEqual([...new Set(found)].sort(), [...ids].sort());
  assert.ok(
    found.length <= 401,
    `${found.length}: one message at a time is at work, so one letter comes twice at most`,
  );
});

onKafka(
  "A dead letter that brokers do not take: its message waits uncommitted, also over a SIGKILL, until they do",
  async (bed) => {
    const letters = await topicWith(bed, { "max.message.bytes": "10" });
    const [topic, group] = [await bed.topic(), bed.group()];
    const ids = await bed.send(topic, 3);
    const params = { dead_letter_topic: letters };
    const start = () => bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "fail", params }] });
    const killed = start();
    await killed.logged(
      /\[0\]@0 failed and its dead letter cannot be written, trying again.*max\.message\.bytes/,
    );
    killed.signal("SIGKILL");
    await killed.exited;
    assert.equal(await bed.committed(group, topic), 0);
    const job = start();
    await job.logged(/\[0\]@0 failed and its dead letter cannot be written, trying again/);
    assert.equal(await bed.committed(group, topic), 0);
    await configureTopic(bed, letters, { "max.message.bytes": "1000000" });
    await bed.committedAll(group, topic);
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    const found = (await read(bed, letters)).map(({ value }) => new TextDecoder().decode(value ?? undefined));
    assert.deepEqual(found, ids);
    assert.equal(job.begun.length, 3, "the processor is not asked again");
  },
);
