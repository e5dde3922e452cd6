import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import type { ConsumerOptions, OffsetCommit, TopicPartition } from "../../../src/kafka/driver.ts";
import type { Cluster } from "../../../src/kafka/kafkajs/internals.ts";
import type { Membership } from "../../../src/kafka/kafkajs/membership.ts";
import { keyOf } from "../../../src/kafka/kafkajs/partitions.ts";
import { Positions } from "../../../src/kafka/kafkajs/positions.ts";

/** A topic `t` of logs from 3 to 20, and a group whose offsets the test sees. */
function bench(autoOffsetReset: "earliest" | "latest" | "none", partitions = 2) {
  const committed = new Map<string, bigint>();
  const bench = { partitions, refuses: false, committed };
  const cluster = {
    findTopicPartitionMetadata: () =>
      Array.from({ length: bench.partitions }, (_, partitionId) => ({ partitionId, leader: 1 })),
    fetchTopicsOffset: (
      topics: readonly { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
    ) =>
      Promise.resolve(topics.map(({ topic, partitions, fromBeginning }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, offset: fromBeginning ? "3" : "20" })),
      }))),
  } as unknown as Cluster;
  const membership = {
    committed: (wanted: readonly TopicPartition[]) =>
      Promise.resolve(wanted.flatMap((partition) => {
        const offset = committed.get(keyOf(partition));
        return offset === undefined ? [] : [{ ...partition, offset }];
      })),
    commit: (offsets: readonly OffsetCommit[]) => {
      if (bench.refuses) return Promise.reject(new Error("the group moves on"));
      for (const offset of offsets) committed.set(keyOf(offset), offset.offset);
      return Promise.resolve();
    },
  } as unknown as Membership;
  const options = { topics: ["t"], groupId: "g", autoOffsetReset, log: silentLogger };
  const positions = new Positions(cluster, membership, options as unknown as ConsumerOptions);
  const of = async (...numbers: number[]) =>
    (await positions.of(numbers.map((partition) => ({ topic: "t", partition })))).map(({ position }) =>
      position
    );
  return Object.assign(bench, { positions, of });
}

Deno.test("Positions.of() begins as auto_offset_reset says, what appears later at its beginning, all committed", async () => {
  const latest = bench("latest");
  assert.deepEqual(await latest.of(0, 1), [20n, 20n]);
  latest.partitions = 3;
  assert.deepEqual(await latest.of(0, 1, 2), [20n, 20n, 3n]);
  assert.deepEqual([...latest.committed.values()], [20n, 20n, 3n]);
  assert.deepEqual(await bench("earliest").of(0, 1), [3n, 3n]);
  await assert.rejects(bench("none").of(0), /auto_offset_reset is "none"/);
});

Deno.test("Positions.of() begins a topic that was made again at its beginning: brokers have dropped its offsets", async () => {
  const latest = bench("latest");
  await latest.of(0, 1);
  latest.committed.clear();
  assert.deepEqual(await latest.of(0, 1), [3n, 3n]);
});

Deno.test("Positions.of() keeps to latest where the group never took what it chose", async () => {
  const latest = bench("latest");
  latest.refuses = true;
  await assert.rejects(latest.of(0, 1), /moves on/);
  latest.refuses = false;
  assert.deepEqual(await latest.of(0, 1), [20n, 20n]);
});

Deno.test("Positions.remade() names what the group has nothing committed of any more; reset() begins it at its beginning", async () => {
  for (const reset of ["latest", "none"] as const) {
    const { positions, committed } = bench(reset);
    for (const partition of [0, 1]) committed.set(`t/${partition}`, 10n);
    const assigned = await positions.of([0, 1].map((partition) => ({ topic: "t", partition })));
    assert.deepEqual(await positions.remade(assigned), []);
    committed.delete("t/1");
    const remade = await positions.remade(assigned);
    assert.deepEqual(remade.map(({ partition }) => partition), [1]);
    assert.equal((await positions.reset(remade[0]!)).position, 3n);
    assert.equal(committed.get("t/1"), 3n);
    if (reset === "latest") assert.equal((await positions.reset(assigned[0]!)).position, 20n);
  }
});
