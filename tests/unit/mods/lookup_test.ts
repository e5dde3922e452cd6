import assert from "node:assert/strict";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { join, type Params, refused, runLookup } from "./lookup_support.ts";

const CUSTOMERS = [{ id: 1, name: "Ada", city: "London" }, { id: 2, name: "Grace", city: null }];
const BY_ID = {
  keys: { customer_id: "id" },
  columns: { name: "customer_name", city: "city" },
  rows: CUSTOMERS,
};

Deno.test("lookup adds columns by key, nulls where there is no match, in the form in which data came", async () => {
  const data = [{ order: 7, customer_id: 2 }, { order: 8, customer_id: 9 }];
  assert.deepEqual(await join({ data, ...BY_ID }), {
    data: [
      { order: 7, customer_id: 2, customer_name: "Grace", city: null },
      { order: 8, customer_id: 9, customer_name: null, city: null },
    ],
    reject: null,
  });
  const [order] = data;
  const one = { order: 7, customer_id: 2, customer_name: "Grace", city: null };
  assert.deepEqual((await join({ data: order, ...BY_ID })).data, one);
  assert.deepEqual((await join({ data: [order], ...BY_ID })).data, [one]);
  assert.deepEqual((await join({ data: { getRowObjects: () => [order] }, ...BY_ID })).data, [one]);
  assert.deepEqual(await join({ data: [], ...BY_ID }), { data: null, reject: null });
  assert.deepEqual(order, { order: 7, customer_id: 2 }, "the input is as it was");
});

Deno.test("lookup rejects rows without a match in an inner join, as they came", async () => {
  const lost = Object.freeze({ customer_id: 9 });
  const inner = { ...BY_ID, join: "inner", columns: ["name"] };
  const result = await join({ data: [{ customer_id: 1 }, lost], ...inner });
  assert.deepEqual(result, { data: [{ customer_id: 1, name: "Ada" }], reject: [lost] });
  assert.ok(Object.is((result.reject as unknown[])[0], lost));
  assert.deepEqual(await join({ data: lost, ...inner }), { data: null, reject: lost });
  assert.deepEqual(await join({ data: { customer_id: 1 }, ...inner, columns: [] }), {
    data: { customer_id: 1 },
    reject: null,
  });
});

Deno.test("lookup has defaults for rows without a match, not for nulls of a match", async () => {
  const data = [{ customer_id: 2 }, { customer_id: 9 }];
  const result = await join({ data, ...BY_ID, defaults: { city: "unknown" } });
  assert.deepEqual(result.data, [
    { customer_id: 2, customer_name: "Grace", city: null },
    { customer_id: 9, customer_name: null, city: "unknown" },
  ]);
});

Deno.test("lookup takes the first, the last, all, or refuses several matches", async () => {
  const rows = [{ k: "a", v: 1 }, { k: "b", v: 2 }, { k: "a", v: 3 }];
  const params = { data: { key: "a" }, rows, keys: { key: "k" }, columns: ["v"] };
  assert.deepEqual((await join({ ...params, match: "first" })).data, { key: "a", v: 1 });
  assert.deepEqual((await join({ ...params, match: "last" })).data, { key: "a", v: 3 });
  assert.deepEqual((await join({ ...params, match: "all" })).data, [{ key: "a", v: 1 }, { key: "a", v: 3 }]);
  assert.deepEqual((await join({ ...params, data: { key: "c" }, match: "all" })).data, [{
    key: "c",
    v: null,
  }]);
  assert.deepEqual(
    (await join({ ...params, data: { key: "b" } })).data,
    { key: "b", v: 2 },
    "unique where asked",
  );
  const { message } = await refused({ ...params, data: [{ key: "b" }, { key: "a" }] }, "record");
  assert.equal(message, 'lookup: row 1: the key in "key" has 2 matches where match is "unique"');
});

Deno.test("lookup compares keys by kind and value; null, NaN and invalid Dates match nothing", async () => {
  class DuckDBDecimalValue {
    constructor(readonly text: string) {}
    toString = () => this.text;
  }
  const date = new Date("2024-02-29T10:00:00Z");
  const strict: [a: unknown, b: unknown, equal: boolean][] = [
    [1, 1n, true],
    [1, "1", false],
    [-0, 0, true],
    [2 ** 53, 2n ** 53n, true],
    [1e300, BigInt(1e300), true],
    [0.1, 0.1, true],
    [new DuckDBDecimalValue("1.00"), 1n, true],
    [new DuckDBDecimalValue("0.10"), 0.1, true],
    [new DuckDBDecimalValue("0.10"), "0.10", false],
    [9007199254740993n, 9007199254740992n, false],
    ["a", "A", false],
    ["é", "e\u0301", false],
    ["", "", true],
    ["1", "1.0", false],
    [true, true, true],
    [true, 1, false],
    [true, "true", false],
    [date, new Date(date), true],
    [date, date.getTime(), false],
    [date, date.toISOString(), false],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2]), true],
    [new Uint8Array([1, 2]), new Uint8Array([12]), false],
    [null, null, false],
    [undefined, null, false],
    [NaN, NaN, false],
    [Infinity, Infinity, true],
    [new Date(NaN), new Date(NaN), false],
    ["null", null, false],
  ];
  const matches = async (a: unknown, b: unknown, options: Params) => {
    const params = {
      data: [{ a }],
      rows: [{ b, hit: 1 }],
      keys: { a: "b" },
      columns: ["hit"],
      join: "inner",
    };
    return (await join({ ...params, ...options })).data !== null;
  };
  for (const [a, b, equal] of strict) {
    assert.equal(await matches(a, b, {}), equal, `${String(a)} ${String(b)}`);
    assert.equal(await matches(b, a, {}), equal, `${String(b)} ${String(a)}`);
  }
  const numeric: typeof strict = [
    [1, "1", true],
    ["1", "1.0", true],
    [100, "1e2", true],
    [0.5, "0.50", true],
    ["01", 1, false],
    ["01", "01", true],
    [" 1", 1, false],
    [true, "true", false],
  ];
  for (const [a, b, equal] of numeric) {
    assert.equal(await matches(a, b, { key_types: "numeric" }), equal, `${String(a)} ${String(b)}`);
    assert.equal(await matches(b, a, { key_types: "numeric" }), equal, `${String(b)} ${String(a)}`);
  }
});

Deno.test("lookup joins by several columns, and does not take two keys for one", async () => {
  const rows = [{ a: "x", b: "yz", v: 1 }, { a: "xy", b: "z", v: 2 }, { a: null, b: "z", v: 3 }];
  const params = { rows, keys: { p: "a", q: "b" }, columns: ["v"] };
  const data = [{ p: "xy", q: "z" }, { p: "x", q: "yz" }, { p: null, q: "z" }, { p: "x", q: "z" }];
  const { data: joined } = await join({ ...params, data });
  assert.deepEqual((joined as { v: unknown }[]).map(({ v }) => v), [2, 1, null, null]);
});

Deno.test("lookup warns once where the kinds of keys never match", async () => {
  const params = { rows: [{ id: "1", v: "a" }], keys: { n: "id" }, columns: ["v"] };
  const log = new RecordingLogger();
  const result = await runLookup({ ...params, data: [{ n: 4111 }, { n: 4112 }] }, log);
  assert.equal(result.warnings.length, 1);
  assert.match(
    result.warnings[0]!,
    /"n" of the data holds numbers, column "id" of the lookup texts: they never match/,
  );
  assert.doesNotMatch(result.warnings[0]!, /411/);
  assert.deepEqual(
    (await runLookup({ ...params, data: { n: 1 } }, log)).warnings,
    [],
    "the same list: warned already",
  );
  assert.deepEqual((await runLookup({ ...params, data: { n: "2" } }, log)).warnings, []);
  assert.deepEqual((await runLookup({ ...params, data: { n: null } }, log)).warnings, []);
});

Deno.test("lookup refuses rows that do not fit, names columns and kinds, and no value", async () => {
  const cases: [data: unknown, expected: RegExp][] = [
    [
      [{ customer_id: 1 }, { custmer_id: "S3CRET" }],
      /row 1: column "customer_id" is missing: the row has "custmer_id"$/,
    ],
    [{}, /lookup: column "customer_id" is missing: the row is empty$/],
    [{ customer_id: ["S3CRET"] }, /column "customer_id" is a list, which cannot be a key of a lookup$/],
    [
      { customer_id: 1, city: "S3CRET" },
      /column "city" is in the row already: give the lookup's column another name/,
    ],
    [[5], /data\[0\] is a number/],
  ];
  for (const [data, expected] of cases) {
    const { message } = await refused({ data, ...BY_ID }, "permanent");
    assert.match(message, expected);
    assert.doesNotMatch(message, /S3CRET/);
  }
});

Deno.test("lookup finds what is wrong with its parameters, whatever the data is", async () => {
  const query = { data: [], url: "duckdb::memory:", query: "FROM t", keys: { a: "b" }, columns: ["v"] };
  const rows = { data: [], rows: CUSTOMERS, keys: { customer_id: "id" }, columns: ["name"] };
  const cases: [params: Params, parameter: string, expected: RegExp][] = [
    [
      { data: [], keys: { a: "b" }, columns: [] },
      "query",
      /one of query \(with url\), file and rows, .*: none is given/,
    ],
    [{ ...query, file: "x.csv" }, "query", /query and file are given/],
    [{ ...rows, file: "x.csv" }, "file", /file and rows are given/],
    [{ ...rows, url: "duckdb:x" }, "url", /there is none/],
    [{ ...rows, ssl_mode: "require" }, "ssl_mode", /there is none/],
    [{ ...query, pool_size: 3, keys: {} }, "keys", /is missing/],
    [{ ...rows, params: { a: 1 } }, "params", /there is none/],
    [{ ...query, url: undefined }, "url", /is missing: expected the database of query/],
    [{ ...query, keys: {} }, "keys", /is missing/],
    [{ data: [], file: "rates.txt", keys: { a: "b" }, columns: [] }, "format", /does not end with \.csv/],
    [{ ...rows, load: "per_message" }, "load", /needs url and query/],
    [{ ...rows, load: "refresh", refresh_interval_s: 5 }, "load", /nothing to read/],
    [{ ...query, load: "refresh" }, "refresh_interval_s", /is missing/],
    [{ ...query, refresh_interval_s: 5 }, "refresh_interval_s", /load "refresh" only/],
    [{ ...query, max_stale_s: 5 }, "max_stale_s", /load "refresh" only/],
    [
      { ...query, load: "refresh", refresh_interval_s: "${every}", max_stale_s: 60 },
      "max_stale_s",
      /must be more than/,
    ],
    [{ ...query, load: "refresh", refresh_interval_s: 0 }, "refresh_interval_s", /more than 0/],
    [
      { ...rows, columns: { name: "x", city: "x" } },
      "columns",
      /two things are called "x", one is another column/,
    ],
    [{ ...rows, columns: ["name", "name"] }, "columns", /two things are called "name"/],
    [{ ...rows, columns: { name: "customer_id" } }, "columns", /one is a key of the data/],
    [{ ...rows, columns: undefined }, "columns", /is missing/],
    [{ ...rows, join: "inner", defaults: { name: 1 } }, "defaults", /no meaning in an inner join/],
    [{ ...rows, defaults: { nmae: 1 } }, "defaults.nmae", /none of the columns that are added: name/],
    [{ ...rows, match: "any" }, "match", /one of "unique"/],
    [{ ...rows, mathc: "all" }, "mathc", /did you mean "match"/],
    [{ ...rows, csv_delimiter: "::" }, "csv_delimiter", /character/],
    [{ ...rows, rows: [CUSTOMERS[0], 5] }, "rows", /rows\[1\] is a number/],
  ];
  for (const [params, parameter, expected] of cases) {
    const error = await refused(params, "configuration");
    assert.match(error.message, expected);
    assert.equal(error.parameter, parameter);
  }
});

Deno.test("lookup refuses a column that the lookup lacks, a key that is an object, and too many rows", async () => {
  const params = { data: [], rows: CUSTOMERS, keys: { a: "id" }, columns: ["nmae"] };
  assert.match(
    (await refused(params, "configuration")).message,
    /in rows: it has no column "nmae"; it has "id", "name", "city"/,
  );
  const objects = { ...params, rows: [{ id: { S3CRET: 1 } }], columns: [] };
  const { message } = await refused(objects, "configuration");
  assert.match(message, /its key column "id" holds an object, which cannot be a key/);
  assert.doesNotMatch(message, /S3CRET/);
  const many = { ...params, columns: [], max_rows: 1 };
  assert.match(
    (await refused(many, "configuration")).message,
    /more than max_rows \(1\) rows; .*per_message/,
  );
  assert.deepEqual(await join({ ...params, data: { a: 1 }, rows: [] }), {
    data: { a: 1, nmae: null },
    reject: null,
  });
  const ragged = [{ id: 1 }, { id: 2, v: 5 }];
  assert.deepEqual((await join({ data: { a: 1 }, rows: ragged, keys: { a: "id" }, columns: ["v"] })).data, {
    a: 1,
    v: null,
  });
});

Deno.test("lookup counts rows and matches, and says what it holds in memory", async () => {
  const { metrics } = await runLookup({
    data: [{ customer_id: 1 }, { customer_id: 9 }],
    ...BY_ID,
    join: "inner",
  });
  const { lookup_bytes, ...rest } = metrics;
  assert.deepEqual(rest, { rows: 2, matched: 1, rejected: 1, lookup_rows: 2 });
  assert.ok((lookup_bytes ?? 0) > 100 && (lookup_bytes ?? 0) < 1000, `${lookup_bytes}`);
});

Deno.test("lookup looks at the same list of rows once, by keys and columns", async () => {
  let reads = 0;
  const rows = [{
    get id() {
      reads++;
      return 1;
    },
    v: "a",
    w: "b",
  }];
  const params = { data: { k: 1 }, rows, keys: { k: "id" }, columns: ["v"] };
  await join(params);
  const once = reads;
  assert.deepEqual((await join(params)).data, { k: 1, v: "a" });
  assert.equal(reads, once);
  assert.deepEqual(
    (await join({ ...params, columns: ["w"] })).data,
    { k: 1, w: "b" },
    "other columns: another table",
  );
  assert.ok(reads > once);
});

Deno.test("lookup treats hostile names and values as any other, and resolves references in settings only", async () => {
  const hostile = "${kafka.password}";
  const rows = [JSON.parse(`{"__proto__": "${hostile}", "constructor": 5, "x": "${hostile}"}`)];
  const keys = JSON.parse('{"__proto__": "__proto__"}');
  const data = JSON.parse(`{"__proto__": "${hostile}", "note": "${hostile}"}`);
  const renamed = { constructor: "toString", x: "x" };
  const { data: joined } = await join({ data, rows, keys, columns: renamed });
  assert.deepEqual(Object.entries(joined as object), [
    ["__proto__", hostile],
    ["note", hostile],
    ["toString", 5],
    ["x", hostile],
  ]);
  const added = await join({
    data: { x: hostile },
    rows,
    keys: { x: "x" },
    columns: ["__proto__"],
    join: "inner",
  });
  assert.deepEqual(Object.entries(added.data as object), [["x", hostile], ["__proto__", hostile]]);
  assert.equal(Object.getPrototypeOf(added.data), Object.prototype);
  const { data: filled } = await join({
    data: { customer_id: 9 },
    ...BY_ID,
    defaults: { city: "${country}" },
  });
  assert.deepEqual(filled, { customer_id: 9, customer_name: null, city: "DE" });
});
