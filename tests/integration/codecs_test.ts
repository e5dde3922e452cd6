/** The codecs on a real Kafka: by each of them we read what Java's client writes, and it reads what we write. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { runMod } from "../../mod.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { KafkaConnection } from "../../src/kafka/connection.ts";
import { compressionOf } from "../../src/kafka/kafkajs/codecs.ts";
import { compressionCodecs } from "../../src/kafka/kafkajs/internals.ts";
import { sharedBroker, testUnless } from "../support/broker.ts";
import { Bed } from "./support/bed.ts";
import { Consuming } from "./support/consuming.ts";
import { noJava, startJava } from "./support/java_peer.ts";

const CODECS = ["gzip", "snappy", "lz4", "zstd"] as const;
const COUNT = 60;

const broker = await sharedBroker();

/** The same as valueOf in CodecPeer.java: text and noise, empty to large. */
function valueOf(i: number): Uint8Array {
  const text = new TextEncoder().encode("order_id ");
  let noise = i;
  return Uint8Array.from({ length: i % 10 === 9 ? 150_000 : i * 7 % 400 }, (_, at) => {
    noise = Math.imul(noise, 1_103_515_245) + 12_345 | 0;
    return i % 3 === 0 ? noise >>> 16 & 0xff : text[at % 9]!;
  });
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const numbers = Array.from({ length: COUNT }, (_, i) => i);
const expected = CODECS.flatMap((codec) => numbers.map((i) => `${codec} ${i} ${digest(valueOf(i))}`));

/** Counts how many batches are read by each codec. */
function countReads(): { readonly reads: ReadonlyMap<string, number> } & Disposable {
  const reads = new Map<string, number>();
  const before = { ...compressionCodecs };
  for (const codec of CODECS) {
    const type = compressionOf(codec);
    const real = compressionCodecs[type]!();
    compressionCodecs[type] = () => ({
      compress: (encoder) => real.compress(encoder),
      decompress: (bytes) => (reads.set(codec, (reads.get(codec) ?? 0) + 1), real.decompress(bytes)),
    });
  }
  return { reads, [Symbol.dispose]: () => void Object.assign(compressionCodecs, before) };
}

/** One send to a partition, by a codec. */
async function sendTo(
  { config, driver }: KafkaConnection,
  topic: string,
  partition: number,
  codec: string,
  values: readonly string[],
): Promise<void> {
  const settings = { ...config.settings, "compression.type": codec };
  const producer = await driver.produce({ ...config, settings }, silentLogger);
  try {
    const records = values.map((value) => ({
      key: null,
      value: new TextEncoder().encode(value),
      headers: [],
      partition,
    }));
    await producer.send(topic, records, 10_000);
  } finally {
    await producer.close();
  }
}

/** What is written by a codec cannot be read, until this is disposed. */
function breakCodec(codec: string): Disposable {
  const type = compressionOf(codec);
  const before = compressionCodecs[type]!;
  const { compress } = before();
  const decompress = () => Promise.reject(new Error("incorrect data check"));
  compressionCodecs[type] = () => ({ compress, decompress });
  return { [Symbol.dispose]: () => void (compressionCodecs[type] = before) };
}

/** Reads a topic by kafka_consumer; gives the records as `expected` has them, and by which codecs they came. */
async function consume(bed: Bed, topic: string) {
  using counted = countReads();
  const group = bed.group();
  const got: string[] = [];
  const headers = new Set<string>();
  const consuming = await Consuming.start(
    bed,
    { topics: [topic], group_id: group, value_format: "bytes" },
    ({ key, value, _raw_message }) => {
      got.push(`${key} ${digest(value as Uint8Array)}`);
      headers.add(JSON.stringify(_raw_message.headers.map(([name, bytes]) => [name, bytes && [...bytes]])));
      return { status: "success" };
    },
    { "max.partition.fetch.bytes": 300_000 }, // in many answers
  );
  await bed.committedAll(group, topic, 60_000);
  await consuming.stop();
  return { got, headers, codecs: [...counted.reads.keys()] };
}

/** Writes by each codec, as a job does; each goes out as one send. */
async function produce(bed: Bed, topic: string): Promise<void> {
  const connection = await bed.connect({ "max.request.size": 4_000_000 });
  for (const compression_type of CODECS) {
    const data = numbers.map((i) => ({ key: `${compression_type} ${i}`, value: valueOf(i) }));
    await runMod("kafka_producer", {
      connection,
      topic,
      compression_type,
      value_format: "bytes",
      value_column: "value",
      key_column: "key",
      data,
    });
  }
}

Deno.test("kafka_consumer reads what kafka_producer writes by each compression_type", () =>
  Bed.with(broker, async (bed) => {
    const topic = await bed.topic();
    await produce(bed, topic);
    const { got, codecs } = await consume(bed, topic);
    assert.deepEqual(got, expected);
    assert.deepEqual(codecs, [...CODECS]);
  }));

Deno.test("A batch that cannot be decompressed is named, holds up nothing else, and ends the job when it lasts", () =>
  Bed.with(broker, async (bed) => {
    const [topic, group] = [await bed.topic(2), bed.group()];
    const connection = await bed.connect();
    const send = (partition: number, codec: "gzip" | "zstd", ...values: readonly string[]) =>
      sendTo(connection, topic, partition, codec, values);
    await send(0, "zstd", "whole");
    await send(0, "gzip", "broken 1", "broken 2");
    await send(0, "zstd", "behind it");
    using _broken = breakCodec("gzip");
    const consuming = await Consuming.start(bed, { topics: [topic], group_id: group, recovery_timeout_s: 2 });
    await bed.waitFor(() => consuming.ended.length === 1, "the message before it");
    await send(1, "zstd", "other partition");
    await bed.waitFor(() => consuming.ended.length === 2, "the message of the other partition");
    const error = await consuming.failure();
    assert.equal(kindOf(error), "unavailable");
    const place = RegExp.escape(
      `Cannot read ${topic}[0] at offset 1: the batch of records there (offsets 1 to 2) is damaged`,
    );
    assert.match(errorText(error), new RegExp(`${place}: its gzip data cannot be decompressed`));
    assert.deepEqual(consuming.ended.map(({ id }) => id), ["whole", "other partition"]);
    assert.deepEqual([await bed.committed(group, topic, 0), await bed.committed(group, topic, 1)], [1, 1]);
  }));

testUnless(
  await noJava(),
  "Java's client reads what kafka_producer writes by each codec, and kafka_consumer what it writes",
  () =>
    Bed.with(broker, async (bed) => {
      const [ours, theirs] = [await bed.topic(), await bed.topic()];
      await produce(bed, ours);
      await using java = await startJava(
        "CodecPeer",
        broker,
        ours,
        String(expected.length),
        theirs,
        String(COUNT),
      );
      assert.ok(await java.succeeds(), java.said);
      const read = java.said.split("\n").filter((line) =>
        CODECS.some((codec) => line.startsWith(`${codec} `))
      );
      assert.deepEqual(read, expected);

      const { got, headers, codecs } = await consume(bed, theirs);
      assert.deepEqual(got, expected);
      assert.deepEqual(codecs, [...CODECS]);
      assert.deepEqual([...headers], ['[["b",[1]],["10",null],["b",[]]]']);
    }),
);
