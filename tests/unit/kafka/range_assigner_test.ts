import assert from "node:assert/strict";
import fc from "fast-check";
import { assignRanges } from "../../../src/kafka/kafkajs/range_assigner.ts";

const groups = fc.uniqueArray(
  fc.record({
    memberId: fc.string({ minLength: 1 }),
    topics: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
  }),
  { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 6 },
);

Deno.test("assignRanges() gives each partition to exactly one member that wants its topic, evenly", () => {
  fc.assert(fc.property(groups, fc.nat(12), (members, count) => {
    const partitions = Array.from({ length: count }, (_, i) => i);
    const shares = assignRanges(members, () => partitions);
    for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
      const given = members.map(({ memberId, topics }) => ({
        topics,
        own: shares.get(memberId)?.[topic] ?? [],
      }));
      assert.deepEqual(given.flatMap(({ own }) => own).sort((a, b) => a - b), partitions);
      assert.ok(given.every(({ topics, own }) => own.length === 0 || topics.includes(topic)));
      const sizes = given.filter(({ topics }) => topics.includes(topic)).map(({ own }) => own.length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }
  }));
});

Deno.test("assignRanges() cuts as Kafka's RangeAssignor: the first members get one more", () => {
  const members = [{ memberId: "m2", topics: ["t"] }, { memberId: "m1", topics: ["t"] }];
  const shares = assignRanges(members, () => [0, 1, 2]);
  assert.deepEqual([shares.get("m1"), shares.get("m2")], [{ t: [0, 1] }, { t: [2] }]);
});
