import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { CodecModule } from "../../../src/kafka/kafkajs/codecs.ts";
import * as lz4 from "../../../src/kafka/kafkajs/lz4.ts";
import * as snappy from "../../../src/kafka/kafkajs/snappy.ts";
import * as zstd from "../../../src/kafka/kafkajs/zstd.ts";
import { compressionCodecs } from "../../../src/kafka/kafkajs/internals.ts";
import { compressionOf } from "../../../src/kafka/kafkajs/codecs.ts";

/** Bytes that hold everything a compressor looks for: runs, repetitions near and far, noise. */
const bytes = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 3000 }))
      .map(([part, times]) => Buffer.alloc(part.length * times, part)),
    fc.constant(Buffer.from("a sentence that comes again and again, as in JSON")),
  ),
  { maxLength: 12 },
).map((parts) => Buffer.concat(parts));

const modules: Readonly<Record<string, CodecModule>> = { lz4, snappy, zstd };

for (const [name, codec] of Object.entries(modules)) {
  Deno.test(`${name} gives back what it was given`, () =>
    fc.assert(fc.asyncProperty(bytes, async (plain) => {
      const back = await codec.decompress(await codec.compress(plain));
      assert.ok(back.equals(plain));
    })));

  Deno.test(`${name} makes repetitions small, and larger inputs than one block`, async () => {
    const plain = Buffer.from(
      JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ order_id: i, currency: "EUR" }))),
    );
    const packed = await codec.compress(plain);
    assert.ok(packed.length < plain.length / 3, `${packed.length} of ${plain.length}`);
    assert.ok((await codec.decompress(packed)).equals(plain));
  });

  Deno.test(`${name} is registered with kafkajs`, async () => {
    const registered = compressionCodecs[compressionOf(name)]!();
    const plain = Buffer.from("through kafkajs");
    assert.ok((await registered.decompress(await registered.compress({ buffer: plain }))).equals(plain));
  });
}

Deno.test("compressionOf() refuses a codec that is none", () => {
  assert.throws(() => compressionOf("brotli"), RangeError);
});

Deno.test("lz4.decompress() throws at every place where a frame may be cut", () => {
  const packed = lz4.compress(Buffer.from("abcabcabcabcabcabcabcabcabcabcabcabc and some more of it"));
  for (let length = 1; length < packed.length; length++) {
    assert.throws(() => lz4.decompress(packed.subarray(0, length)), RangeError, `${length} bytes`);
  }
});

Deno.test("lz4.decompress() reads frames of other writers", () => {
  // by hand: two blocks, the second one refers to the first; block and content checksums, which are skipped; content size
  const header = [0x04, 0x22, 0x4d, 0x18, 0x5c, 0x40, 8 + 8, 0, 0, 0, 0, 0, 0, 0, 0];
  const first = [9, 0, 0, 0, 0x80, ...Buffer.from("abcdefgh"), 1, 2, 3, 4];
  const referring = [8, 0, 0, 0, 0x00, 8, 0, 0x40, ...Buffer.from("wxyz"), 1, 2, 3, 4];
  const frame = Buffer.from([...header, ...first, ...referring, 0, 0, 0, 0, 9, 9, 9, 9]);
  assert.equal(lz4.decompress(frame).toString(), "abcdefghabcdwxyz");
  assert.equal(lz4.decompress(Buffer.concat([frame, frame])).toString(), "abcdefghabcdwxyzabcdefghabcdwxyz");
});

Deno.test("lz4.decompress() refuses references that lead nowhere, and other formats", () => {
  const lost = Buffer.from([
    0x04,
    0x22,
    0x4d,
    0x18,
    0x60,
    0x40,
    0x82,
    5,
    0,
    0,
    0,
    0x10,
    97,
    9,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  assert.throws(() => lz4.decompress(lost), /leads nowhere/);
  assert.throws(() => lz4.decompress(Buffer.from("not a frame")), /frame format/);
});

Deno.test("snappy.decompress() reads librdkafka's bare blocks too", async () => {
  const { default: snappyjs } = await import("snappyjs");
  const plain = Buffer.from("librdkafka writes one block without a frame, without a frame, without a frame");
  assert.ok(snappy.decompress(Buffer.from(snappyjs.compress(plain))).equals(plain));
});

Deno.test("snappy.decompress() refuses lengths that are none, and does not go round in circles", () => {
  const frames = snappy.compress(Buffer.from("some text, some text, some text"));
  for (const length of [-4, -20, 0, 1_000, 2 ** 31 - 1]) {
    const wrong = Buffer.from(frames);
    wrong.writeInt32BE(length, 16);
    assert.throws(() => snappy.decompress(wrong), RangeError, `${length}`);
  }
  // a block of nine bytes that says it holds four gigabytes
  assert.throws(() => snappy.decompress(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1, 2, 3])), RangeError);
});
