import assert from "node:assert/strict";
import fc from "fast-check";
import { shrink } from "../../chaos/shrink.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("shrink() finds exactly the faults that are needed together, in their order", () =>
  fc.assert(fc.asyncProperty(
    fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }))
    ),
    async ([count, needed]) => {
      const fails = (items: readonly number[]) => Promise.resolve(needed.every((it) => items.includes(it)));
      const { items, isMinimal } = await shrink(upTo(count), fails, 10_000);
      assert.deepEqual(items, needed.toSorted((a, b) => a - b));
      assert.equal(isMinimal, true);
    },
  )));

Deno.test("shrink() keeps what was seen to fail where nothing else fails, as where a failure is luck", async () => {
  const all = upTo(7);
  const { items, isMinimal } = await shrink(all, () => Promise.resolve(false), 1_000);
  assert.deepEqual([items, isMinimal], [all, true]);
});

Deno.test("shrink() tries no more often than it may, and what it gives has failed", () =>
  fc.assert(fc.asyncProperty(fc.nat(12), fc.func(fc.boolean()), async (maxTries, isBad) => {
    const seen: (readonly number[])[] = [upTo(20)];
    const fails = (items: readonly number[]) => {
      const bad = isBad(items);
      if (bad) seen.push(items);
      return Promise.resolve(bad);
    };
    const { items, tries } = await shrink(upTo(20), fails, maxTries);
    assert.ok(tries <= maxTries);
    assert.deepEqual(items, seen.at(-1));
  })));

Deno.test("shrink() halves first: one fault of 64 is found in few tries", async () => {
  const { items, tries } = await shrink(upTo(64), (items) => Promise.resolve(items.includes(41)), 1_000);
  assert.deepEqual(items, [41]);
  assert.ok(tries <= 14, `${tries} tries`);
});
