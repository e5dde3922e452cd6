import assert from "node:assert/strict";
import { type ErrorKind, kindOf, ModError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { dataSplitter } from "../../../src/mods/transform/data_splitter.ts";

type Params = Readonly<Record<string, unknown>>;

const registry = new ModRegistry();
registry.register(dataSplitter);
const settings: Readonly<Record<string, unknown>> = {
  "${limits.big}": 100,
  "${limits.text}": "100",
  "${none}": null,
};
const runMod = createRunner({
  registry,
  resolve: (text) => text in settings ? settings[text] : assert.fail(`${text} was looked up`),
  loggerFor: () => silentLogger,
}) as unknown as (name: string, params: Params) => Promise<ModResult<Record<string, unknown>>>;

async function split(data: unknown, split_conditions: unknown, options: Params = {}) {
  return (await runMod("data_splitter", { data, split_conditions, ...options })).artifacts;
}

/** Whether a condition holds for a row. */
async function holds(condition: unknown, row: unknown, options: Params = {}): Promise<boolean> {
  return (await split(row, { it: condition }, options))["it"] !== null;
}

async function refused(run: Promise<unknown>, kind: ErrorKind): Promise<ModError> {
  const error = await run.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof ModError, `it should have been refused: ${error}`);
  assert.equal(kindOf(error), kind, error.message);
  return error;
}

const SEED = {
  account_events: { event_type: { eq: "ACCOUNT_ADD" } },
  customer_events: { event_type: { eq: "CUSTOMER_ADD" } },
};

Deno.test("data_splitter routes as the seed's example: an output without rows is null", async () => {
  const account = { event_type: "ACCOUNT_ADD", id: 1 };
  assert.deepEqual(await split(account, SEED), {
    account_events: account,
    customer_events: null,
    rest: null,
  });
  const other = { event_type: "ORDER_ADD", id: 2 };
  assert.deepEqual(await split([account, other], SEED), {
    account_events: [account],
    customer_events: null,
    rest: [other],
  });
  assert.deepEqual(await split([], SEED), { account_events: null, customer_events: null, rest: null });
  const source = { getRowObjects: () => [account] };
  assert.deepEqual((await split(source, SEED))["account_events"], [account]);
});

Deno.test("data_splitter hands on the rows themselves, an object where one came in", async () => {
  const row = Object.freeze({ event_type: "ACCOUNT_ADD" });
  assert.ok(Object.is((await split(row, SEED))["account_events"], row));
  const [first] = (await split([row], SEED))["account_events"] as unknown[];
  assert.ok(Object.is(first, row));
});

Deno.test("data_splitter counts rows and rest", async () => {
  const data = [{ event_type: "ACCOUNT_ADD" }, { event_type: "X" }, { event_type: "Y" }];
  const { metrics } = await runMod("data_splitter", { data, split_conditions: SEED });
  assert.deepEqual(metrics, { rows: 3, rest_rows: 2 });
});

Deno.test("data_splitter takes the first output by default, and all by parameter", async () => {
  const conditions = { big: { n: { gt: 10 } }, any: { n: { gt: 0 } } };
  const data = [{ n: 20 }, { n: 5 }, { n: -1 }];
  assert.deepEqual(await split(data, conditions), { big: [{ n: 20 }], any: [{ n: 5 }], rest: [{ n: -1 }] });
  assert.deepEqual(await split(data, conditions, { match: "all" }), {
    big: [{ n: 20 }],
    any: [{ n: 20 }, { n: 5 }],
    rest: [{ n: -1 }],
  });
});

Deno.test("data_splitter has each operator mean what it says, also of null", async () => {
  const date = new Date("2024-02-29T10:00:00Z");
  const cases: [condition: Params, yes: unknown[], no: unknown[]][] = [
    [{ eq: "A" }, ["A"], ["a", "AA", null, undefined, 1]],
    [{ ne: "A" }, ["a", null, undefined, 1, {}], ["A"]],
    [{ eq: 1 }, [1, 1n, "1", "1.0", "1e0", "10e-1"], ["01", " 1", "one", true, null, 2, "", NaN]],
    [{ eq: "1" }, ["1", 1, 1n], ["1.0", true]],
    [{ eq: 2n ** 63n }, [2n ** 63n, "9223372036854775808"], [2n ** 63n - 1n, "9223372036854775807"]],
    [{ eq: 0.1 }, [0.1, "0.1", "0.10"], ["0.1000000000000000055"]],
    [{ eq: true }, [true], [false, 1, "true", null]],
    [{ eq: date }, [new Date(date), "2024-02-29T11:00:00+01:00"], [date.getTime(), "2024-02-29", null]],
    [{ gt: 10 }, [11, 10.5, 11n, "10.000000000000000000001", Infinity], [10, 10n, "9", "10.00", null]],
    [{ gte: 10 }, [10, "10.0"], [9.99, null]],
    [{ lt: 10 }, [9, "-1"], [10, null]],
    [{ lte: 10 }, [10, -0], [11, null]],
    [{ gt: "10" }, ["9", "100"], ["1", "10", null]], // texts are texts
    [{ gt: "\u{1F600}" }, ["\u{1F601}"], ["\uE000", "\uFFFD"]], // by code point
    [{ gt: "\uE000" }, ["\uE001", "\u{10000}"], ["\uD7FF", "z"]],
    [{ gt: date }, [new Date(date.getTime() + 1), "2024-03-01"], [date, "2024-02-29", null]],
    [{ in: ["A", 1] }, ["A", 1, 1n, "1"], ["B", null, 2]],
    [{ in: [] }, [], ["A", null]],
    [{ not_in: ["A", 1] }, ["B", null, undefined, {}], ["A", 1, "1"]],
    [{ is_null: true }, [null, undefined], [0, "", false]],
    [{ is_null: false }, [0, "", false], [null, undefined]],
    [{ exists: true }, [0, null], [undefined]],
    [{ exists: false }, [undefined], [null]],
    [{ matches: "^A.*Z$" }, ["AZ", "A to Z"], ["xAZ", null]],
    [{ matches: "b" }, ["abc"], ["ac", ""]],
    [{ matches: /B/gi }, ["abc", "ABC"], ["ac"]],
    [{ gt: 1, lt: 3, ne: 2 }, [1.5, 2.5], [1, 2, 3, null]],
  ];
  for (const [asked, yes, no] of cases) {
    const condition = { a: asked };
    for (let twice = 0; twice < 2; twice++) { // what is planned once has no memory of rows
      for (const value of yes) {
        assert.equal(
          await holds(condition, { a: value }, { missing_columns: "null" }),
          true,
          `${Object.keys(asked)} ${String(value)}`,
        );
      }
      for (const value of no) {
        assert.equal(
          await holds(condition, { a: value }, { missing_columns: "null" }),
          false,
          `not ${Object.keys(asked)} ${String(value)}`,
        );
      }
    }
  }
});

Deno.test("data_splitter combines columns, and, or, not, and has a place for columns of those names", async () => {
  const cases: [condition: Params, row: Params, holds: boolean][] = [
    [{ a: { eq: 1 }, b: { eq: 2 } }, { a: 1, b: 2 }, true],
    [{ a: { eq: 1 }, b: { eq: 2 } }, { a: 1, b: 3 }, false],
    [{ or: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, { a: 0, b: 2 }, true],
    [{ or: [{ a: { eq: 1 } }, { b: { eq: 2 } }], a: { ne: 0 } }, { a: 0, b: 2 }, false],
    [{ and: [{ a: { gt: 1 } }, (row: { a: number }) => row.a < 3] }, { a: 2 }, true],
    [{ and: [{ a: { gt: 1 } }, (row: { a: number }) => row.a < 3] }, { a: 4 }, false],
    [{ not: { a: { eq: 1 } } }, { a: null }, true],
    [{ not: { or: [{ a: { eq: 1 } }, { not: { a: { eq: 2 } } }] } }, { a: 2 }, true],
    [{ columns: { and: { eq: 1 }, or: { eq: 2 }, not: { eq: 3 }, columns: { eq: 4 } } }, {
      and: 1,
      or: 2,
      not: 3,
      columns: 4,
    }, true],
    [{ columns: { and: { eq: 1 } }, a: { eq: 5 } }, { and: 2, a: 5 }, false],
    [{ eq: { eq: 1 } }, { eq: 1 }, true],
  ];
  for (const [condition, row, expected] of cases) {
    assert.equal(await holds(condition, row), expected, JSON.stringify(condition));
  }
});

Deno.test("data_splitter refuses a row that lacks a column, unless exists, is_null or missing_columns allow it", async () => {
  const error = await refused(
    split([{ type: "A" }, { tpye: "secret" }], { x: { type: { eq: "A" } } }),
    "permanent",
  );
  assert.equal(error.message, 'data_splitter: row 1: column "type" is missing: the row has "tpye"');
  await refused(holds({ constructor: { eq: "A" } }, { a: 1 }), "permanent"); // not an own column
  assert.equal(await holds({ a: { exists: true, gt: 1 } }, {}), false);
  assert.equal(await holds({ a: { gt: 1, is_null: false } }, {}), false);
  assert.equal(await holds({ a: { gt: 1 } }, {}, { missing_columns: "null" }), false);
  assert.equal(await holds({ a: { ne: 1 } }, {}, { missing_columns: "null" }), true);
  // what need not be looked at asks for nothing
  assert.deepEqual((await split({ a: 1 }, { x: { a: { eq: 1 } }, y: { b: { eq: 1 } } }))["x"], { a: 1 });
});

Deno.test("data_splitter refuses to order or search what it cannot, names column and kinds, and no value", async () => {
  const cases: [asked: Params, value: unknown, expected: RegExp][] = [
    [{ gt: 1 }, "S3CRET", /column "a" is a string, which cannot be compared by gt with a number$/],
    [{ lt: "x" }, 4111, /is a number, which cannot be compared by lt with a string$/],
    [{ lte: 1 }, true, /is a boolean/],
    [{ gte: 1 }, { b: 4111 }, /is an object/],
    [{ gt: 1 }, [4111], /is a list/],
    [{ gt: 1 }, NaN, /is NaN/],
    [{ gt: new Date() }, 4111, /with a Date$/],
    [{ gt: new Date() }, new Date(NaN), /is an invalid Date/],
    [{ gt: 1 }, new Date(4111), /is a Date/],
    [{ matches: "x" }, 4111, /is a number, and matches searches texts/],
    [{ matches: "x" }, "4111".repeat(5000), /more than 10000 characters \(matches_max_length\)/],
  ];
  for (const [asked, value, expected] of cases) {
    const { message } = await refused(split([{ a: null }, { a: value }], { x: { a: asked } }), "permanent");
    assert.match(message, /^data_splitter: row 1: column "a" /);
    assert.match(message, expected);
    assert.doesNotMatch(message, /4111|S3CRET/);
  }
});

Deno.test("data_splitter names the path of a wrong condition, and suggests the operator that was meant", async () => {
  const cases: [conditions: unknown, path: string, expected: RegExp][] = [
    [
      { account_events: { event_type: { eqq: 1 } } },
      "account_events.event_type.eqq",
      /did you mean "eq"\? \(operators: eq, ne/,
    ],
    [{ x: { a: {} } }, "x.a", /expected an operator \(eq, /],
    [{ x: {} }, "x", /an empty condition would hold for every row/],
    [{ x: { a: "S3CRET" } }, "x.a", /expected an object of operators, such as \{"eq": 1\}, got a text/],
    [{ x: { annd: [{ a: { eq: 1 } }] } }, "x.annd", /did you mean "and"\?/],
    [{ x: { eq: 1 } }, "x.eq", /"eq" stands in the place of a column here/],
    [{ x: { or: [] } }, "x.or", /expected a list of conditions.*got an empty list/],
    [{ x: { and: { eq: 1 } } }, "x.and", /a column that is called and stands in columns/],
    [{ x: { or: [{ a: { eq: 1 } }, { a: { le: 1 } }] } }, "x.or[1].a.le", /no operator "le"; did you mean/],
    [{ x: { not: [] } }, "x.not", /expected columns and operators/],
    [{ x: { columns: 1 } }, "x.columns", /expected an object of columns/],
    [{ x: 1 }, "x", /or a function, got a number/],
    [{ x: { a: { eq: null } } }, "x.a.eq", /write \{"is_null": true\}, got null/],
    [{ x: { a: { eq: undefined } } }, "x.a.eq", /got nothing/],
    [{ x: { a: { eq: {} } } }, "x.a.eq", /got an empty object/],
    [{ x: { a: { eq: NaN } } }, "x.a.eq", /got NaN/],
    [{ x: { a: { in: ["a", null] } } }, "x.a.in[1]", /is_null/],
    [{ x: { a: { in: "a" } } }, "x.a.in", /a list of values, got a text/],
    [{ x: { a: { gt: true } } }, "x.a.gt", /have no order/],
    [{ x: { a: { gt: new Date(NaN) } } }, "x.a.gt", /an invalid Date/],
    [{ x: { a: { is_null: "yes" } } }, "x.a.is_null", /expected true or false/],
    [{ x: { a: { matches: "(" } } }, "x.a.matches", /expected a regular expression: Invalid/],
    [{ x: { a: { matches: 5 } } }, "x.a.matches", /as a text or a RegExp/],
    [{ x: { a: { matches: /a/y } } }, "x.a.matches", /without the flag y/],
    [{ x: { a: { matches: "^(a+)+$" } } }, "x.a.matches", /hand it over as a RegExp/],
    [{ x: { a: { gt: "${none}" } } }, "x.a.gt", /got null/],
  ];
  for (const [conditions, path, expected] of cases) {
    const error = await refused(split([], conditions), "configuration"); // whatever the data is
    assert.equal(error.parameter, `split_conditions.${path}`);
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /S3CRET/);
  }
  for (const conditions of [{}, [], null, "x", { "": { a: { eq: 1 } } }, undefined]) {
    const error = await refused(split([], conditions), "configuration");
    assert.equal(error.parameter, "split_conditions");
  }
});

Deno.test("data_splitter refuses texts of expressions that repeat what repeats, and takes the others", async () => {
  const risky = ["(a+)+", "(?:a*)*", "(x(a|b+)y)*", "((a{2,})b)+", "(?<n>a+)*$", "([)]+)+"];
  for (const matches of risky) await refused(holds({ a: { matches } }, { a: "" }), "configuration");
  const fine = ["(a+)b", "(ab)+", "([a+]b)+", "(a\\+)+", "a+b+", "(\\d+\\.){3}\\d+", "(a+)?b", "[(]a+[)]+"];
  for (const matches of fine) assert.equal(await holds({ a: { matches } }, { a: "~" }), false, matches);
  assert.equal(await holds({ a: { matches: /^(\w+,)+$/ } }, { a: "a,b," }), true);
  assert.equal(await holds({ a: { matches: "x" } }, { a: "x".repeat(11) }, { matches_max_length: 11 }), true);
});

Deno.test("data_splitter takes predicates that answer true or false at once", async () => {
  const data = [{ n: 1 }, { n: 2 }];
  const even = (row: { n: number }) => row.n % 2 === 0;
  assert.deepEqual(await split(data, { even }), { even: [{ n: 2 }], rest: [{ n: 1 }] });
  const wrong: [unknown, RegExp][] = [
    [() => Promise.resolve(true), /split_conditions\.x returned a promise/],
    [() => Promise.reject(new Error("unheard")), /returned a promise/],
    [() => 1, /returned a number: it must return true or false/],
    [() => undefined, /returned nothing/],
    [() => null, /returned null/],
  ];
  for (const [x, expected] of wrong) {
    const error = await refused(split(data, { x }), "configuration");
    assert.match(error.message, expected);
    assert.equal(error.parameter, "split_conditions.x");
  }
  const cause = new Error("no such field");
  const thrown = await refused(
    split(data, {
      x: {
        and: [() => {
          throw cause;
        }],
      },
    }),
    "record",
  ); // deno-fmt-ignore
  assert.match(thrown.message, /row 0: the function split_conditions\.x\.and\[0\] failed: no such field/);
});

Deno.test("data_splitter has one output for the rest, which collides with none", async () => {
  assert.deepEqual(await split({ a: 2 }, { x: { a: { eq: 1 } } }, { rest: "others" }), {
    x: null,
    others: { a: 2 },
  });
  assert.deepEqual(await split({ a: 2 }, { rest: { a: { eq: 2 } } }, { rest: "others" }), {
    rest: { a: 2 },
    others: null,
  });
  const error = await refused(split([], { rest: { a: { eq: 1 } } }), "configuration");
  assert.equal(error.parameter, "rest");
  assert.match(error.message, /"rest" is an output of split_conditions as well/);
  await refused(split([], SEED, { rest: "customer_events" }), "configuration");
  await refused(split([], SEED, { rest: "" }), "configuration");
});

Deno.test("data_splitter resolves references in conditions, and never in data", async () => {
  const hostile = { amount: 150, note: "${kafka.password}", "${env:HOME}": 1 };
  const result = await split(hostile, { big: { amount: { gt: "${limits.big}" } } });
  assert.deepEqual(result, { big: hostile, rest: null });
  assert.equal(await holds({ amount: { gt: "${limits.text}" } }, hostile), true); // a text from the environment
  assert.equal(await holds({ amount: { gt: "${limits.text}" } }, { amount: 99 }), false);
});

Deno.test("data_splitter treats hostile names as any other", async () => {
  const conditions = JSON.parse(
    '{"__proto__": {"__proto__": {"eq": 1}}, "constructor": {"constructor": {"eq": 2}}}',
  );
  const rows = [
    JSON.parse('{"__proto__": 1, "constructor": 0}'),
    JSON.parse('{"__proto__": 0, "constructor": 2}'),
    JSON.parse('{"__proto__": 0, "constructor": 0}'),
  ];
  const artifacts = await split(rows, conditions);
  assert.deepEqual(Object.keys(artifacts), ["__proto__", "constructor", "rest"]);
  const value = (name: string) => Object.getOwnPropertyDescriptor(artifacts, name)?.value;
  assert.deepEqual([value("__proto__"), value("constructor"), value("rest")], [[rows[0]], [rows[1]], [
    rows[2],
  ]]);
});

Deno.test("data_splitter understands the values of DuckDB's results", async () => {
  class DuckDBDecimalValue {
    toString = () => "12.50";
  }
  class DuckDBTimestampTZValue {
    micros = 1_700_000_000_000_000n;
  }
  class DuckDBDateValue {
    toString = () => "2024-02-29";
  }
  const row = { d: new DuckDBDecimalValue(), t: new DuckDBTimestampTZValue(), day: new DuckDBDateValue() };
  assert.equal(await holds({ d: { eq: 12.5, gt: "12.4", lt: 13n } }, row), true);
  assert.equal(await holds({ t: { eq: new Date(1_700_000_000_000), gt: "2023-11-14" } }, row), true);
  assert.equal(await holds({ day: { gte: "2024-02-29", lt: "2024-03-01" } }, row), true);
});
