import assert from "node:assert/strict";
import { PermanentError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { OutgoingRecord, ProducerSession, RawRecord } from "../../src/kafka/driver.ts";
import { partitionOfKey } from "../../src/kafka/murmur2.ts";
import { waitFor, within } from "../support/wait_for.ts";
import type { Bench, Contract } from "./driver_contract.ts";
import { bytes } from "./fixture.ts";

const SEND_MS = 10_000;

/** Lists and sends. */
export function producerContract(contract: Contract): void {
  contract("listTopics() names the topics that exist", 1, async ({ fixture, topic }) => {
    const topics = await fixture.driver.listTopics(fixture.connection, SEND_MS);
    assert.ok(topics.includes(topic));
    assert.ok(!topics.includes(`${topic}-not-there`));
  });

  contract("send() and consume() hand on every byte", 1, async (bench) => {
    const sent: OutgoingRecord[] = [
      { key: bytes("k"), value: bytes("v"), headers: [] },
      { key: null, value: bytes("no key"), headers: [] },
      { key: bytes("tombstone"), value: null, headers: [] },
      { key: new Uint8Array(), value: new Uint8Array(), headers: [] },
      { key: EVERY_BYTE, value: EVERY_BYTE, headers: [["bin", EVERY_BYTE]] },
      {
        key: null,
        value: bytes("ключ — ключ"),
        headers: [["empty", new Uint8Array()], ["ünï", bytes("ω")]],
      },
      { key: null, value: bytes("null header"), headers: [["nothing", null]] },
      {
        key: null,
        value: bytes("twice"),
        headers: [["a", bytes("1")], ["a", bytes("2")], ["a", bytes("1")]],
      },
    ];
    const result = await sending(bench, (producer) => producer.send(bench.topic, sent, SEND_MS));
    assert.deepEqual(result, sent.map((_, i) => ({ topic: bench.topic, partition: 0, offset: BigInt(i) })));
    const probe = await bench.open();
    await probe.receive(sent.length);
    assert.deepEqual(probe.received.map(content), sent.map(content));
    assert.deepEqual(probe.received.map((record) => record.offset), sent.map((_, i) => BigInt(i)));
    assert.ok(probe.received.every((record) => record.timestamp > 0));
  });

  contract("consume() keeps the order of headers over all names", 1, async (bench) => {
    const names = ["a", "b", "a", "10", "2", "__proto__", "c", "b", ""];
    const record = {
      key: null,
      value: bytes("x"),
      headers: names.map((name, i) => [name, i === 3 ? null : bytes(String(i))] as const),
    };
    await sending(bench, (producer) => producer.send(bench.topic, [record], SEND_MS));
    const probe = await bench.open();
    await probe.receive(1);
    assert.deepEqual(probe.received.map(content), [record].map(content));
  });

  contract(
    "describeTopics() tells of topics that are there, and creates none",
    3,
    async ({ fixture, topic }) => {
      const ask = () =>
        fixture.driver.describeTopics(fixture.connection, [topic, `${topic}-not-there`], SEND_MS);
      const found = await ask();
      assert.deepEqual([...found.keys()], [topic]);
      const { partitions, maxMessageBytes, isCompacted } = found.get(topic)!;
      assert.deepEqual([partitions, maxMessageBytes, isCompacted], [3, 1_048_588, false]);
      await fixture.addPartitions(topic, 5);
      await waitFor(async () => (await ask()).get(topic)?.partitions === 5, "five partitions");
      assert.deepEqual([...(await ask()).keys()], [topic]);
      assert.deepEqual(await fixture.driver.describeTopics(fixture.connection, [], SEND_MS), new Map());
    },
  );

  contract("send() chooses the partition of a key as Java's client does", 7, async (bench) => {
    const keys = Array.from({ length: 60 }, (_, i) => bytes(`customer-${i * 7919}`));
    keys.push(new Uint8Array(), EVERY_BYTE, bytes("ä"));
    const records = keys.map((key) => ({ key, value: bytes("x"), headers: [] }));
    const result = await sending(bench, (producer) => producer.send(bench.topic, records, SEND_MS));
    assert.deepEqual(result.map((sent) => sent.partition), keys.map((key) => partitionOfKey(key, 7)));
  });

  contract("send() takes a partition that is given, and spreads records without a key", 4, async (bench) => {
    const { fixture, topic } = bench;
    const free = Array.from({ length: 40 }, () => ({ key: null, value: bytes("x"), headers: [] }));
    const fixed = { key: bytes("k"), value: bytes("x"), headers: [], partition: 2 };
    await sending(bench, async (producer) => {
      const [sent] = await producer.send(topic, [fixed], SEND_MS);
      assert.deepEqual(sent, { topic, partition: 2, offset: 0n });
      await producer.send(topic, free, SEND_MS);
    });
    const ends = await fixture.endOffsets(topic);
    assert.ok([0, 1, 2, 3].every((partition) => (ends.get(partition) ?? 0n) > 0n), "a partition got none");
    assert.equal([...ends.values()].reduce((sum, end) => sum + end, 0n), 41n);
  });

  contract("send() takes a partition that was added after the producer had begun", 1, async (bench) => {
    const { fixture, topic } = bench;
    const record = { key: null, value: bytes("x"), headers: [] };
    await sending(bench, async (producer) => {
      await producer.send(topic, [record], SEND_MS);
      await fixture.addPartitions(topic, 2);
      const [sent] = await producer.send(topic, [{ ...record, partition: 1 }], SEND_MS);
      assert.deepEqual(sent, { topic, partition: 1, offset: 0n });
      const beyond = producer.send(topic, [{ ...record, partition: 2 }], SEND_MS);
      await assert.rejects(beyond, { name: "ConfigurationError", message: /partition 2\b/ });
    });
  });

  contract("send() refuses a record that is too large, as permanent, and works on", 1, async (bench) => {
    const { fixture, topic } = bench;
    const large = { key: null, value: new Uint8Array(2_000_000), headers: [] };
    const small = { key: null, value: bytes("small"), headers: [] };
    await sending(bench, async (producer) => {
      await assert.rejects(producer.send(topic, [large], SEND_MS), PermanentError);
      await producer.send(topic, [small], SEND_MS);
    });
    assert.equal((await fixture.endOffsets(topic)).get(0), 1n);
  });

  contract("send() takes more records at once than a broker takes in one batch", 1, async (bench) => {
    const records = Array.from({ length: 3000 }, (_, i) => ({
      key: null,
      value: bytes(`${i}`.padEnd(1000, ".")),
      headers: [],
    }));
    const result = await sending(bench, (producer) => producer.send(bench.topic, records, SEND_MS));
    assert.deepEqual(result.map((sent) => sent.offset), records.map((_, i) => BigInt(i)));
    const probe = await bench.open();
    await probe.receive(records.length);
    assert.ok(probe.values.every((value, i) => value.startsWith(`${i}.`)), "the order changed");
  });

  contract("send() of nothing sends nothing", 1, async (bench) => {
    assert.deepEqual(await sending(bench, (producer) => producer.send(bench.topic, [], SEND_MS)), []);
  });

  contract("a producer's close() waits for what is under way, and comes twice", 1, async (bench) => {
    const { fixture, topic } = bench;
    const producer = await fixture.driver.produce(fixture.connection, silentLogger);
    const sent = producer.send(topic, [{ key: null, value: bytes("last"), headers: [] }], SEND_MS);
    await within(Promise.all([producer.close(), producer.close()]), "a producer to close");
    await within(producer.close(), "a producer to close again");
    assert.equal((await sent)[0]?.offset, 0n);
    await assert.rejects(producer.send(topic, [{ key: null, value: bytes("late"), headers: [] }], SEND_MS));
    assert.equal((await fixture.endOffsets(topic)).get(0), 1n);
  });
}

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

async function sending<T>(bench: Bench, work: (producer: ProducerSession) => Promise<T>): Promise<T> {
  const producer = await bench.fixture.driver.produce(bench.fixture.connection, silentLogger);
  try {
    return await within(work(producer), "a send");
  } finally {
    await producer.close();
  }
}

/** Without the differences between views of bytes. */
function content({ key, value, headers }: OutgoingRecord | RawRecord) {
  const plain = (part: Uint8Array | null) => part === null ? null : [...part];
  return { key: plain(key), value: plain(value), headers: headers.map(([name, v]) => [name, plain(v)]) };
}
