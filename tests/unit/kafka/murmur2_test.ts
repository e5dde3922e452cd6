import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { Partitioners } from "kafkajs";
import { murmur2, partitionOfKey } from "../../../src/kafka/murmur2.ts";

// of Kafka's own UtilsTest.testMurmur2
const JAVA = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
] as const;

for (const [text, hash] of JAVA) {
  Deno.test(`murmur2() of "${text}" is Java's`, () => {
    assert.equal(murmur2(new TextEncoder().encode(text)), hash);
  });
}

Deno.test("partitionOfKey() agrees with kafkajs' default partitioner", () => {
  const kafkajs = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 60 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionId,
        leader: 1,
        partitionErrorCode: 0,
        replicas: [],
        isr: [],
      }));
      const message = { key: Buffer.from(key), value: null };
      assert.equal(partitionOfKey(key, count), kafkajs({ topic: "t", partitionMetadata, message }));
    }),
  );
});
