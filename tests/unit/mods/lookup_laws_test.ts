import "../../support/fixed_seed.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row } from "../../../src/core/rows.ts";
import { joinKeys, keyOf } from "../../../src/mods/transform/lookup/key.ts";
import { join as lookup } from "./lookup_support.ts";

const part = fc.constantFrom<unknown>(
  null,
  undefined,
  NaN,
  0,
  -0,
  1,
  1n,
  "1",
  "1.0",
  "",
  "a",
  true,
  1.5,
  "1.5",
  "__proto__",
);
const dataRows = fc.array(fc.record({ p: part, q: part }, { noNullPrototype: true }), { maxLength: 6 });
const lookupRows = fc.array(fc.record({ a: part, b: part, v: fc.nat(9) }), { maxLength: 8 });

/** Whether two parts of a key are one, without any text made of them. */
function same(x: unknown, y: unknown, numeric: boolean): boolean {
  if (x === null || x === undefined || y === null || y === undefined) return false;
  const number = (value: unknown) =>
    typeof value === "number" || typeof value === "bigint"
      ? Number(value)
      : numeric && typeof value === "string" && /^\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : undefined;
  const [m, n] = [number(x), number(y)];
  return m !== undefined || n !== undefined ? m === n : x === y;
}

Deno.test("lookup agrees with nested loops, for each match, join and kind of keys", async () => {
  const options = fc.record({
    match: fc.constantFrom("first", "last", "all", "unique"),
    join: fc.constantFrom("left", "inner"),
    key_types: fc.constantFrom("strict", "numeric"),
    both: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(dataRows, lookupRows, options, async (data, rows, { both, ...how }) => {
      const joined: Row[] = [];
      const rejected: Row[] = [];
      let isTwice = false;
      for (const row of data) {
        const found = rows.filter(({ a, b }) =>
          same(row.p, a, how.key_types === "numeric") &&
          (!both || same(row.q, b, how.key_types === "numeric"))
        );
        const chosen = how.match === "last"
          ? found.slice(-1)
          : how.match === "all"
          ? found
          : found.slice(0, 1);
        isTwice ||= how.match === "unique" && found.length > 1;
        if (found.length === 0 && how.join === "inner") rejected.push(row);
        else if (found.length === 0) joined.push({ ...row, w: -1 });
        else joined.push(...chosen.map(({ v }) => ({ ...row, w: v })));
      }
      const keys = both ? { p: "a", q: "b" } : { p: "a" };
      const defaults = how.join === "left" ? { w: -1 } : {};
      const result = lookup({ data, rows, keys, columns: { v: "w" }, defaults, ...how });
      if (isTwice) return await assert.rejects(result, /matches where match is "unique"/);
      const orNull = (some: Row[]) => some.length === 0 ? null : some;
      assert.deepEqual(await result, { data: orNull(joined), reject: orNull(rejected) });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("lookup by left and first keeps every row and its order; inner splits them", async () => {
  await fc.assert(fc.asyncProperty(dataRows, lookupRows, async (data, rows) => {
    const params = { data, rows, keys: { p: "a" }, columns: { v: "w" }, match: "first" };
    const left = (await lookup(params)).data as Row[] ?? [];
    assert.deepEqual(left.map(({ p, q }) => ({ p, q })), data);
    const inner = await lookup({ ...params, join: "inner" });
    const [joined, rejected] = [inner.data as Row[] ?? [], inner.reject as Row[] ?? []];
    assert.equal(joined.length + rejected.length, data.length);
    assert.deepEqual(joined, left.filter(({ w }) => w !== null));
  }));
});

Deno.test("joinKeys never makes one text of two lists of keys, even of the same text cut in two ways", () => {
  const text = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("1", ":", "2", "s") });
  fc.assert(fc.property(text, fc.nat(6), fc.nat(6), (whole, a, b) => {
    const [left, right] = [a, b].map((at) => [whole.slice(0, at), whole.slice(at)]);
    assert.equal(joinKeys(left!) === joinKeys(right!), left![0] === right![0]);
  }));
});

Deno.test("keyOf tells numbers apart exactly as JavaScript does", () => {
  const value = fc.oneof(fc.double(), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.integer());
  fc.assert(fc.property(value, value, (a, b) => {
    const [x, y] = [keyOf(a, "strict"), keyOf(b, "strict")];
    assert.equal(x !== undefined && x === y, a == b);
    assert.equal(keyOf(String(a), "strict"), `s${a}`);
  }));
});
