import assert from "node:assert/strict";
import { validateParams } from "../../../src/core/validate.ts";
import { declare } from "../../../src/mods/transform/lookup/declaration.ts";
import { queryFinder } from "../../../src/mods/transform/lookup/find.ts";
import { joinRows } from "../../../src/mods/transform/lookup/join.ts";
import { QuerySource } from "../../../src/mods/transform/lookup/query_source.ts";
import { lookup } from "../../../src/mods/transform/lookup.ts";
import type { Row } from "../../../src/core/rows.ts";
import { LookupTables, lookupTables } from "../../../src/mods/transform/lookup/tables.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { ChildProcess } from "../../support/child_process.ts";
import { waitFor } from "../../support/wait_for.ts";
import { TestDatabase } from "../database/support.ts";
import { asJob, join, type Params, refused, runLookup, withFiles } from "./lookup_support.ts";

Deno.test("lookup reads CSV as the texts that stand there: leading zeros, empty texts, nulls, any quotes", () =>
  asJob(() =>
    withFiles({
      "a.csv": 'id,name,note\n007,"Ada, ""the first""",\n8,"",x\n9,"two\nlines",y\n',
      "semicolon.csv": "id;name\n7;Müller\n",
      "numbers.csv": "id,price\n7,1.5\n9007199254740993,2\n",
    }, async (path) => {
      const params = { file: path("a.csv"), keys: { k: "id" }, columns: ["name", "note"] };
      const data = [{ k: "007" }, { k: "8" }, { k: "9" }, { k: "7" }];
      assert.deepEqual((await join({ ...params, data })).data, [
        { k: "007", name: 'Ada, "the first"', note: null },
        { k: "8", name: "", note: "x" },
        { k: "9", name: "two\nlines", note: "y" },
        { k: "7", name: null, note: null },
      ]);
      const semicolon = { data: { k: 7 }, file: path("semicolon.csv"), keys: { k: "id" }, columns: ["name"] };
      const comma = await refused(semicolon, "configuration");
      assert.match(comma.message, /has no column "id"; it has "id;name"/);
      const right = { ...semicolon, csv_delimiter: ";", key_types: "numeric" };
      assert.deepEqual((await join(right)).data, { k: 7, name: "Müller" });
      const numbers = {
        file: path("numbers.csv"),
        keys: { k: "id" },
        columns: ["price"],
        csv_types: "detect",
      };
      assert.deepEqual((await join({ ...numbers, data: [{ k: 7 }, { k: 9007199254740993n }] })).data, [
        { k: 7, price: 1.5 },
        { k: 9007199254740993n, price: 2 },
      ]);
    })
  ));

Deno.test("lookup reads JSON and JSON lines as json_parser does: no digit is lost, texts stay texts", () =>
  asJob(() =>
    withFiles({
      "a.json": '[{"id": 12345678901234567890, "day": "2024-01-01", "tags": ["x"]}, {"id": 2}]',
      "a.jsonl": '{"id":1,"day":"2024-01-01"}\n{"id":2,"__proto__":"x"}\n',
    }, async (path) => {
      const params = { keys: { k: "id" }, columns: ["day"] };
      const json = { ...params, file: path("a.json"), columns: ["day", "tags"] };
      assert.deepEqual((await join({ ...json, data: [{ k: 12345678901234567890n }, { k: 2 }] })).data, [
        { k: 12345678901234567890n, day: "2024-01-01", tags: ["x"] },
        { k: 2, day: null, tags: null },
      ]);
      const lines = { ...params, file: path("a.jsonl"), columns: ["__proto__"] };
      const { data } = await join({ ...lines, data: { k: 2 } });
      assert.deepEqual(Object.entries(data as Row), [["k", 2], ["__proto__", "x"]]);
    })
  ));

Deno.test("lookup reads Parquet in the forms that queries have", () =>
  asJob(() =>
    withFiles({}, async (path) => {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      const rows = "SELECT 1::BIGINT id, 1.50::DECIMAL(9,2) price, DATE '2024-02-29' d, [1, 2] l";
      await connection.run(`COPY (${rows}) TO '${path("a.parquet")}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      const params = { file: path("a.parquet"), keys: { k: "id" }, columns: ["price", "d", "l"] };
      assert.deepEqual((await join({ ...params, data: { k: 1 } })).data, {
        k: 1,
        price: "1.50",
        d: "2024-02-29",
        l: [1, 2],
      });
    })
  ));

Deno.test("lookup says what is wrong with a file, and quotes nothing of it", () =>
  asJob(() =>
    withFiles({
      "quote.csv": 'id,name\n1,"S3CRET\n2,b\n',
      "wide.csv": "id,name\n1,S3CRET,x\n",
      "bad.jsonl": '{"id":1}\n{"id":S3CRET}\n',
      "five.json": '[{"id":1},"S3CRET"]',
      "big.jsonl": '{"id":1}\n'.repeat(5),
      "bad.parquet": "S3CRET",
      "empty.csv": "id,name\n",
      "late.csv": `id,name\n${"1,a\n".repeat(30_000)}1,S3CRET,x\n`,
    }, async (path) => {
      const cases: [file: string, expected: RegExp][] = [
        ["none.csv", /Cannot read the file .*none\.csv: there is no such file/],
        ["quote.csv", /it is no csv file, or it is damaged/],
        ["wide.csv", /it is no csv file, or it is damaged/],
        ["late.csv", /more than max_rows/],
        ["bad.jsonl", /it is no jsonl file, or it is damaged$/],
        ["five.json", /record 2 is a string: expected an object/],
        ["bad.parquet", /no parquet file/],
        ["big.jsonl", /more than max_rows \(4\) rows/],
      ];
      const params = { data: { k: 1 }, keys: { k: "id" }, columns: [], max_rows: 4 };
      for (const [file, expected] of cases) {
        const { message } = await refused({ ...params, file: path(file) }, "configuration");
        assert.match(message, expected);
        assert.doesNotMatch(message, /S3CRET/);
      }
      const late = { ...params, file: path("late.csv"), max_rows: 100_000 };
      assert.match((await refused(late, "configuration")).message, /late\.csv: .* damaged \(line 30002\)$/);
      const remote = await refused({ ...params, file: "https://example.invalid/a.csv" }, "configuration");
      assert.match(remote.message, /only files of this machine/);
      const log = new RecordingLogger();
      await runLookup({ ...params, file: path("empty.csv") }, log);
      assert.match(log.messages("warning")[0]!, /empty\.csv has no rows/);
    })
  ));

Deno.test("lookup reads a query once, with its params, for all calls of the same declaration", () =>
  asJob(async () => {
    await using place = await TestDatabase.make(
      "CREATE TABLE c (id BIGINT, name VARCHAR, land VARCHAR, rate DECIMAL(9,2))",
      "INSERT INTO c VALUES (1, 'Ada', 'DE', 1.50), (1, 'Eve', 'UK', 2), (2, NULL, 'DE', NULL)",
    );
    const log = new RecordingLogger();
    const params: Params = {
      url: place.url,
      query: "SELECT id, name, rate FROM c WHERE land = $land",
      params: { land: "${country}" },
      keys: { k: "id" },
      columns: ["name", "rate"],
    };
    const data = [{ k: 1 }, { k: 2n }, { k: 3 }];
    const joined = [{ k: 1, name: "Ada", rate: "1.50" }, { k: 2n, name: null, rate: null }, {
      k: 3,
      name: null,
      rate: null,
    }];
    assert.deepEqual((await runLookup({ ...params, data }, log)).artifacts.data, joined);
    await place.sql("DELETE FROM c");
    assert.deepEqual((await runLookup({ ...params, data }, log)).artifacts.data, joined, "it is in memory");
    assert.equal(log.lines.length, 1);
    assert.match(
      log.lines[0]!.message,
      /^Read the lookup in the query "SELECT id, name, rate FROM c WHERE land = \$land" on duckdb:/,
    );
    const other = { ...params, params: { land: "UK" }, data };
    assert.deepEqual(((await runLookup(other, log)).artifacts.data as Row[])[0], {
      k: 1,
      name: null,
      rate: null,
    });
    const wrong = { ...params, query: "SELECT id, nmae FROM c", data };
    assert.match((await refused(wrong, "configuration")).message, /nmae/);
    assert.match((await refused({ ...params, params: {}, data }, "configuration")).message, /\$land/);
    await place.sql("INSERT INTO c SELECT range, 'x', 'XX', 1 FROM range(11)");
    const many = { ...params, params: { land: "XX" }, max_rows: 10, data };
    assert.match((await refused(many, "configuration")).message, /max_rows/);
  }));

Deno.test("lookup by per_message asks the database for each row, with values from its columns", () =>
  asJob(async () => {
    await using place = await TestDatabase.make(
      "CREATE TABLE c (id BIGINT, name VARCHAR, land VARCHAR)",
      "INSERT INTO c VALUES (1, 'Ada', 'DE'), (1, 'Eve', 'UK'), (2, 'Grace', 'DE')",
    );
    const params: Params = {
      url: place.url,
      query: "SELECT id, name FROM c WHERE id = $k AND land = $land ORDER BY name -- $comment",
      params: { land: "DE" },
      columns: ["name"],
      load: "per_message",
    };
    const data = [{ k: 1 }, { k: 2 }, { k: null }, { k: 3 }];
    assert.deepEqual((await join({ ...params, data })).data, [
      { k: 1, name: "Ada" },
      { k: 2, name: "Grace" },
      { k: null, name: null },
      { k: 3, name: null },
    ]);
    await place.sql("UPDATE c SET name = 'Ada 2' WHERE name = 'Ada'");
    assert.deepEqual(
      (await join({ ...params, data: { k: 1 } })).data,
      { k: 1, name: "Ada 2" },
      "nothing is kept",
    );
    const inner = { ...params, join: "inner", keys: { n: "name" }, columns: { id: "id" } };
    assert.deepEqual(
      await join({ ...inner, data: [{ k: 2, n: "Grace" }, { k: 2, n: "Ada" }, { k: 2, n: null }] }),
      {
        data: [{ k: 2, n: "Grace", id: 2n }],
        reject: [{ k: 2, n: "Ada" }, { k: 2, n: null }],
      },
    );
    const { message } = await refused({ ...params, data: [{ k: 1 }, { kk: "S3CRET" }] }, "permanent");
    assert.match(message, /row 1: column "k" is missing: the row has "kk"/);
    const hostile = "1; DROP TABLE c; --";
    const unfit = await refused({ ...params, data: { k: hostile } }, "permanent");
    assert.doesNotMatch(unfit.message, /DROP/);
    const many = { ...params, query: "SELECT name FROM c WHERE id >= $k", data: { k: 0 }, params: {} };
    assert.match((await refused(many, "record")).message, /the query has 3 matches where match is "unique"/);
  }));

Deno.test("lookup that refreshes reads the database again, and each call finds what was read last", () =>
  asJob(async () => {
    const clock = new ManualClock();
    lookupTables.set(new LookupTables(clock));
    await using place = await TestDatabase.make("CREATE TABLE c AS SELECT 1 AS id, 'old' AS v");
    const params = { data: { k: 1 }, url: place.url, query: "FROM c", keys: { k: "id" }, columns: ["v"] };
    const now = async () => (await join({ ...params, load: "refresh", refresh_interval_s: "${every}" })).data;
    assert.deepEqual(await now(), { k: 1, v: "old" });
    await place.sql("UPDATE c SET v = 'new'");
    assert.deepEqual(await now(), { k: 1, v: "old" });
    await clock.advance(60_000);
    await waitFor(async () => (await now() as Row)["v"] === "new", "the new row");
  }));

Deno.test("lookup tells declarations apart by the kinds of their params", () => {
  const text = (id: unknown) =>
    declare(validateParams(lookup, {
      data: [],
      url: "duckdb::memory:",
      query: "SELECT $id",
      params: { id },
      keys: { k: "id" },
      columns: [],
    })).text;
  const date = new Date(0);
  const kinds = [1, 1n, "1", date, date.toISOString(), 0, null, [1], new Uint8Array([1]), { a: 1n }, {
    a: 1,
  }];
  assert.equal(new Set(kinds.map(text)).size, kinds.length);
  assert.equal(text(1n), text(1n));
  assert.equal(text(date), text(new Date(0)));
});

Deno.test("lookup that refreshes keeps no process alive", async () => {
  await using child = new ChildProcess(new URL("lookup_process.ts", import.meta.url));
  assert.equal(await child.line(), "a");
  assert.deepEqual(await child.ended(), { code: 0, errors: [] }, "or it is killed after a while");
});

Deno.test("lookup gives up waiting when the signal fires, as an outage; the rows are read for the others", () =>
  asJob(async () => {
    await using place = await TestDatabase.make("CREATE TABLE c AS SELECT 1 AS id");
    const base = {
      data: { k: 1 },
      url: place.url,
      columns: ["id"],
      signal: AbortSignal.abort(new Error("time is up")),
    };
    const kept = { ...base, query: "SELECT id FROM c", keys: { k: "id" } };
    assert.match(
      (await refused(kept, "unavailable")).message,
      /waiting for the rows of the lookup was aborted: time is up/,
    );
    assert.deepEqual((await join({ ...kept, signal: undefined })).data, { k: 1, id: 1 });
    const controller = new AbortController();
    assert.deepEqual((await join({ ...kept, signal: controller.signal })).data, { k: 1, id: 1 });
    const asked = { ...base, query: "SELECT id FROM c WHERE id = $k", load: "per_message" };
    assert.match((await refused(asked, "unavailable")).message, /it was aborted: time is up/);
  }));

Deno.test("lookup by per_message asks once for equal values, and not at all for a null key", async () => {
  const asked: unknown[] = [];
  const source = new QuerySource("SELECT $a, $b", { b: 5 }, () =>
    Promise.resolve({
      name: "fake",
      query: (_sql, values) => {
        asked.push(values);
        return Promise.resolve([{ id: "x", v: asked.length }]);
      },
    }));
  const params = validateParams(lookup, {
    data: [],
    url: "duckdb::memory:",
    query: "SELECT $a, $b",
    params: { b: 5 },
    keys: { k: "id" },
    columns: ["v"],
    load: "per_message",
  });
  const declaration = declare(params);
  const { find, table } = queryFinder(declaration, params, source);
  const day = (ms: number) => new Date(ms);
  const rows = [
    { k: "x", a: 1 },
    { k: "x", a: 1n },
    { k: "x", a: "1" },
    { k: null, a: 2 },
    { k: "x", a: day(5) },
    { k: "y", a: day(5) },
    { k: "x", a: null },
    { k: "x", a: "null" },
  ];
  const { joined } = await joinRows(rows, false, declaration.plan, find);
  assert.deepEqual(joined.map(({ v }) => v), [1, 1, 2, null, 3, null, 4, 5]);
  assert.deepEqual(asked, [{ a: 1, b: 5 }, { a: "1", b: 5 }, { a: day(5), b: 5 }, { a: null, b: 5 }, {
    a: "null",
    b: 5,
  }]);
  assert.equal(table.rows, 5);
});

Deno.test("lookup shows no password of its query or url in names and errors", () =>
  asJob(async () => {
    const url = "postgres://user:S3CRET@127.0.0.1:1/db";
    const params = { data: { k: 1 }, url, query: "SELECT 1 AS id", keys: { k: "id" }, columns: [] };
    const error = await runLookup(params).then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof Error);
    assert.doesNotMatch(Deno.inspect(error), /S3CRET/);
    const source = new QuerySource(`SELECT 'postgres://u:S3CRET@h' ${"x".repeat(100)}`, {}, () =>
      assert.fail());
    assert.doesNotMatch(source.name, /S3CRET/);
    assert.match(source.name, /^the query "SELECT .*…" on its database$/);
  }));
