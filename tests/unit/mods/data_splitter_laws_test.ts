import "../../support/fixed_seed.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row } from "../../../src/core/rows.ts";
import type { Condition, SplitConditions } from "../../../src/mods/transform/split/conditions.ts";
import { planConditions } from "../../../src/mods/transform/split/plan.ts";
import { compareDecimals, compareTexts, decimalOf } from "../../../src/mods/transform/split/scalar.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { dataSplitter } from "../../../src/mods/transform/data_splitter.ts";

const OPTIONS = { missing: "null", matchesMaxLength: 1000 } as const;

const COLUMNS = ["a", "b", "not", "__proto__"] as const;
const column = fc.constantFrom(...COLUMNS);
const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom("", "1", "-2", "1.50", "x", "\u{1F600}", "\uE000"),
  fc.boolean(),
);
const cell = fc.oneof(scalar, fc.constantFrom(null, undefined, 1.5, NaN, {}));

/** Objects whose keys are own properties, `__proto__` too. */
const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.array(fc.tuple(column, cell), { maxLength: 4 }).map((entries): Row => Object.fromEntries(entries)),
  { maxLength: 8 },
);

/** Operators that answer for every value; those of order refuse some. */
const asked = fc.oneof(
  fc.record({ eq: scalar }),
  fc.record({ ne: scalar }),
  fc.record({ in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ not_in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ is_null: fc.boolean() }),
  fc.record({ exists: fc.boolean(), ne: scalar }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(column, asked).map(([name, ask]): Condition => ({ columns: Object.fromEntries([[name, ask]]) })),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((and): Condition => ({ and })),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((or): Condition => ({ or })),
    tie("condition").map((not): Condition => ({ not })),
    fc.boolean().map((answer): Condition => () => answer),
  ),
}));

const name = fc.constantFrom("one", "two", "three", "__proto__", "constructor");
const conditions: fc.Arbitrary<SplitConditions> = fc.array(fc.tuple(name, condition), {
  minLength: 1,
  maxLength: 4,
})
  .map((entries) => Object.fromEntries(entries));

/** Whether a condition holds for a row, asked alone. */
function holds(one: Condition, row: Row): boolean {
  return planConditions({ it: one }, OPTIONS)[0]!.holds(row, -1);
}

async function split(data: readonly Row[], given: SplitConditions, match: "first" | "all") {
  const params = validateParams(dataSplitter, {
    data,
    split_conditions: given,
    match,
    missing_columns: "null",
  });
  const { artifacts } = await dataSplitter.run(params, { log: silentLogger, warn() {} });
  return new Map(Object.entries(artifacts).map(([key, some]) => [key, some as readonly Row[] | null]));
}

Deno.test("data_splitter puts each row into one output by first: that of the first condition that holds, in order", async () => {
  await fc.assert(fc.asyncProperty(rows, conditions, async (data, given) => {
    const outputs = await split(data, given, "first");
    const names = [...Object.keys(given), "rest"];
    assert.deepEqual([...outputs.keys()], names);
    const expected = new Map<string, Row[]>(names.map((key) => [key, []]));
    for (const row of data) {
      const [first] = Object.entries(given).find(([, one]) => holds(one, row)) ?? ["rest"];
      expected.get(first)!.push(row);
    }
    for (const [key, some] of outputs) {
      assert.notEqual(some?.length, 0, "without rows it is null");
      assert.ok((some ?? []).every((row, i) => Object.is(row, expected.get(key)![i])));
      assert.equal((some ?? []).length, expected.get(key)!.length);
    }
    const union = data.filter((row) => [...outputs.values()].some((some) => some?.includes(row)));
    assert.deepEqual(union, data);
  }));
});

Deno.test("data_splitter by all agrees with asking each condition alone, the rest with none of them", async () => {
  await fc.assert(fc.asyncProperty(rows, conditions, async (data, given) => {
    const outputs = await split(data, given, "all");
    for (const [key, one] of Object.entries(given)) {
      assert.deepEqual(outputs.get(key) ?? [], data.filter((row) => holds(one, row)));
    }
    const rest = data.filter((row) => !Object.values(given).some((one) => holds(one, row)));
    assert.deepEqual(outputs.get("rest") ?? [], rest);
  }));
});

Deno.test("data_splitter has the logic of two values: not(not(c)) = c, and De Morgan's laws", () => {
  fc.assert(fc.property(rows, condition, condition, (data, c, d) => {
    for (const row of data) {
      const [isC, isD] = [holds(c, row), holds(d, row)];
      assert.equal(holds({ not: { not: c } }, row), isC);
      assert.equal(holds({ not: c }, row), !isC);
      assert.equal(holds({ and: [c, d] }, row), isC && isD);
      assert.equal(holds({ not: { and: [{ not: c }, { not: d }] } }, row), holds({ or: [c, d] }, row));
    }
  }));
});

Deno.test("data_splitter has ne as the opposite of eq, in as any eq, not_in as the opposite of in", () => {
  fc.assert(fc.property(cell, fc.array(scalar, { maxLength: 4 }), scalar, (a, list, value) => {
    const row: Row = { a };
    assert.equal(holds({ a: { ne: value } }, row), !holds({ a: { eq: value } }, row));
    assert.equal(holds({ a: { in: list } }, row), list.some((eq) => holds({ a: { eq } }, row)));
    assert.equal(holds({ a: { not_in: list } }, row), !holds({ a: { in: list } }, row));
  }));
});

const whole = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
const near = whole.chain((n) =>
  fc.tuple(fc.constant(n), fc.oneof(whole, fc.bigInt({ min: n - 2n, max: n + 2n })))
);
const forms = (n: bigint): (bigint | number | string)[] => [
  n,
  String(n),
  `${n}.0`,
  ...(BigInt(Number(n)) === n ? [Number(n)] : []),
];

Deno.test("data_splitter orders numbers by their value, whatever form they come in, digits beyond 2^53 too", () => {
  fc.assert(fc.property(near, ([a, b]) => {
    for (const left of forms(a)) {
      for (const right of forms(b)) {
        if (typeof left === "string" && typeof right === "string") continue; // two texts are texts
        const row = { a: left };
        assert.equal(holds({ a: { lt: right } }, row), a < b, `${left} ${right}`);
        assert.equal(holds({ a: { gte: right } }, row), a >= b);
        assert.equal(holds({ a: { eq: right } }, row), a === b);
      }
    }
  }));
});

Deno.test("decimalOf reads every number of JavaScript, and orders as they do", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(number, number, (a, b) => {
    const [x, y] = [decimalOf(String(a).replace("e+", "e"))!, decimalOf(String(b))!];
    assert.equal(compareDecimals(x, y), a < b ? -1 : a > b ? 1 : 0);
  }));
});

Deno.test("compareTexts orders by code point, as UTF-8 and UTF-32 do", () => {
  const text = fc.string({ unit: "binary", maxLength: 5 });
  fc.assert(fc.property(text, text, (a, b) => {
    const [x, y] = [[...a], [...b]].map((points) => points.map((point) => point.codePointAt(0)!));
    const at = x!.findIndex((point, i) => point !== y![i]);
    const expected = at < 0 ? Math.sign(x!.length - y!.length) : Math.sign(x![at]! - (y![at] ?? -1));
    assert.equal(compareTexts(a, b), expected);
  }));
});

Deno.test("planConditions looks at an object once for the same options", () => {
  const given: SplitConditions = { x: { a: { eq: 1 } } };
  const plan = planConditions(given, OPTIONS);
  assert.ok(Object.is(planConditions(given, { ...OPTIONS }), plan));
  assert.ok(!Object.is(planConditions({ ...given }, OPTIONS), plan));
  assert.ok(!Object.is(planConditions(given, { ...OPTIONS, missing: "error" }), plan));
  assert.throws(() => planConditions(given, { ...OPTIONS, missing: "error" })[0]!.holds({}, -1), /missing/);
});
