import assert from "node:assert/strict";
import { quartersOf, WARM_UP_MS } from "../../chaos/memory.ts";
import { Stalls } from "../../chaos/stalls.ts";

const PATIENCE = { calmMs: 10_000, anyMs: 60_000 };

/** Looks at a partition each second: what is processed of 100, and whether a fault lasts. */
function stallsOf(looks: readonly (readonly [processed: number, active?: string])[]): readonly string[] {
  const stalls = new Stalls(PATIENCE);
  looks.forEach(([processed, fault], second) =>
    stalls.look(
      [{ partition: 2, last: 100, processed }],
      1_000,
      fault === undefined ? [] : [fault],
      second * 1_000,
    )
  );
  return stalls.found;
}
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

Deno.test("Stalls finds a partition that does not move without a fault, once", () => {
  const found = stallsOf(times(30, [7] as const));
  assert.equal(found.length, 1);
  assert.match(found[0]!, /^10 s: partition 2 stays at 7 of 100 for 10 s/);
});

Deno.test("Stalls is patient while faults last, and not for ever", () => {
  const during = [7, "kill_broker"] as const;
  assert.deepEqual(stallsOf([...times(50, during), ...times(8, [7] as const)]), []);
  assert.match(stallsOf(times(70, during))[0]!, /0 s of them without a fault; now: kill_broker/);
  const mixed = [
    ...times(20, during),
    ...times(5, [7] as const),
    ...times(20, during),
    ...times(6, [7] as const),
  ];
  assert.equal(stallsOf(mixed).length, 1, "time without a fault adds up");
});

Deno.test("Stalls forgets when a partition moves, or has nothing to do", () => {
  assert.deepEqual(stallsOf([...times(9, [7] as const), ...times(9, [8] as const)]), []);
  assert.deepEqual(stallsOf(times(100, [100] as const)), []);
});

const samples = (mib: (quarter: number) => number, count = 80) =>
  Array.from({ length: count }, (_, i) => ({ at: WARM_UP_MS + i * 5_000, mib: mib(4 * i / count) }));

Deno.test("quartersOf() finds memory that grows, and bears with noise", () => {
  assert.equal(quartersOf(samples((quarter) => 100 + quarter * 20))?.isFlat, false);
  assert.equal(quartersOf(samples((quarter) => 100 + 30 * Math.sin(quarter * 50)))?.isFlat, true);
  assert.equal(
    quartersOf(samples((quarter) => quarter > 3.9 ? 300 : 100))?.isFlat,
    true,
    "a peak is no growth",
  );
  assert.deepEqual(quartersOf(samples((quarter) => 100 + Math.floor(quarter)))?.mib, [100, 101, 102, 103]);
});

Deno.test("quartersOf() judges neither the warm-up nor a short life", () => {
  assert.equal(quartersOf(samples(() => 100, 20)), undefined);
  const warming = Array.from({ length: 10 }, (_, i) => ({ at: i * 5_000, mib: 900 }));
  assert.deepEqual(quartersOf([...warming, ...samples(() => 100)])?.mib, [100, 100, 100, 100]);
});
