import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError, type ErrorKind, kindOf } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Row } from "../../../src/core/rows.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { CASTS, castValue } from "../../../src/mods/transform/casts.ts";
import { dataMapper } from "../../../src/mods/transform/data_mapper.ts";

type Options = Readonly<Record<string, unknown>>;

async function map(data: unknown, options: Options = {}): Promise<Row | readonly Row[]> {
  const params = validateParams(dataMapper, { data, ...options });
  const output = await dataMapper.run(params, { log: silentLogger, warn() {} });
  return output.artifacts.data;
}

async function refused(data: unknown, options: Options, kind: ErrorKind = "permanent"): Promise<string> {
  let error: unknown;
  try {
    await map(data, options);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof Error, "it should have been refused");
  assert.equal(kindOf(error), kind, error.message);
  return error.message;
}

Deno.test("data_mapper renames columns and keeps the others, as the seed's example", async () => {
  const row = { order_id: 1, customer_id: "c", lines: [{ sku: "a" }], note: null };
  const mapped = await map(row, { column_mapping: { customer_id: "cust_id" } });
  assert.deepEqual(mapped, { order_id: 1, cust_id: "c", lines: [{ sku: "a" }], note: null });
  assert.deepEqual(Object.keys(mapped), ["order_id", "cust_id", "lines", "note"]);
  assert.deepEqual(await map(row, { column_mapping: { customer_id: "cust_id" }, keep_unmapped: false }), {
    cust_id: "c",
  });
});

Deno.test("data_mapper hands rows on in the form in which they came", async () => {
  assert.deepEqual(await map({ a: 1 }), { a: 1 });
  assert.deepEqual(await map([{ a: 1 }]), [{ a: 1 }]);
  assert.deepEqual(await map([]), []);
  assert.deepEqual(await map({ getRowObjects: () => [{ a: 1 }] }), [{ a: 1 }]);
  assert.match(await refused("text", {}), /expected an object, a list of objects, or a DuckDB result/);
  assert.match(await refused(null, {}), /expected an object/);
  assert.match(await refused([{ a: 1 }, 5], {}), /data\[1\] is a number/);
});

Deno.test("data_mapper swaps two columns", async () => {
  assert.deepEqual(await map({ a: 1, b: 2 }, { column_mapping: { a: "b", b: "a" } }), { b: 1, a: 2 });
});

Deno.test("data_mapper lets a column that is written by name replace a kept one", async () => {
  assert.deepEqual(await map({ a: 1, b: 2, c: 3 }, { column_mapping: { a: "b" }, constants: { c: 9 } }), {
    b: 1,
    c: 9,
  });
});

Deno.test("data_mapper leaves its input as it was", async () => {
  const row = Object.freeze({ a: "1", b: 2 });
  await map(row, { column_mapping: { a: "x" }, casts: { x: "integer" }, constants: { b: 3 } });
  assert.deepEqual(row, { a: "1", b: 2 });
});

Deno.test("data_mapper renames, then sets constants, then computes from the row as it came in, then casts", async () => {
  const mapped = await map({ qty: "2", price: "1.50" }, {
    column_mapping: { qty: "quantity" },
    constants: { currency: "EUR", version: "7" },
    functions: { total: (row: { qty: string; price: string }) => Number(row.qty) * Number(row.price) },
    casts: { quantity: "integer", price: "decimal", total: "decimal", version: "integer" },
  });
  assert.deepEqual(mapped, { quantity: 2, price: "1.50", currency: "EUR", version: 7, total: "3" });
});

Deno.test("data_mapper takes null and undefined through: casts keep null, a function's undefined is null", async () => {
  const casts = Object.fromEntries(CASTS.map((cast) => [cast, cast]));
  const nulls = Object.fromEntries(CASTS.map((cast) => [cast, null]));
  assert.deepEqual(await map(nulls, { casts }), nulls);
  assert.deepEqual(await map({ a: undefined }, { casts: { a: "integer" } }), { a: null });
  assert.deepEqual(await map({}, { functions: { a: () => undefined } }), { a: null });
});

Deno.test("data_mapper refuses a row that lacks a column, and lists the columns that are there", async () => {
  const options = { column_mapping: { customer_id: "cust_id" } };
  assert.equal(
    await refused({ order_id: 1, custmer_id: 2 }, options),
    'column "customer_id" is missing: the row has "order_id", "custmer_id"',
  );
  assert.match(await refused([{ customer_id: 1 }, {}], options), /^row 1: .* the row is empty$/);
  assert.match(await refused({ a: 1 }, { casts: { b: "date" } }), /column "b" is missing: the row has "a"/);
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`c${i}`, 0]));
  assert.match(await refused(wide, options), /"c19" and 480 more$/);
});

Deno.test("data_mapper names column and type of a cast that fails, never the value", async () => {
  const message = await refused([{ card: "1" }, { card: "4111-1111" }], { casts: { card: "integer" } });
  assert.equal(message, 'row 1: cannot cast column "card", a string, to integer');
  assert.match(await refused({ a: { b: 1 } }, { casts: { a: "string" } }), /"a", an object, to string/);
});

Deno.test("data_mapper calls two writers of one column a configuration error", async () => {
  const cases: [Options, RegExp][] = [
    [{ column_mapping: { a: "x", b: "x" } }, /column "x": source column "a" and source column "b"/],
    [{ column_mapping: { a: "x" }, constants: { x: 1 } }, /source column "a" and a constant/],
    [{ constants: { x: 1 }, functions: { x: () => 1 } }, /a constant and a function/],
  ];
  for (const [options, expected] of cases) {
    assert.match(await refused({ a: 1, b: 2 }, options, "configuration"), expected);
  }
});

Deno.test("data_mapper finds wrong settings whatever the data is", async () => {
  const cases: [Options, RegExp][] = [
    [{ casts: { a: "int" } }, /casts\.a.*one of "string", "integer"/],
    [{ functions: { a: 5 } }, /expected a function/],
    [{ column_mapping: { a: "" } }, /column_mapping\.a/],
    [{ casts: { a: "integer" }, keep_unmapped: false }, /not among the columns that are kept/],
    [{ constants: { a: "x" }, casts: { a: "integer" } }, /constant "a" cannot be cast to integer/],
    [{ colum_mapping: {} }, /did you mean "column_mapping"/],
  ];
  for (const [options, expected] of cases) {
    assert.match(await refused({ a: 1 }, options, "configuration"), expected);
  }
});

Deno.test("data_mapper keeps the kind of what a function throws, and refuses promises", async () => {
  const options = (compute: () => unknown) => ({ functions: { total: compute } });
  const fail = (error: Error) =>
    options(() => {
      throw error;
    });
  assert.match(await refused({}, fail(new Error("no rate")), "record"), /function for column "total" failed/);
  await refused({}, fail(new ConfigurationError("no table of rates")), "configuration");
  assert.match(
    await refused({}, options(() => Promise.reject(new Error("late"))), "configuration"),
    /returned a promise/,
  );
});

/** Deno leaves out the accessor that makes `row.__proto__ = x` dangerous; --unstable-unsafe-proto brings it back. */
async function withProtoAccessor(run: () => Promise<void>): Promise<void> {
  Object.defineProperty(Object.prototype, "__proto__", {
    configurable: true,
    get() {
      return Object.getPrototypeOf(this);
    },
    set(prototype: object) {
      Object.setPrototypeOf(this, prototype);
    },
  });
  try {
    await run();
  } finally {
    delete (Object.prototype as Record<string, unknown>)["__proto__"];
  }
}

Deno.test("data_mapper makes __proto__ an own column and never a prototype", async () => {
  const row = JSON.parse('{"__proto__":{"admin":true},"a":{"admin":true}}');
  const check = async () => {
    for (const options of [{}, { column_mapping: { a: "__proto__" } }]) {
      const mapped = await map(row, options) as Row;
      assert.ok(Object.hasOwn(mapped, "__proto__"));
      assert.equal(Object.getPrototypeOf(mapped), Object.prototype);
      assert.equal(mapped.admin, undefined);
    }
  };
  await check();
  await withProtoAccessor(check);
  assert.match(await refused({}, { column_mapping: { toString: "x" } }), /column "toString" is missing/);
});

Deno.test("data_mapper never loses or invents a value: each kept column has one origin", async () => {
  const column = fc.constantFrom("a", "b", "c", "__proto__", "constructor", "é");
  const rows = fc.uniqueArray(fc.tuple(column, fc.integer()), { selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));
  const permutation = fc.shuffledSubarray(["a", "b", "c"], { minLength: 3 });
  await fc.assert(fc.asyncProperty(rows, permutation, async (row, names) => {
    const mapping = Object.fromEntries(["a", "b", "c"].map((name, i) => [name, names[i]!]));
    const present = Object.fromEntries(Object.entries(mapping).filter(([name]) => Object.hasOwn(row, name)));
    const mapped = await map(row, { column_mapping: present });
    const kept = Object.keys(row).filter((name) => !Object.hasOwn(present, name));
    const replaced = new Set(Object.values(present));
    for (const [from, to] of Object.entries(present)) assert.equal((mapped as Row)[to], row[from]);
    for (const name of kept) if (!replaced.has(name)) assert.deepEqual((mapped as Row)[name], row[name]);
    const expected = new Set([...replaced, ...kept]);
    assert.deepEqual(new Set(Object.keys(mapped)), expected);
  }));
});

Deno.test("castValue() casts as its docstring says", () => {
  const refusedValue = undefined;
  const cases: [value: unknown, to: typeof CASTS[number], expected: unknown][] = [
    [5, "string", "5"],
    [true, "string", "true"],
    [2n ** 64n, "string", "18446744073709551616"],
    [new Date(0), "string", "1970-01-01T00:00:00.000Z"],
    [NaN, "string", refusedValue],
    [[1], "string", refusedValue],
    ["12", "integer", 12],
    ["-0", "integer", 0],
    ["9007199254740993", "integer", 9007199254740993n],
    [9007199254740993n, "integer", 9007199254740993n],
    [7n, "integer", 7],
    [12.5, "integer", refusedValue],
    [2 ** 53, "integer", refusedValue],
    ["12.0", "integer", refusedValue],
    [" 12", "integer", refusedValue],
    ["", "integer", refusedValue],
    ["0x10", "integer", refusedValue],
    [true, "integer", refusedValue],
    ["1.5e3", "number", 1500],
    [7n, "number", 7],
    ["9007199254740993", "number", refusedValue],
    [9007199254740993n, "number", refusedValue],
    ["1e999", "number", refusedValue],
    ["1,5", "number", refusedValue],
    ["Infinity", "number", refusedValue],
    ["12.50", "decimal", "12.50"],
    ["-0.10", "decimal", "-0.10"],
    ["123456789012345678901234567890.123456789", "decimal", "123456789012345678901234567890.123456789"],
    [12.5, "decimal", "12.5"],
    [1e21, "decimal", "1000000000000000000000"],
    [1.5e-7, "decimal", "0.00000015"],
    [-1.25e-1, "decimal", "-0.125"],
    ["1.50E2", "decimal", "150"],
    ["1.2345e2", "decimal", "123.45"],
    ["0.5e1", "decimal", "5"],
    ["1e999999999", "decimal", refusedValue],
    [".5", "decimal", refusedValue],
    ["12,50", "decimal", refusedValue],
    [Infinity, "decimal", refusedValue],
    ["TRUE", "boolean", true],
    ["0", "boolean", false],
    [1, "boolean", true],
    [0n, "boolean", false],
    ["yes", "boolean", refusedValue],
    [2, "boolean", refusedValue],
    ["2025-01-31", "date", "2025-01-31"],
    ["2025-01-31T00:30:00+02:00", "date", "2025-01-30"],
    [new Date("2024-02-29T12:00:00Z"), "date", "2024-02-29"],
    ["2025-02-29", "date", refusedValue],
    ["31.01.2025", "date", refusedValue],
    [8.64e15, "date", refusedValue],
    ["2025-13-01", "timestamp", refusedValue],
    ["2025-01-01T24:00:00Z", "timestamp", refusedValue],
    ["2025-01-01T00:00:00+25:00", "timestamp", refusedValue],
    [1.5, "timestamp", refusedValue],
    [8.65e15, "timestamp", refusedValue],
    [10n ** 400n, "timestamp", refusedValue],
    [new Date(NaN), "timestamp", refusedValue],
    ["1700000000000", "timestamp", refusedValue],
  ];
  for (const [value, to, expected] of cases) {
    assert.deepEqual(castValue(value, to), expected, `${String(value)} to ${to}`);
  }
});

Deno.test("castValue() reads timestamps whatever the machine's own time zone is", () => {
  const cases: [value: unknown, iso: string][] = [
    ["2025-06-01T12:30:45.123456789Z", "2025-06-01T12:30:45.123Z"],
    ["2025-06-01T12:30:45", "2025-06-01T12:30:45.000Z"],
    ["2025-06-01 12:30", "2025-06-01T12:30:00.000Z"],
    ["2025-06-01T12:30:45.5+02:00", "2025-06-01T10:30:45.500Z"],
    ["2025-06-01T12:30:45-0330", "2025-06-01T16:00:45.000Z"],
    ["2025-06-01T00:00:00+02", "2025-05-31T22:00:00.000Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
    [1_700_000_000_000, "2023-11-14T22:13:20.000Z"],
    [1_700_000_000_000n, "2023-11-14T22:13:20.000Z"],
  ];
  for (const [value, iso] of cases) {
    assert.equal((castValue(value, "timestamp") as Date).toISOString(), iso, String(value));
  }
});

Deno.test("castValue() gives back every instant that a Date can write, and each date of it", () => {
  const instants = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
  })
    .filter((date) => !Number.isNaN(date.getTime()));
  fc.assert(fc.property(instants, (date) => {
    const iso = date.toISOString();
    assert.deepEqual(castValue(iso, "timestamp"), date);
    assert.equal(castValue(iso, "date"), iso.slice(0, 10));
  }));
});

Deno.test("castValue() keeps every finite number exact as a decimal", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
    const text = castValue(number, "decimal");
    assert.match(text as string, /^-?(0|[1-9]\d*)(\.\d+)?$/);
    assert.equal(Number(text) + 0, number + 0);
  }));
});

Deno.test("castValue() gives the same for what it has cast already", () => {
  const values = fc.oneof(fc.integer(), fc.bigInt(), fc.double(), fc.boolean(), fc.date(), fc.string());
  fc.assert(fc.property(values, fc.constantFrom(...CASTS), (value, to) => {
    const once = castValue(value, to);
    if (once !== undefined) assert.deepEqual(castValue(once, to), once);
  }));
});
