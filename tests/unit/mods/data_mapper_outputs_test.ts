import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ConfigurationError,
  type ErrorKind,
  kindOf,
  ModError,
  UnavailableError,
} from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Row } from "../../../src/core/rows.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { dataMapper } from "../../../src/mods/transform/data_mapper.ts";
import { remember } from "../../../src/mods/transform/mapper/remember.ts";

type Options = Readonly<Record<string, unknown>>;

async function run(data: unknown, options: Options): Promise<Record<string, unknown>> {
  const params = validateParams(dataMapper, { data, ...options });
  const { artifacts } = await dataMapper.run(params, { log: silentLogger, warn() {} });
  return { ...artifacts };
}

async function refused(data: unknown, options: Options, kind: ErrorKind): Promise<Error> {
  try {
    await run(data, options);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.equal(kindOf(error), kind, error.message);
    return error;
  }
  throw new assert.AssertionError({ message: "it should have been refused" });
}

interface Order {
  id: number;
  type: string;
  amount: string;
}

const orders: readonly Order[] = [
  { id: 1, type: "ACCOUNT_ADD", amount: "10.50" },
  { id: 2, type: "CUSTOMER_ADD", amount: "5" },
  { id: 3, type: "NOTE", amount: "x" },
];

const isType = (type: string) => (row: Order) => row.type === type;

Deno.test("data_mapper filters rows, and hands the others on as they came in", async () => {
  const options = {
    filter: (row: Order) => row.id > 1,
    column_mapping: { id: "order_id" },
    keep_unmapped: false,
  };
  assert.deepEqual(await run(orders, options), {
    data: [{ order_id: 2 }, { order_id: 3 }],
    reject: [orders[0]],
  });
  assert.deepEqual(await run(orders[1], options), { data: { order_id: 2 }, reject: null });
  assert.deepEqual(await run(orders[0], options), { data: [], reject: orders[0] });
  assert.deepEqual(await run([], options), { data: [], reject: null });
});

Deno.test("data_mapper computes variables in order, once a row, for filters and functions", async () => {
  let calls = 0;
  const options = {
    variables: {
      net: (row: Order) => {
        calls++;
        return Number(row.amount);
      },
      gross: (_: Order, variables: { net: number }) => variables.net * 2,
      nothing: () => undefined,
    },
    filter: (_: Order, { gross }: { gross: number }) => gross > 15,
    functions: {
      net: (_: Order, { net }: { net: number }) => net,
      gross: (_: Order, { gross }: { gross: number }) => gross,
      nothing: (_: Order, { nothing }: { nothing: unknown }) => nothing,
    },
    keep_unmapped: false,
  };
  assert.deepEqual(await run(orders.slice(0, 2), options), {
    data: [{ net: 10.5, gross: 21, nothing: null }],
    reject: [orders[1]],
  });
  assert.equal(calls, 2);
});

Deno.test("data_mapper puts defaults in the place of null, cast as the column is", async () => {
  const options = {
    casts: { n: "integer", at: { type: "date", format: "dd.MM.yyyy" } },
    defaults: { n: "0", at: "01.02.2024", note: "none" },
  };
  assert.deepEqual((await run({ n: null, at: undefined, note: null }, options)).data, {
    n: 0,
    at: "2024-02-01",
    note: "none",
  });
  assert.deepEqual((await run({ n: "5", at: "05.02.2024", note: "" }, options)).data, {
    n: 5,
    at: "2024-02-05",
    note: "",
  });
  assert.match((await refused({ n: 1, at: null }, options, "permanent")).message, /"note" is missing/);
  assert.match(
    (await refused({}, { casts: { n: "integer" }, defaults: { n: "x" } }, "configuration")).message,
    /default "n" cannot be cast to integer/,
  );
});

Deno.test("data_mapper takes a missing column for null where missing_columns says so", async () => {
  const options = {
    column_mapping: { a: "x" },
    casts: { b: "integer" },
    defaults: { b: 7, c: 8 },
    missing_columns: "null",
  };
  assert.deepEqual((await run({}, options)).data, { x: null, b: 7, c: 8 });
  assert.deepEqual((await run({ a: 1, b: "2", c: 3 }, options)).data, { x: 1, b: 2, c: 3 });
});

Deno.test("data_mapper makes several outputs, each with columns of its own", async () => {
  const options = {
    variables: { cents: (row: Order) => Math.round(Number(row.amount) * 100) },
    outputs: {
      accounts: {
        filter: isType("ACCOUNT_ADD"),
        column_mapping: { id: "account_id" },
        constants: { kind: "account" },
        functions: { cents: (_: Order, { cents }: { cents: number }) => cents },
        casts: { account_id: "string" },
        keep_unmapped: false,
      },
      customers: { filter: isType("CUSTOMER_ADD"), casts: { amount: { type: "decimal", scale: 2 } } },
      empty: { filter: () => false },
    },
  };
  assert.deepEqual(await run(orders, options), {
    accounts: [{ account_id: "1", kind: "account", cents: 1050 }],
    customers: [{ id: 2, type: "CUSTOMER_ADD", amount: "5.00" }],
    empty: null,
    data: [],
    reject: [orders[2]],
  });
  assert.deepEqual(await run(orders[0], options), {
    accounts: { account_id: "1", kind: "account", cents: 1050 },
    customers: null,
    empty: null,
    data: [],
    reject: null,
  });
});

Deno.test("data_mapper hands a row to each output that fits, or to the first only", async () => {
  const outputs = {
    all: {},
    big: { filter: (row: Order) => row.id > 1 },
    rest: { takes: "unmatched" },
  };
  assert.deepEqual(await run(orders, { outputs }), {
    all: orders,
    big: orders.slice(1),
    rest: null,
    data: [],
    reject: null,
  });
  const first = { outputs: { big: outputs.big, all: outputs.all, rest: outputs.rest }, match: "first" };
  assert.deepEqual(await run(orders, first), {
    big: orders.slice(1),
    all: orders.slice(0, 1),
    rest: null,
    data: [],
    reject: null,
  });
});

Deno.test("data_mapper gives the rows that no output took to those that take unmatched ones", async () => {
  const outputs = {
    accounts: { filter: isType("ACCOUNT_ADD") },
    notes: {
      takes: "unmatched",
      filter: isType("NOTE"),
      column_mapping: { id: "note" },
      keep_unmapped: false,
    },
  };
  assert.deepEqual(await run(orders, { outputs }), {
    accounts: [orders[0]],
    notes: [{ note: 3 }],
    data: [],
    reject: [orders[1]],
  });
});

Deno.test("data_mapper rejects invalid rows where on_invalid says so, with the reason if a column is named", async () => {
  const casts = { amount: "decimal" };
  assert.match(
    (await refused(orders, { casts }, "permanent")).message,
    /^row 2: cannot cast column "amount"/,
  );
  assert.deepEqual((await run(orders, { casts, on_invalid: "null" })).data, [
    ...orders.slice(0, 2),
    { ...orders[2], amount: null },
  ]);
  assert.deepEqual(await run(orders, { casts, on_invalid: "reject" }), {
    data: orders.slice(0, 2),
    reject: [orders[2]],
  });
  const filter = (row: Order) => row.id !== 1;
  const options = { casts, filter, on_invalid: "reject", error_column: "why" };
  assert.deepEqual((await run(orders, options)).reject, [
    { ...orders[0], why: null },
    { ...orders[2], why: 'row 2: cannot cast column "amount", a string, to decimal' },
  ]);
});

Deno.test("data_mapper hands invalid rows to the outputs that take them", async () => {
  const options = {
    outputs: {
      good: { casts: { amount: "decimal" } },
      bad: { takes: "invalid", filter: isType("NOTE"), column_mapping: { why: "reason" } },
    },
    on_invalid: "reject",
    error_column: "why",
  };
  const reason = (row: number) => `row ${row}: cannot cast column "amount", a string, to decimal`;
  const other = { id: 4, type: "OTHER", amount: "y" };
  assert.deepEqual(await run([...orders, other], options), {
    good: orders.slice(0, 2),
    bad: [{ ...orders[2], reason: reason(2) }],
    data: [],
    reject: [{ ...other, why: reason(3) }],
  });
});

Deno.test("data_mapper rejects no row for what is the job's or the world's fault", async () => {
  const fail = (error: Error) => () => {
    throw error;
  };
  const options = (compute: () => unknown) => ({ on_invalid: "reject", functions: { x: compute } });
  assert.deepEqual(await run({ a: 1 }, options(fail(new Error("bad")))), { data: [], reject: { a: 1 } });
  await refused({}, options(fail(new ConfigurationError("no rates"))), "configuration");
  await refused({}, options(fail(new UnavailableError("down"))), "unavailable");
  await refused({}, options(() => Promise.resolve(1)), "configuration");
});

Deno.test("data_mapper wants true or false of a filter: an async one would take every row", async () => {
  for (const filter of [() => 1, () => undefined, () => Promise.resolve(false), () => "no"]) {
    const error = await refused({}, { filter, on_invalid: "reject" }, "configuration");
    assert.match(error.message, /the filter of "data"/);
  }
  assert.match(
    (await refused({}, {
      filter: () => {
        throw new Error("x");
      },
    }, "record")).message,
    /filter of "data" failed/,
  );
});

Deno.test("data_mapper finds wrong settings of outputs whatever the data is", async () => {
  const cases: [Options, parameter: string, message: RegExp][] = [
    [{ outputs: { data: {} } }, "outputs.data", /other than data and reject/],
    [{ outputs: { reject: {} } }, "outputs.reject", /other than data and reject/],
    [{ outputs: { "a b": {} } }, "outputs.a b", /letters, digits and _/],
    [{ outputs: { "1": {} } }, "outputs.1", /letters/],
    [{ variables: { "1": () => 1 } }, "variables", /no name of a variable/],
    [{ outputs: { a: {} }, casts: { x: "date" } }, "casts", /belongs into each output: outputs\.NAME\.casts/],
    [{ outputs: { a: {} }, filter: () => true }, "filter", /outputs\.NAME\.filter/],
    [{ outputs: { a: {} }, keep_unmapped: false }, "keep_unmapped", /outputs\.NAME\.keep_unmapped/],
    [{ outputs: { a: { takes: "invalid" } } }, "outputs.a.takes", /needs on_invalid: "reject"/],
    [{ outputs: { a: { cast: {} } } }, "outputs.a.cast", /did you mean "casts"/],
    [
      { outputs: { a: { column_mapping: { x: "y" }, constants: { y: 1 } } } },
      "outputs.a.constants",
      /two things write column "y"/,
    ],
    [
      { outputs: { a: { casts: { x: { type: "timestamp", format: "dd.MM.jjjj" } } } } },
      "outputs.a.casts.x",
      /jjjj has no meaning/,
    ],
    [{ casts: { x: { type: "decimal", scal: 2 } } }, "casts.x.scal", /did you mean "scale"/],
    [{ casts: { x: { type: "decimal", scale: 2.5 } } }, "casts.x.scale", /whole number/],
    [{ defaults: { x: 1 }, keep_unmapped: false }, "defaults", /not among the columns that are kept/],
    [{ filter: "row.id > 1" }, "filter", /expected a function \(row, variables\) => true or false/],
  ];
  for (const [options, parameter, message] of cases) {
    const error = await refused({ x: 1 }, options, "configuration");
    assert.ok(error instanceof ModError, error.message);
    assert.match(error.message, message);
    assert.equal(error.parameter, parameter);
  }
});

Deno.test("data_mapper gives objects in constants and defaults anew with each call", async () => {
  const options = () => ({ constants: { tags: [] as string[] }, defaults: { more: {} } });
  const [first, second] = [await run({ more: null }, options()), await run({ more: null }, options())];
  (first.data as { tags: string[] }).tags.push("mine");
  assert.deepEqual(second.data, { tags: [], more: {} });
  const third = await run({ more: null }, options());
  assert.deepEqual(third.data, { tags: [], more: {} });
});

Deno.test("data_mapper runs the functions of this call, not those of the one before", async () => {
  for (let i = 0; i < 5; i++) {
    const { data } = await run({ a: 1 }, { functions: { b: () => i }, casts: { b: "string" } });
    assert.deepEqual(data, { a: 1, b: String(i) });
  }
  const b = (row: { a: number }) => row.a;
  assert.deepEqual((await run({ a: 1 }, { functions: { b }, constants: { c: 1 } })).data, {
    a: 1,
    b: 1,
    c: 1,
  });
  assert.deepEqual((await run({ a: 1 }, { functions: { b }, constants: { c: 2 } })).data, {
    a: 1,
    b: 1,
    c: 2,
  });
});

Deno.test("remember() makes something once for the same settings, and anew for others", () => {
  let made = 0;
  const planOf = remember((settings: object) => [++made, settings]);
  const f = () => 1;
  const settings: (() => object)[] = [
    () => ({ a: 1, b: { c: "x" } }),
    () => ({ b: { c: "x" }, a: 1 }), // another order is another order of columns
    () => ({ a: 1, b: { c: "y" } }),
    () => ({ a: 1, b: {} }),
    () => ({ a: 1, b: { c: undefined } }),
    () => ({ a: "1", b: { c: "x" } }),
    () => ({ a: ["x", 1] }),
    () => ({ a: ["x", 2] }),
    () => ({ f }),
    () => ({ f, a: 1 }),
    () => ({ f: { f } }),
  ];
  const plans = settings.map((make) => planOf(make()));
  assert.equal(made, settings.length);
  settings.forEach((make, i) => assert.equal(planOf(make()), plans[i], `settings ${i}`));
  assert.equal(made, settings.length);
  const date = new Date(0); // may have changed since
  assert.notEqual(planOf({ date }), planOf({ date }));
  for (let i = 0; i < 100; i++) planOf({ i });
  assert.notEqual(planOf(settings[0]!()), plans[0]); // kept is only so much
});

Deno.test("data_mapper takes what came in a message for data, whatever it looks like", async () => {
  const row = JSON.parse(
    '{"${env:HOME}":"${file:/etc/passwd}","__proto__":{"admin":true},"n":"$${x}"}',
  ) as Row;
  const options = {
    outputs: { all: {}, named: { column_mapping: { n: "m" }, takes: "unmatched" } },
    error_column: "why",
  };
  const { all } = await run(row, options);
  assert.equal(JSON.stringify(all), JSON.stringify(row));
  assert.equal((all as Row).admin, undefined);
  const { reject } = await run(row, { filter: () => false, error_column: "why" });
  assert.ok(Object.hasOwn(reject as Row, "__proto__"));
  assert.equal(Object.getPrototypeOf(reject), Object.prototype);
});

/** What an output should make of a row, in the plainest words: the oracle of the law below. */
function oracle(
  row: Row,
  output: { min: number; rename: boolean; constant: number | undefined },
): Row | undefined {
  if ((row.n as number) < output.min) return undefined;
  const { n, ...others } = row;
  return {
    ...(output.rename ? { ...others, m: String(n) } : { ...others, n: String(n) }),
    ...(output.constant === undefined ? {} : { c: output.constant }),
  };
}

const outputsOf = fc.array(
  fc.record({
    min: fc.integer({ min: -5, max: 5 }),
    rename: fc.boolean(),
    constant: fc.option(fc.nat(), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("data_mapper is the same function for each row, and each row ends somewhere", async () => {
  const rows = fc.array(fc.record({ n: fc.integer({ min: -5, max: 5 }), text: fc.string() }), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(rows, outputsOf, fc.constantFrom("all", "first"), async (data, list, match) => {
      const outputs = Object.fromEntries(list.map(({ min, rename, constant }, i) => [`o${i}`, {
        filter: (row: { n: number }) => row.n >= min,
        column_mapping: rename ? { n: "m" } : {},
        constants: constant === undefined ? {} : { c: constant },
        casts: { [rename ? "m" : "n"]: "string" },
      }]));
      const expected: Record<string, Row[]> = Object.fromEntries(list.map((_, i) => [`o${i}`, []]));
      const reject: Row[] = [];
      for (const row of data) {
        const fits = list.flatMap((output, i) => {
          const made = oracle(row, output);
          return made === undefined ? [] : [[`o${i}`, made] as const];
        });
        if (fits.length === 0) reject.push(row);
        for (const [name, made] of match === "first" ? fits.slice(0, 1) : fits) expected[name]!.push(made);
      }
      const orNull = (list: Row[]) => list.length === 0 ? null : list;
      assert.deepEqual(await run(data, { outputs, match }), {
        ...Object.fromEntries(Object.entries(expected).map(([name, made]) => [name, orNull(made)])),
        data: [],
        reject: orNull(reject),
      });
      const singly = await Promise.all(data.map((row) => run(row, { outputs, match })));
      for (const name of [...Object.keys(expected), "reject"]) {
        const one = singly.map((artifacts) => artifacts[name]).filter((row) => row !== null) as Row[];
        assert.deepEqual(orNull(one), (await run(data, { outputs, match }))[name], name);
      }
    }),
  );
});
