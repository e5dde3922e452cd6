/** What becomes of batches that cannot be read: told, by topic, partition and offset, and nothing else is hurt. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { kindOf } from "../../../src/core/errors.ts";
import type { FetchedPartition } from "../../../src/kafka/kafkajs/broker.ts";
import { compressionOf } from "../../../src/kafka/kafkajs/codecs.ts";
import { decodeFetchAnswer } from "../../../src/kafka/kafkajs/fetch_answer.ts";
import { crc32c } from "../../../src/kafka/kafkajs/internals.ts";
import { readRecordSet } from "../../../src/kafka/kafkajs/log_batch.ts";
import { encodeBatch } from "../../../src/kafka/kafkajs/record_batch.ts";
import { readPartition } from "../../../src/kafka/kafkajs/records.ts";

const CODECS = ["gzip", "snappy", "lz4", "zstd"] as const;
const [BODY, ATTRIBUTES, CHECKSUM] = [61, 21, 17];

/** A batch of records from an offset on. */
async function batchAt(base: bigint, count: number, codec: string = "none", size = 40): Promise<Buffer> {
  const value = Buffer.alloc(size, "some text that comes again ");
  const batch = await encodeBatch(Array.from({ length: count }, () => ({ key: null, value, headers: [] })), {
    identity: { producerId: -1n, epoch: -1, sequence: -1 },
    compression: compressionOf(codec),
    timestamp: 5,
  });
  batch.writeBigInt64BE(base, 0);
  return batch;
}

/** The batch as somebody wrote it who meant it so: its checksum fits. */
function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES)), CHECKSUM);
  return batch;
}

async function partitionOf(...batches: readonly Buffer[]): Promise<FetchedPartition> {
  return {
    topic: "orders",
    partition: 3,
    errorCode: 0,
    highWatermark: 1_000n,
    lastStableOffset: 1_000n,
    abortedTransactions: [],
    ...await readRecordSet(Buffer.concat(batches)),
  };
}

/** The error that reading from an offset ends with. */
function failure(from: bigint, partition: FetchedPartition): Error {
  try {
    readPartition(from, partition);
  } catch (error) {
    return error as Error;
  }
  throw new assert.AssertionError({ message: "it was read" });
}

Deno.test("readRecordSet() reads a batch of 200,000 records", async () => {
  const { batches } = await readRecordSet(await batchAt(0n, 200_000, "none", 0));
  assert.equal(batches[0]?.records.length, 200_000);
  assert.equal(batches[0]?.records.at(-1)?.offset, 199_999n);
});

Deno.test("readPartition() names the codec that is not known, and the offsets: a configuration error", async () => {
  const strange = await batchAt(42n, 3);
  strange.writeInt16BE(5, ATTRIBUTES);
  const error = failure(43n, await partitionOf(sealed(strange)));
  assert.equal(
    error.message,
    "Cannot read orders[3] at offset 43: the batch of records there (offsets 42 to 44) is of a kind that this version " +
      "does not read: its records are compressed by codec 5, which is not known (codecs are gzip, snappy, lz4, zstd)",
  );
  assert.equal(kindOf(error), "configuration");
});

Deno.test("readPartition() hands out what lies before a damaged batch, and names it when it is asked for", async () => {
  const bad = await batchAt(12n, 2);
  bad[BODY + 10]! ^= 1;
  const partition = await partitionOf(await batchAt(10n, 2), bad, await batchAt(14n, 2));
  const { records, nextOffset } = readPartition(10n, partition);
  assert.deepEqual([records.map(({ offset }) => offset), nextOffset], [[10n, 11n], 12n]);
  const error = failure(12n, await partitionOf(bad, await batchAt(14n, 2)));
  assert.equal(
    error.message,
    "Cannot read orders[3] at offset 12: the batch of records there (offsets 12 to 13) is damaged: its checksum does not " +
      "fit (kafka-dump-log.sh tells whether it lies so in the log; to go on behind it without its records: " +
      "kafka-consumer-groups.sh --reset-offsets --topic orders:3 --to-offset 14)",
  );
  assert.equal(kindOf(error), "unavailable"); // tried again, told in the log, and the job ends when it lasts
});

for (const codec of CODECS) {
  Deno.test(`readRecordSet() tells of ${codec} data that is damaged, wherever it is cut or changed`, async () => {
    const whole = await batchAt(7n, 50, codec);
    for (let at = BODY; at < whole.length; at += 1 + (whole.length - BODY >> 6)) {
      const cut = Buffer.from(whole.subarray(0, at));
      cut.writeInt32BE(at - 12, 8);
      for (const wrong of [cut, flipped(whole, at)]) {
        const { batches, unreadable } = await readRecordSet(sealed(wrong));
        // no codec but zstd and gzip has checksums of its own: a changed letter is a changed letter
        if (unreadable === undefined) assert.equal(batches[0]?.records.length, 50, `${codec} at ${at}`);
        else {assert.match(
            unreadable.why,
            new RegExp(`${codec} data cannot be decompressed|records are malformed`),
          );}
      }
      assert.notEqual((await readRecordSet(sealed(cut))).unreadable, undefined, `${codec} cut at ${at}`);
    }
  });
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x55;
  return copy;
}

Deno.test("readRecordSet() tells of a batch that is no batch", async () => {
  const cases: [change: (batch: Buffer) => unknown, why: RegExp][] = [
    [(batch) => batch.writeInt32BE(-12, 8), /length is wrong/], // would be read for ever
    [(batch) => batch.writeInt32BE(10, 8), /length is wrong/],
    [(batch) => batch.writeInt8(3, 16), /format is 3/],
    [(batch) => batch.writeInt8(1, 16), /messages of an old format/],
    [(batch) => (batch.writeInt32BE(900, 57), sealed(batch)), /records are malformed/],
    [(batch) => (batch.writeInt32BE(1, 57), sealed(batch)), /records are malformed/],
    [(batch) => (batch.writeInt8(0x7f, BODY), sealed(batch)), /records are malformed/],
    [(batch) => batch.writeInt32BE(1_000_000, 8), /are all that came/],
  ];
  for (const [change, why] of cases) {
    const batch = await batchAt(1n, 2);
    change(batch);
    const { batches, unreadable } = await readRecordSet(batch);
    assert.deepEqual(batches, [], String(why));
    assert.match(unreadable?.why ?? "it was read", why);
  }
});

Deno.test("readRecordSet() leaves out the last batch where the broker has cut it off", async () => {
  const [first, second] = [await batchAt(1n, 2), await batchAt(3n, 2)];
  for (let length = 0; length < second.length; length++) {
    const { batches, unreadable } = await readRecordSet(Buffer.concat([first, second.subarray(0, length)]));
    assert.deepEqual([batches.length, unreadable], [1, undefined], `${length} bytes`);
  }
});

Deno.test("readRecordSet() reads the time that the broker set, and times before 1970", async () => {
  const appended = await batchAt(0n, 2);
  appended.writeInt16BE(8, ATTRIBUTES);
  appended.writeBigInt64BE(77n, 35);
  const { batches: [first] } = await readRecordSet(sealed(appended));
  assert.deepEqual(first?.records.map(({ timestamp }) => timestamp), [77, 77]);
  const old = await batchAt(0n, 1);
  old.writeBigInt64BE(-1n, 27);
  const { batches: [second] } = await readRecordSet(sealed(old));
  assert.equal(second?.records[0]?.timestamp, -1);
});

/** A message of format 1, as brokers before 4.0 may still hold it. */
function oldMessage(offset: bigint, value: string): Buffer {
  const body = Buffer.from(value);
  const bytes = Buffer.alloc(12 + 4 + 1 + 1 + 8 + 4 + 4 + body.length);
  let at = bytes.writeBigInt64BE(offset, 0);
  at = bytes.writeInt32BE(bytes.length - 12, at) + 4; // no checksum: kafkajs does not look at it
  at = bytes.writeInt16BE(0x0100, at); // format, attributes
  at = bytes.writeBigInt64BE(99n, at);
  at = bytes.writeInt32BE(-1, at);
  body.copy(bytes, bytes.writeInt32BE(body.length, at));
  return bytes;
}

Deno.test("readRecordSet() reads messages of an old format, and asks for them anew where they lie behind others", async () => {
  const old = Buffer.concat([oldMessage(5n, "a"), oldMessage(8n, "b")]);
  const { batches: [batch], unreadable } = await readRecordSet(old);
  assert.equal(unreadable, undefined);
  assert.deepEqual([batch?.firstOffset, batch?.end, batch?.isControl], [5n, 9n, false]);
  const records = batch?.records.map((
    { offset, timestamp, key, value },
  ) => [offset, timestamp, key, String(value)]);
  assert.deepEqual(records, [[5n, 99, null, "a"], [8n, 99, null, "b"]]);
  const mixed = await readRecordSet(Buffer.concat([await batchAt(3n, 2), old]));
  assert.deepEqual([mixed.batches.map(({ end }) => end), mixed.unreadable], [[5n], undefined]);
});

Deno.test("decodeFetchAnswer() hands on how long the broker asks to wait, where it leaves that to clients", async () => {
  for (const [version, wait] of [[4, 0], [7, 0], [8, 250], [11, 250]] as const) {
    const answer = Buffer.alloc(version >= 7 ? 14 : 8);
    answer.writeInt32BE(250, 0);
    assert.deepEqual(await decodeFetchAnswer(version, answer), {
      clientSideThrottleTime: wait,
      responses: [],
    });
  }
});
