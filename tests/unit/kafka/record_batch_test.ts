import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import KafkajsDecoder from "kafkajs/src/protocol/decoder.js";
import decodeKafkajsBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import type { RawRecord } from "../../../src/kafka/driver.ts";
import { compressionOf } from "../../../src/kafka/kafkajs/codecs.ts";
import { readRecordSet } from "../../../src/kafka/kafkajs/log_batch.ts";
import { crc32c } from "../../../src/kafka/kafkajs/internals.ts";
import { BATCH_OVERHEAD, encodeBatch, sizeOf } from "../../../src/kafka/kafkajs/record_batch.ts";

interface Decoded {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastOffsetDelta: number;
  readonly records: readonly {
    offset: string;
    timestamp: string;
    key: Buffer | null;
    value: Buffer | null;
    headers: Record<string, Buffer | null | (Buffer | null)[]>;
  }[];
}

/** kafkajs reads what we write: a second opinion on the format. */
function decode(batch: Buffer): Promise<Decoded> {
  const Decoder = KafkajsDecoder as unknown as new (bytes: Buffer) => unknown;
  return (decodeKafkajsBatch as unknown as (decoder: unknown) => Promise<Decoded>)(new Decoder(batch));
}

const blob = fc.option(fc.uint8Array({ maxLength: 300 }));
const records = fc.array(
  fc.record({
    key: blob,
    value: blob,
    headers: fc.array(
      fc.tuple(
        fc.oneof(fc.string({ maxLength: 9 }), fc.constantFrom("__proto__", "constructor", "10", "")),
        blob,
      ),
      { maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 150 },
);
const identity = fc.record({
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  epoch: fc.integer({ min: -1, max: 32_767 }),
  sequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
});

const bytesOf = (blob: Uint8Array | null) => blob === null ? null : [...blob];

/** Without the differences between views of bytes. */
function plainOf({ key, value, headers }: Pick<RawRecord, "key" | "value" | "headers">) {
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.map(([name, v]) => [name, bytesOf(v)]),
  };
}

Deno.test("encodeBatch() writes what kafkajs reads, in every compression", () =>
  fc.assert(
    fc.asyncProperty(
      records,
      identity,
      fc.constantFrom("none", "gzip", "snappy", "lz4", "zstd"),
      async (given, identity, codec) => {
        const timestamp = 1_700_000_000_000;
        const batch = await encodeBatch(given, { identity, compression: compressionOf(codec), timestamp });
        const decoded = await decode(batch);
        assert.equal(BigInt(decoded.producerId), identity.producerId);
        assert.equal(decoded.producerEpoch, identity.epoch);
        assert.equal(decoded.firstSequence, identity.sequence);
        assert.equal(decoded.lastOffsetDelta, given.length - 1);
        assert.equal(decoded.records.length, given.length);
        decoded.records.forEach((record, i) => {
          assert.equal(record.offset, String(i));
          assert.equal(record.timestamp, String(timestamp));
          assert.deepEqual(bytesOf(record.key), bytesOf(given[i]!.key));
          assert.deepEqual(bytesOf(record.value), bytesOf(given[i]!.value));
        });
        assert.equal(batch.readUInt32BE(17), crc32c(batch.subarray(21)));
      },
    ),
  ));

Deno.test("readRecordSet() reads what encodeBatch() writes, every byte and every header in its place", () =>
  fc.assert(
    fc.asyncProperty(
      records,
      identity,
      fc.constantFrom("none", "gzip", "snappy", "lz4", "zstd"),
      fc.constantFrom(-1, 0, 1_700_000_000_000, Number.MAX_SAFE_INTEGER),
      async (given, identity, codec, timestamp) => {
        const bytes = await encodeBatch(given, { identity, compression: compressionOf(codec), timestamp });
        const { batches: [batch, ...more], unreadable } = await readRecordSet(bytes);
        assert.deepEqual([more, unreadable], [[], undefined]);
        const { firstOffset, end, producerId, inTransaction, isControl } = batch!;
        assert.deepEqual([firstOffset, end, producerId], [0n, BigInt(given.length), identity.producerId]);
        assert.deepEqual([inTransaction, isControl], [false, false]);
        assert.deepEqual(
          batch!.records.map(({ key, value, headers, ...rest }) => ({
            ...plainOf({ key, value, headers }),
            ...rest,
          })),
          given.map((record, i) => ({ ...plainOf(record), offset: BigInt(i), timestamp })),
        );
      },
    ),
  ));

Deno.test("sizeOf() is never less than what a record takes", () =>
  fc.assert(fc.asyncProperty(records, async (given) => {
    const identity = { producerId: -1n, epoch: -1, sequence: -1 };
    const batch = await encodeBatch(given, { identity, compression: 0, timestamp: 0 });
    const estimate = given.reduce((sum, record) => sum + sizeOf(record), BATCH_OVERHEAD);
    assert.ok(batch.length <= estimate, `${batch.length} of ${estimate}`);
    assert.ok(estimate <= batch.length + given.length * (24 + 4 * 10));
  })));

Deno.test("encodeBatch() keeps the order of headers over all names, and null in them", async () => {
  const headers = [["b", Buffer.from("1")], ["10", null], ["b", Buffer.from("2")], [
    "2",
    Buffer.from("3"),
  ]] as const;
  const identity = { producerId: 1n, epoch: 0, sequence: 0 };
  const record = { key: null, value: null, headers };
  const batch = await encodeBatch([record], { identity, compression: 0, timestamp: 0 });
  // count of headers, then each: length of the name, name, length of the value (-1 for null), value; all zigzag
  const written = [8, 2, 98, 2, 49, 4, 49, 48, 1, 2, 98, 2, 50, 2, 50, 2, 51];
  assert.deepEqual([...batch.subarray(-written.length)], written);
});
