import assert from "node:assert/strict";
import { PartitionState } from "../../../src/consume/partition_state.ts";

const MIB = 1024 * 1024;

/** A partition with so many records of a size, from `from` on. */
function fetched(state: PartitionState, count: number, bytes: number, from = 0) {
  const value = new Uint8Array(bytes);
  const records = Array.from({ length: count }, (_, i) => ({
    offset: BigInt(from + i),
    timestamp: 1,
    key: null,
    value,
    headers: [],
  }));
  state.fetched({
    topic: "t",
    partition: 0,
    epoch: 1,
    records,
    nextOffset: BigInt(from + count),
    endOffset: 9999n,
  });
  return records;
}

const state = () => new PartitionState({ topic: "t", partition: 0, epoch: 1, position: 0n, committed: 0n });

Deno.test("PartitionState.flow() pauses by the bytes that are queued, shared by all partitions, and resumes at half", () => {
  const one = state();
  const records = fetched(one, 65, MIB);
  assert.equal(one.flow(1), "pause");
  assert.equal(one.flow(1), undefined, "it is paused already");
  for (const record of records.slice(0, 32)) one.handedOut(record);
  assert.equal(one.flow(1), undefined, "33 MiB are more than half");
  one.handedOut(records[32]!);
  assert.equal(one.flow(1), "resume");
  const many = state();
  fetched(many, 2, MIB);
  assert.equal(many.flow(1000), "pause", "with a thousand partitions each has a mebibyte");
});

Deno.test("PartitionState.flow() pauses by the number of small records", () => {
  const small = state();
  fetched(small, 500, 1);
  assert.equal(small.flow(1), undefined);
  fetched(small, 1, 1, 500);
  assert.equal(small.flow(1), "pause");
});
