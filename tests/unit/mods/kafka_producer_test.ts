import assert from "node:assert/strict";
import fc from "fast-check";
import type { Mod } from "../../../src/core/define_mod.ts";
import { ConfigurationError, ModError, PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { inMessageScope, MessageScope } from "../../../src/core/message_scope.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { closeResources } from "../../../src/core/resources.ts";
import type { Row } from "../../../src/core/rows.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { type ConnectionConfig, KafkaConnection } from "../../../src/kafka/connection.ts";
import type { Logger } from "../../../src/core/logger.ts";
import type { KafkaDriver, RawRecord } from "../../../src/kafka/driver.ts";
import { kafkaProducer, type SentTo } from "../../../src/mods/streaming/kafka_producer.ts";
import { MEMORY_CONNECTION, type MemoryFixture, memoryFixture } from "../../support/memory_fixture.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { within } from "../../support/wait_for.ts";

type Result = ModResult<{ sent: readonly SentTo[] }>;

const decoder = new TextDecoder();
const text = (bytes: Uint8Array | null | undefined) => bytes === null ? null : decoder.decode(bytes);
/** Every line of every test: what is said once a process is counted here. */
const log = new RecordingLogger();

/** A topic "out" in memory, and kafka_producer run by name as a job does. */
class Bench implements AsyncDisposable {
  readonly fixture: MemoryFixture = memoryFixture();
  readonly connection = new KafkaConnection(MEMORY_CONNECTION, this.fixture.driver);
  readonly #run: (name: string, params: Record<string, unknown>) => Promise<unknown>;

  constructor(partitions = 1) {
    this.fixture.broker.createTopic("out", partitions);
    const registry = new ModRegistry();
    registry.register(kafkaProducer as unknown as Mod);
    const resolve = () => assert.fail("data was searched for references");
    this.#run = createRunner({ registry, resolve, loggerFor: () => log }) as never;
  }

  async send(params: Record<string, unknown>): Promise<Result> {
    return await this.#run("kafka_producer", {
      connection: this.connection,
      topic: "out",
      ...params,
    }) as Result;
  }

  get records(): readonly RawRecord[] {
    return this.fixture.broker.records("out");
  }

  get values(): readonly (string | null)[] {
    return this.records.map((record) => text(record.value));
  }

  get keys(): readonly (string | null)[] {
    return this.records.map((record) => text(record.key));
  }

  /** Closes what a job's end closes. */
  async close(): Promise<readonly string[]> {
    return (await closeResources(5_000)).map(({ reason }) => String(reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function refuses(
  work: Promise<unknown>,
  kind: ModError["kind"],
  message: RegExp,
  parameter?: string,
): Promise<void> {
  await assert.rejects(within(work, "kafka_producer"), (error) => {
    assert.ok(error instanceof ModError, `it is ${error}`);
    assert.match(error.message, message);
    assert.equal(error.kind, kind);
    if (parameter !== undefined) assert.equal(error.parameter, parameter);
    return true;
  });
}

Deno.test("kafka_producer sends an object as JSON and says where it is", async () => {
  await using bench = new Bench();
  const { status, artifacts, metrics, warnings } = await bench.send({ data: { id: 7, name: "ä" } });
  assert.deepEqual(bench.values, ['{"id":7,"name":"ä"}']);
  assert.equal(status, "success");
  assert.deepEqual(artifacts.sent, [{ topic: "out", partition: 0, offset: 0, offset_text: "0" }]);
  assert.deepEqual(metrics, { records_sent: 1, failed: 0, bytes: 20 });
  assert.deepEqual(warnings, []);
});

Deno.test("kafka_producer's JSON comes back as what went in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 }), async (rows) => {
      await using bench = new Bench();
      await bench.send({ data: rows });
      const read = bench.values.map((value) => JSON.parse(value ?? ""));
      assert.deepEqual(read, JSON.parse(JSON.stringify(rows)));
    }),
    { numRuns: 50 },
  );
});

Deno.test("kafka_producer sends a list in its order, by one call of the driver", async () => {
  await using bench = new Bench();
  let calls = 0;
  const { driver } = bench.fixture;
  const produce = driver.produce.bind(driver);
  driver.produce = async (...args) => {
    const session = await produce(...args);
    const send = session.send.bind(session);
    session.send = (...args) => (calls++, send(...args));
    return session;
  };
  const rows = Array.from({ length: 500 }, (_, id) => ({ id }));
  const { artifacts, metrics } = await bench.send({ data: rows });
  assert.deepEqual(bench.values, rows.map(({ id }) => `{"id":${id}}`));
  assert.deepEqual(artifacts.sent.map(({ offset }) => offset), rows.map(({ id }) => id));
  assert.equal(metrics.records_sent, 500);
  assert.equal(calls, 1);
});

Deno.test("kafka_producer takes a DuckDB result that was read", async () => {
  await using bench = new Bench();
  const rows: Row[] = [{ id: 1n }, { id: 2n }];
  await bench.send({ data: { getRowObjects: () => rows }, key_column: "id" });
  assert.deepEqual(bench.values, ['{"id":1}', '{"id":2}']);
  assert.deepEqual(bench.keys, ["1", "2"]);
  const unread = { getRowObjects: () => Promise.resolve(rows) };
  await refuses(bench.send({ data: unread }), "configuration", /was not read: .*runAndReadAll/);
});

Deno.test("kafka_producer sends nothing for an empty list", async () => {
  await using bench = new Bench();
  for (const value_format of ["json", "string"]) {
    const { artifacts, metrics } = await bench.send({ data: [], key_column: "id", value_format });
    assert.deepEqual(artifacts.sent, []);
    assert.equal(metrics.records_sent, 0);
  }
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer takes the key from key_column: null is no key, numbers by their digits", async () => {
  await using bench = new Bench();
  const data = [{ k: "a" }, { k: null }, { k: 12345678901234567890n }, { k: 1.5 }, { k: true }];
  await bench.send({ data, key_column: "k" });
  assert.deepEqual(bench.keys, ["a", null, "12345678901234567890", "1.5", "true"]);
});

Deno.test("kafka_producer puts a key into one partition, wherever it comes from", async () => {
  await using bench = new Bench(7);
  const data = Array.from({ length: 30 }, (_, i) => ({ k: `k${i % 5}` }));
  const byColumn = await bench.send({ data, key_column: "k" });
  for (const { k } of data.slice(0, 5)) {
    const { artifacts } = await bench.send({ data: { x: 1 }, key_value: k });
    const same = byColumn.artifacts.sent.filter((_, i) => data[i]?.k === k);
    assert.deepEqual(
      new Set(same.map(({ partition }) => partition)),
      new Set([artifacts.sent[0]?.partition]),
    );
  }
});

Deno.test("kafka_producer gives all records key_value: text, bytes, a number or null", async () => {
  await using bench = new Bench();
  for (const key_value of ["k", new Uint8Array([107]), 5, 6n, null]) {
    await bench.send({ data: { x: 1 }, key_value });
  }
  assert.deepEqual(bench.keys, ["k", "k", "5", "6", null]);
});

Deno.test("kafka_producer refuses key_column and key_value together", async () => {
  await using bench = new Bench();
  const both = { data: { k: 1 }, key_column: "k", key_value: "k" };
  await refuses(bench.send(both), "configuration", /key_column and key_value are both given/);
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer refuses a column that no row has, as the fault of the rows, and lists the columns", async () => {
  await using bench = new Bench();
  const data = [{ id: 1, cust: "payload" }, { id: 2, amount: 3 }];
  await refuses(
    bench.send({ data, key_column: "customer" }),
    "permanent",
    /key_column "customer" is in no row: data has id, cust, amount$/,
  );
  await refuses(
    bench.send({ data, value_format: "string", value_column: "toString" }),
    "permanent",
    /value_column "toString" is in no row: data has id, cust, amount$/,
  );
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer refuses a row that lacks the column that others have, as the row's fault", async () => {
  await using bench = new Bench();
  const data = [{ k: "a" }, { other: "payload" }];
  await refuses(bench.send({ data, key_column: "k" }), "permanent", /data\[1\] has no column "k"/);
  await refuses(
    bench.send({ data: [{ v: "a" }, { v: undefined }], value_format: "string", value_column: "v" }),
    "permanent",
    /data\[1\] has no column "v"/,
  );
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer sends texts and bytes as they are, null as a tombstone", async () => {
  await using bench = new Bench();
  await bench.send({ data: "täxt", value_format: "string" });
  await bench.send({ data: ["a", "b", null], value_format: "string", key_value: "k" });
  await bench.send({ data: new Uint8Array([0xff, 0]), value_format: "bytes" });
  await bench.send({ data: "text too", value_format: "bytes" });
  await bench.send({ data: null, value_format: "bytes", key_value: "gone" });
  assert.deepEqual(bench.values.slice(0, 4), ["täxt", "a", "b", null]);
  assert.deepEqual(bench.records[4]?.value, new Uint8Array([0xff, 0]));
  assert.deepEqual(bench.values.slice(5), ["text too", null]);
});

Deno.test("kafka_producer sends value_column with string and bytes", async () => {
  await using bench = new Bench();
  const data = [{ id: 1, v: "a" }, { id: 2, v: null }, { id: 3, v: 4.5 }];
  await bench.send({ data, value_format: "string", value_column: "v", key_column: "id" });
  assert.deepEqual(bench.values, ["a", null, "4.5"]);
  assert.deepEqual(bench.keys, ["1", "2", "3"]);
  await bench.send({ data: { v: new Uint8Array([1]) }, value_format: "bytes", value_column: "v" });
  assert.deepEqual(bench.records[3]?.value, new Uint8Array([1]));
});

Deno.test("kafka_producer refuses formats and columns that do not go together, as configuration", async () => {
  await using bench = new Bench();
  const rows = { v: "x" };
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ data: rows, value_column: "v" }, /value_column is for value_format "string" and "bytes"/],
    [{ data: rows, value_format: "string" }, /value_column is missing/],
    [{ data: "x", value_format: "string", key_column: "v" }, /key_column names a column, but data is a text/],
    [{ data: "x", value_format: "string", value_column: "v" }, /value_column names a column, but/],
    [{ data: rows, value_format: "xml" }, /expected one of "json", "string", "bytes"/],
    [{ data: rows, topic: "no topic" }, /expected a topic's name/],
    [{ data: rows, flush_timeout_s: 0 }, /flush_timeout_s/],
    [{ data: rows, connection: {} }, /expected the connection artifact of kafka_connector/],
  ];
  for (const [params, message] of wrong) await refuses(bench.send(params), "configuration", message);
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer refuses data that does not fit, as the message's fault, and shows no value", async () => {
  await using bench = new Bench();
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ data: "payload" }, /data is a text, bytes or null: value_format "json" sends objects/],
    [{ data: null }, /data is a text, bytes or null/],
    [{ data: 5 }, /data is a number: expected an object/],
    [{ data: [{ a: 1 }, "payload"] }, /data\[1\] is a string: expected an object/],
    [{ data: { amount: NaN } }, /data\.amount is NaN/],
    [{ data: [{ a: 1 }, { a: Infinity }] }, /data\[1\]\.a is Infinity/],
    [{ data: { k: ["payload"] }, key_column: "k" }, /data\.k is a list: expected a text/],
    [
      { data: new Uint8Array(3), value_format: "string" },
      /data is bytes: value_format "string" writes texts/,
    ],
    [{ data: { v: { a: "payload" } }, value_format: "string", value_column: "v" }, /data\.v is an object/],
    [{ data: {}, headers: { h: 5 } }, /headers/],
    [{ data: {}, key_value: { a: "payload" } }, /key_value/],
  ];
  for (const [params, message] of wrong) {
    await refuses(bench.send(params), "permanent", message);
    await bench.send(params).catch((error) => assert.ok(!error.message.includes("payload"), error.message));
  }
  assert.deepEqual(bench.records, []);
});

Deno.test("kafka_producer never looks for references in data, keys and headers", async () => {
  await using bench = new Bench();
  const hostile = "${kafka.password} ${env:HOME}";
  await bench.send({ data: { [hostile]: hostile }, key_value: hostile, headers: { h: hostile } });
  assert.deepEqual(bench.values, [JSON.stringify({ [hostile]: hostile })]);
  assert.deepEqual(bench.keys, [hostile]);
  assert.equal(text(bench.records[0]?.headers[0]?.[1] ?? null), hostile);
});

Deno.test("kafka_producer sends headers as text, bytes and null", async () => {
  await using bench = new Bench();
  await bench.send({ data: {}, headers: { source: "dätapy", bin: new Uint8Array([255]), none: null } });
  assert.deepEqual(
    bench.records[0]?.headers.map(([name, value]) => [name, value === null ? null : [...value]]),
    [
      ["source", [...new TextEncoder().encode("dätapy")]],
      ["bin", [255]],
      ["none", null],
    ],
  );
});

Deno.test("kafka_producer refuses a record that is too large, as permanent", async () => {
  await using bench = new Bench();
  await refuses(bench.send({ data: { big: "x".repeat(2_000_000) } }), "permanent", /2000010 bytes/);
});

Deno.test("kafka_producer raises what was not acknowledged as unavailable, and opens a new producer", async () => {
  await using bench = new Bench();
  const { driver, broker } = bench.fixture;
  const sessions: string[] = [];
  const produce = driver.produce.bind(driver);
  driver.produce = async (...args) => {
    const session = await produce(...args);
    const close = session.close.bind(session);
    const id = sessions.push("open") - 1;
    session.close = async () => (await close(), void (sessions[id] = "closed"));
    return session;
  };
  await bench.send({ data: { n: 1 } });
  await bench.send({ data: { n: 2 } });
  assert.deepEqual(sessions, ["open"]);
  broker.failNextSends(1, new UnavailableError("Cannot send to out: the outcome is unknown"));
  await refuses(bench.send({ data: { n: 3 } }), "unavailable", /the outcome is unknown/);
  await bench.send({ data: { n: 4 } });
  assert.deepEqual(sessions, ["closed", "open"]);
  broker.failNextSends(1, new PermanentError("refused"));
  await refuses(bench.send({ data: { n: 5 } }), "permanent", /refused/);
  await bench.send({ data: { n: 6 } });
  assert.deepEqual(sessions, ["closed", "open"]);
  assert.deepEqual(await bench.close(), []);
  assert.deepEqual(sessions, ["closed", "closed"]);
});

Deno.test("kafka_producer bounds a send by flush_timeout_s", async () => {
  await using bench = new Bench();
  using _hold = bench.fixture.broker.holdSends();
  await refuses(
    bench.send({ data: {}, flush_timeout_s: 0.05 }),
    "unavailable",
    /within 50 ms; the outcome is unknown/,
  );
});

Deno.test("kafka_producer tries to open a producer anew after it could not", async () => {
  await using bench = new Bench();
  const { driver } = bench.fixture;
  const produce = driver.produce.bind(driver);
  driver.produce = () => Promise.reject(new ConfigurationError("login refused"));
  await refuses(bench.send({ data: {} }), "configuration", /login refused/);
  driver.produce = produce;
  await bench.send({ data: {} });
  assert.equal(bench.records.length, 1);
});

Deno.test("kafka_producer shares one producer a connection, and opens another after the job's end", async () => {
  await using bench = new Bench();
  const { driver } = bench.fixture;
  let opened = 0;
  const produce = driver.produce.bind(driver);
  driver.produce = (...args) => (opened++, produce(...args));
  await Promise.all([1, 2, 3].map((n) => bench.send({ data: { n } })));
  assert.equal(opened, 1);
  await bench.close();
  await bench.send({ data: { n: 4 } });
  assert.equal(opened, 2);
  assert.equal(bench.records.length, 4);
});

Deno.test("kafka_producer without flush_after_send answers at once, and the message waits before its commit", async () => {
  await using bench = new Bench();
  using hold = bench.fixture.broker.holdSends();
  const scope = new MessageScope();
  const result = await inMessageScope(
    scope,
    () => bench.send({ data: [{ n: 1 }, { n: 2 }], flush_after_send: false }),
  );
  assert.deepEqual(result.artifacts.sent, []);
  assert.equal(result.metrics.records_sent, 2);
  assert.deepEqual(bench.records, []);
  hold.release();
  await within(scope.settled(), "the sends of the message");
  assert.equal(bench.records.length, 2);
});

Deno.test("kafka_producer without flush_after_send makes a failure the message's", async () => {
  await using bench = new Bench();
  bench.fixture.broker.failNextSends(1, new UnavailableError("not acknowledged"));
  const scope = new MessageScope();
  await inMessageScope(scope, () => bench.send({ data: { n: 1 }, flush_after_send: false }));
  await assert.rejects(within(scope.settled(), "the sends of the message"), UnavailableError);
});

Deno.test("kafka_producer without flush_after_send, outside of a message, is waited for at the job's end", async () => {
  await using bench = new Bench();
  using hold = bench.fixture.broker.holdSends();
  await bench.send({ data: { n: 1 }, flush_after_send: false });
  const closing = bench.close();
  await within(hold.arrived, "the send");
  hold.release();
  assert.deepEqual(await within(closing, "the producer to close"), []);
  assert.equal(bench.records.length, 1);
});

Deno.test("kafka_producer without flush_after_send, outside of a message, fails the job's end where it failed", async () => {
  await using bench = new Bench();
  bench.fixture.broker.failNextSends(2, new UnavailableError("not acknowledged"));
  await bench.send({ data: { n: 1 }, flush_after_send: false });
  await bench.send({ data: { n: 2 }, flush_after_send: false });
  const [reason] = await within(bench.close(), "the producer to close");
  assert.match(reason ?? "", /2 sends failed that nobody waited for/);
  assert.ok(log.messages("error").some((line) => /A send failed that nobody waited for/.test(line)));
});

Deno.test("kafka_producer with on_send_error log goes on, counts, warns, and says once that records can be lost", async () => {
  await using bench = new Bench();
  const once = () => log.messages("warning").filter((line) => line.startsWith("on_send_error is")).length;
  const before = log.messages("error").length;
  for (const kind of [UnavailableError, PermanentError]) {
    bench.fixture.broker.failNextSends(1, new kind("broken on purpose"));
    const { metrics, warnings, artifacts } = await bench.send({ data: [{}, {}], on_send_error: "log" });
    assert.deepEqual(metrics, { records_sent: 0, failed: 2, bytes: 0 });
    assert.deepEqual(warnings, ["2 records for topic out are lost (on_send_error: log)"]);
    assert.deepEqual(artifacts.sent, []);
  }
  assert.deepEqual(log.messages("error").slice(before), ["broken on purpose", "broken on purpose"]);
  assert.equal(once(), 1);
  const { metrics } = await bench.send({ data: {}, on_send_error: "log" });
  assert.equal(metrics.records_sent, 1);
});

Deno.test("kafka_producer with on_send_error log lets an unflushed failure pass, but no configuration error", async () => {
  await using bench = new Bench();
  const scope = new MessageScope();
  const params = { data: {}, on_send_error: "log", flush_after_send: false };
  bench.fixture.broker.failNextSends(1);
  await inMessageScope(scope, () => bench.send(params));
  await within(scope.settled(), "the sends of the message");
  await refuses(
    bench.send({ ...params, flush_after_send: true, topic: "nowhere" }),
    "configuration",
    /nowhere/,
  );
});

Deno.test("kafka_producer sends by compression_type, with one producer for each", async () => {
  await using bench = new Bench();
  const opened: unknown[] = [];
  const { driver } = bench.fixture;
  const spy = Object.assign(Object.create(driver) as KafkaDriver, {
    produce: (config: ConnectionConfig, logger: Logger) => {
      opened.push(config.settings["compression.type"]);
      return driver.produce(config, logger);
    },
  });
  const settings = { ...MEMORY_CONNECTION.settings, "compression.type": "lz4" };
  const connection = new KafkaConnection({ ...MEMORY_CONNECTION, settings }, spy);
  const types = [undefined, "zstd", "lz4", "zstd", "none", "gzip", "snappy", "none"];
  for (const compression_type of types) {
    await bench.send({
      connection,
      data: { id: 1 },
      ...(compression_type === undefined ? {} : { compression_type }),
    });
  }
  assert.deepEqual(opened, ["lz4", "zstd", "none", "gzip", "snappy"]);
  assert.equal(bench.values.length, types.length);
  await assert.rejects(
    bench.send({ data: { id: 1 }, compression_type: "brotli" }),
    (error: ModError) => error.kind === "configuration" && error.parameter === "compression_type",
  );
});

Deno.test("kafka_producer sends headers of any name, and pairs in their order, a name twice", async () => {
  await using bench = new Bench();
  const named = Object.fromEntries([["__proto__", "1"], ["constructor", "2"], ["", "3"]]);
  const pairs = [["b", "1"], ["10", null], ["b", new Uint8Array([255])], ["a", ""]];
  await bench.send({ data: {}, headers: named });
  await bench.send({ data: {}, headers: pairs });
  const sent = bench.records.map(({ headers }) =>
    headers.map(([name, value]) => [name, value && [...value]])
  );
  assert.deepEqual(sent, [
    [["__proto__", [49]], ["constructor", [50]], ["", [51]]],
    [["b", [49]], ["10", null], ["b", [255]], ["a", []]],
  ]);
  for (const headers of [{ a: 5 }, [["a"]], [["a", 5]], [[5, "a"]], new Uint8Array(2), "text", null]) {
    await assert.rejects(bench.send({ data: {}, headers }), (error: ModError) => error.kind === "permanent");
  }
});
