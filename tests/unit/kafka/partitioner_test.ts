import assert from "node:assert/strict";
import fc from "fast-check";
import type { OutgoingRecord } from "../../../src/kafka/driver.ts";
import type { PartitionMetadata } from "../../../src/kafka/kafkajs/internals.ts";
import { spreadByKey } from "../../../src/kafka/kafkajs/partitioner.ts";
import { partitionOfKey } from "../../../src/kafka/murmur2.ts";

const record = (key: Uint8Array | null, partition?: number): OutgoingRecord => ({
  key,
  value: null,
  headers: [],
  ...(partition === undefined ? {} : { partition }),
});
const led = (leaders: readonly number[]): PartitionMetadata[] =>
  leaders.map((leader, partitionId) => ({
    partitionId,
    leader,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }));

Deno.test("spreadByKey() gives a key the partition that Java's client gives it, led or not", () =>
  fc.assert(
    fc.property(fc.uint8Array(), fc.array(fc.constantFrom(-1, 1), { minLength: 1 }), (key, leaders) => {
      assert.equal(spreadByKey()("t", record(key), led(leaders)), partitionOfKey(key, leaders.length));
    }),
  ));

Deno.test("spreadByKey() takes the partition that is asked for, and refuses one that is not there", () => {
  const choose = spreadByKey();
  assert.equal(choose("t", record(new Uint8Array([1]), 2), led([1, 1, 1])), 2);
  assert.throws(() => choose("t", record(null, 3), led([1, 1, 1])), {
    name: "ConfigurationError",
    message: 'Cannot send to partition 3 of topic "t": it has 3',
  });
});

Deno.test("spreadByKey() spreads records without a key evenly over the partitions that have a leader", () => {
  const choose = spreadByKey();
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 300; i++) counts[choose("t", record(null), led([1, -1, 2, 3]))]!++;
  assert.deepEqual(counts, [100, 0, 100, 100]);
  assert.ok([0, 1].includes(choose("other", record(null), led([-1, -1])))); // better than none
});
