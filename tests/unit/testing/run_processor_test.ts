import assert from "node:assert/strict";
import fc from "fast-check";
import { jobClock } from "../../../src/control/job_clock.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import {
  ConfigurationError,
  PermanentError,
  runMod,
  StreamController,
  UnavailableError,
} from "../../../mod.ts";
import { memoryConnection, runProcessor } from "../../../testing.ts";
import { jobOf, success, transform, values } from "./support.ts";

const TRANSFORM = {
  settings: {
    "kafka.bootstrap_servers": "broker:9092",
    "kafka.input_topic": "raw",
    "kafka.output_topic": "done",
  },
};

Deno.test("runProcessor shows what a job sent: keys, values, headers", async () => {
  const run = await runProcessor(
    transform,
    { raw: values({ id: "a", count: 1 }, { id: "b", count: 2 }) },
    TRANSFORM,
  );
  assert.equal(run.exitCode, 0, String(run.error));
  const sent = run.produced["done"]?.map(({ key, value, headers }) => ({ key, value, headers }));
  assert.deepEqual(sent, [
    { key: "a", value: { id: "a", count: 2 }, headers: { source: "transform" } },
    { key: "b", value: { id: "b", count: 4 }, headers: { source: "transform" } },
  ]);
  assert.deepEqual(run.committed, { raw: { 0: 2 } });
  const mods = [
    "kafka_connector",
    "kafka_consumer",
    "json_parser",
    "kafka_producer",
    "json_parser",
    "kafka_producer",
  ];
  assert.deepEqual(run.mods.map(({ mod }) => mod), mods);
  assert.equal(run.mods[3]?.metrics["records_sent"], 1);
});

Deno.test("runProcessor rounds no integer, neither on the way in nor in what it shows", async () => {
  const run = await runProcessor(
    transform,
    { raw: [{ value: { id: 9007199254740993n, count: 1 } }] },
    TRANSFORM,
  );
  const [sent] = Object.values(run.produced).flat();
  assert.equal((sent?.value as Record<string, unknown>)["id"], 9007199254740993n);
});

Deno.test("runProcessor shows what was skipped, with its error and whose fault it was", async () => {
  const run = await runProcessor(transform, { raw: [{ key: "k", value: "no json" }] }, TRANSFORM);
  assert.deepEqual(
    run.skipped.map(({ topic, offset, key, kind, attempts }) => ({ topic, offset, key, kind, attempts })),
    [{ topic: "raw", offset: 0, key: "k", kind: "permanent", attempts: 1 }],
  );
  assert.match(String(run.skipped[0]?.error), /json_parser/);
  assert.deepEqual([run.committed, run.exitCode], [{ raw: { 0: 1 } }, 0]);
  assert.match(run.warnings[0] ?? "", /on_error is "continue"/);
  assert.ok(
    run.log.some(({ level, message }) => level === "ERROR" && /raw\[0\]@0, skipping it/.test(message)),
  );
});

Deno.test("runProcessor tries again after the waits of retry_backoff_ms, which take no time", async () => {
  const job = jobOf(() => Promise.reject(new Error("no")), {
    on_error: "retry",
    retry_backoff_ms: [10_000, 60_000],
  });
  const run = await runProcessor(job, { orders: values(1) });
  assert.deepEqual(run.retried.map(({ attempts, waitsMs }) => ({ attempts, waitsMs })), [
    { attempts: 4, waitsMs: [10_000, 60_000, 60_000] },
  ]);
  assert.deepEqual([run.skipped.length, run.elapsedMs, run.exitCode], [1, 130_000, 0]);
});

Deno.test("runProcessor ends with 1 after an outage beyond recovery_timeout_s, the message uncommitted", async () => {
  const fail = { json_parser: { call: 2, times: Infinity, with: new UnavailableError("away") } };
  const run = await runProcessor(transform, { raw: values({ id: "a" }, { id: "b" }) }, {
    ...TRANSFORM,
    fail,
  });
  assert.equal(run.exitCode, 1);
  assert.deepEqual(run.committed, { raw: { 0: 1 } });
  const [failed] = run.messages.filter(({ outcome }) => outcome === "failed");
  assert.deepEqual([failed?.offset, failed?.kind, run.elapsedMs], [1, "unavailable", 300_000]);
  assert.match(String(run.error), /Cannot process raw\[0\]@1/);
});

Deno.test("runProcessor ends with 78 where the job is set up wrongly", async () => {
  const missing = await runProcessor(transform, { raw: [] });
  assert.equal(missing.exitCode, 78);
  assert.match(String(missing.error), /kafka\.bootstrap_servers/);
  const noTopic = await runProcessor(jobOf(() => success), { raw: values(1) });
  assert.equal(noTopic.exitCode, 78);
  assert.match(String(noTopic.error), /Topic orders does not exist/);
  const thrown = await runProcessor(
    jobOf(() => {
      throw new ConfigurationError("no such table");
    }),
    { orders: values(1) },
  );
  assert.deepEqual([thrown.exitCode, thrown.committed], [78, { orders: { 0: 0 } }]);
});

Deno.test("runProcessor makes the n-th call of a mod fail, before its work or after it", async () => {
  const messages = { raw: values({ id: "a", count: 1 }, { id: "b", count: 1 }) };
  const failed = (when: "before" | "after") =>
    runProcessor(transform, messages, {
      ...TRANSFORM,
      fail: { kafka_producer: { call: 2, when, with: new UnavailableError("lost") } },
    });
  const keys = async (when: "before" | "after") =>
    (await failed(when)).produced["done"]?.map(({ key }) => key);
  assert.deepEqual(await keys("before"), ["a", "b"]);
  assert.deepEqual(await keys("after"), ["a", "b", "b"]);
});

Deno.test("runProcessor puts stand-ins in the place of mods; their parameters are filled in and checked", async () => {
  const given: unknown[] = [];
  const job = jobOf(async (message) => {
    await runMod("database_insert", { url: "${database.url}", table: "t", data: { n: message.value } });
    return success;
  });
  const run = await runProcessor(
    job,
    { orders: values(1, 2) },
    {
      settings: { "database.url": "postgres://db.example/orders" },
      mods: {
        database_insert: ({ url, data, mode }) => {
          given.push([url, data, mode]);
          return { rows_written: { t: 1 } };
        },
      },
    } as const,
  );
  assert.equal(run.exitCode, 0, String(run.error));
  assert.deepEqual(given, [
    ["postgres://db.example/orders", { n: "1" }, "insert"],
    ["postgres://db.example/orders", { n: "2" }, "insert"],
  ]);
});

Deno.test("runProcessor stops at any point: what is processed is committed, and nothing else", async () => {
  const stops = fc.record({
    count: fc.integer({ min: 1, max: 6 }),
    at: fc.integer({ min: 1, max: 6 }),
    point: fc.constantFrom("after", "json_parser", "kafka_producer"),
    when: fc.constantFrom("before", "after"),
  });
  await fc.assert(
    fc.asyncProperty(stops, async ({ count, at, point, when }) => {
      const call = Math.min(at, count);
      const run = await runProcessor(
        transform,
        { raw: values(...Array.from({ length: count }, (_, i) => ({ id: `${i}`, count: i }))) },
        {
          ...TRANSFORM,
          stop: point === "after"
            ? { after: call }
            : { at: { mod: point as "json_parser", call, when: when as "after" } },
        },
      );
      assert.equal(run.exitCode, 0);
      assert.equal(run.processed.length, call, "the message in work is finished, and no other begins");
      assert.deepEqual(run.committed, { raw: { 0: call } });
      assert.equal(run.produced["done"]?.length, call);
    }),
    { numRuns: 40 },
  );
});

Deno.test("runProcessor stops when a test's signal fires, while a message waits for its next attempt", async () => {
  const stop = new AbortController();
  const job = jobOf(() => {
    stop.abort();
    return Promise.reject(new UnavailableError("away"));
  });
  const run = await runProcessor(job, { orders: values(1, 2) }, { stop: stop.signal });
  assert.deepEqual([run.exitCode, run.committed], [0, { orders: { 0: 0 } }]);
  assert.deepEqual(run.messages.map(({ outcome }) => outcome), ["unfinished"]);
});

Deno.test("runProcessor ends with 1 where the message in work does not end within the drain timeout", async () => {
  let reason: unknown;
  const job = jobOf((_message, { signal }) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(reason = signal.reason), { once: true })
    )
  );
  const stop = new AbortController();
  const running = runProcessor(job, { orders: values(1) }, { stop: stop.signal });
  setTimeout(() => stop.abort(), 20);
  const run = await running;
  assert.deepEqual([run.exitCode, run.committed, run.elapsedMs >= 30_000], [1, { orders: { 0: 0 } }, true]);
  assert.match(String(reason), /drain timeout/);
});

Deno.test("runProcessor lets max_processing_s pass over a processor that hangs", async () => {
  const job = jobOf(
    (_message, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    { max_processing_s: 120 },
  );
  const run = await runProcessor(job, { orders: values(1) });
  assert.deepEqual([run.skipped.length, run.exitCode], [1, 0]);
  assert.match(String(run.skipped[0]?.error), /max_processing_s: 120 s/);
});

Deno.test("runProcessor kills a job; another run on the same topics gets what was not committed again", async () => {
  const messages = { raw: values({ id: "a", count: 1 }, { id: "b", count: 2 }, { id: "c", count: 3 }) };
  const first = await runProcessor(transform, messages, { ...TRANSFORM, crash: { after: 2 } });
  assert.deepEqual([first.exitCode, first.committed, first.processed.length], [137, { raw: { 0: 1 } }, 2]);
  const second = await runProcessor(transform, {}, { ...TRANSFORM, kafka: first.kafka });
  assert.deepEqual(second.processed.map(({ offset }) => offset), [1, 2]);
  assert.deepEqual(second.committed, { raw: { 0: 3 } });
  assert.deepEqual(first.kafka.read("done").map(({ key }) => key), ["a", "b", "b", "c"]);
});

Deno.test("runProcessor loses no message to crashes at any point", async () => {
  const point = fc.record({
    mod: fc.constantFrom("json_parser", "kafka_producer"),
    call: fc.integer({ min: 1, max: 4 }),
    when: fc.constantFrom("before", "after"),
  });
  await fc.assert(
    fc.asyncProperty(point, async ({ mod, call, when }) => {
      const ids = ["a", "b", "c", "d"];
      const at = { mod: mod as "json_parser", call, when: when as "after" };
      const messages = { raw: values(...ids.map((id) => ({ id, count: 1 }))) };
      const first = await runProcessor(transform, messages, { ...TRANSFORM, crash: { at } });
      assert.deepEqual(first.committed, { raw: { 0: call - 1 } });
      const { kafka } = await runProcessor(transform, {}, { ...TRANSFORM, kafka: first.kafka });
      assert.deepEqual(new Set(kafka.read("done").map(({ key }) => key)), new Set(ids));
      assert.equal(
        kafka.read("done").length - ids.length,
        mod === "kafka_producer" && when === "after" ? 1 : 0,
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("runProcessor keeps runs at the same time apart", async () => {
  const runs = await Promise.all(
    Array.from(
      { length: 5 },
      (_, i) =>
        runProcessor(transform, { [`raw${i}`]: values(...Array(i + 1).fill({ id: `${i}`, count: i })) }, {
          settings: { ...TRANSFORM.settings, "kafka.input_topic": `raw${i}` },
          fail: { json_parser: { call: 1, times: i + 1, with: new UnavailableError("away") } },
        }),
    ),
  );
  runs.forEach((run, i) => {
    assert.deepEqual(run.committed, { [`raw${i}`]: { 0: i + 1 } });
    assert.deepEqual(run.produced["done"]?.map(({ key }) => key), Array(i + 1).fill(`${i}`));
    assert.equal(run.messages[0]?.attempts, i + 2);
    assert.deepEqual(
      run.log.filter(({ message }) => /raw/.test(message) && !message.includes(`raw${i}`)),
      [],
    );
  });
});

Deno.test("runProcessor gives the same result each time", async () => {
  const once = async () => {
    const { kafka: _, error: _error, ...run } = await runProcessor(transform, {
      raw: values({ id: "a", count: 1 }, "x"),
    }, {
      ...TRANSFORM,
      fail: { kafka_producer: { call: 1, times: 5, with: new UnavailableError("away") } },
    });
    return {
      ...run,
      mods: run.mods.length,
      messages: run.messages.map(({ waitsMs }) => waitsMs),
      skipped: run.skipped.length,
    };
  };
  const first = await once();
  for (let i = 0; i < 5; i++) assert.deepEqual(await once(), first);
});

Deno.test("runProcessor reads several topics and partitions, and hears what comes for latest", async () => {
  const job = jobOf(() => success, { topics: ["orders", "returns"], auto_offset_reset: "latest" });
  const run = await runProcessor(job, {
    orders: [{ value: 1, partition: 2 }, { value: 2, partition: 0 }],
    returns: values(1, 2, 3),
  });
  assert.deepEqual(run.committed, { orders: { 0: 1, 1: 0, 2: 1 }, returns: { 0: 3 } });
  assert.equal(run.processed.length, 5);
});

Deno.test("runProcessor runs two consumers of one job to the end of both", async () => {
  const main = async () => {
    using controller = new StreamController();
    const consumer = (topic: string) =>
      jobOf(() => success, { topics: [topic], group_id: topic, controller });
    await Promise.all([consumer("a")(), consumer("b")()]);
  };
  const run = await runProcessor(main, { a: values(1), b: values(1, 2) });
  assert.deepEqual([run.exitCode, run.committed], [0, { a: { 0: 1 }, b: { 0: 2 } }]);
});

Deno.test("runProcessor runs a job without a consumer to its end", async () => {
  const main = async () => {
    const kafka = await runMod("kafka_connector", { bootstrap_servers: "b:1" });
    await runMod("kafka_producer", { connection: kafka.artifacts.connection, topic: "t", data: { a: 1 } });
  };
  const run = await runProcessor(main, {});
  assert.deepEqual([run.exitCode, run.produced["t"]?.map(({ value }) => value)], [0, [{ a: 1 }]]);
});

Deno.test("runProcessor says what a job that does not end waits for", async () => {
  const hangs = jobOf(() => new Promise(() => {}));
  await assert.rejects(
    runProcessor(hangs, { orders: values(1) }, { timeoutMs: 50 }),
    /did not end within 50 ms: it waits for the processor of orders\[0\]@0\. Give it timeoutMs/,
  );
  const inMod = jobOf(async () => {
    await runMod("database_insert", { url: "duckdb::memory:", table: "t", data: { a: 1 } });
    return success;
  });
  await assert.rejects(
    runProcessor(inMod, { orders: values(1) }, {
      timeoutMs: 50,
      mods: { database_insert: () => new Promise(() => {}) },
    }),
    /waits for the processor of orders\[0\]@0 \(in database_insert\)/,
  );
  await assert.rejects(runProcessor(() => new Promise(() => {}), {}, { timeoutMs: 50 }), /waits for main/);
});

Deno.test("runProcessor refuses a test that is not about what it names", async () => {
  const job = jobOf(() => success);
  const run = (options: object, messages: object = { orders: values(1) }) =>
    runProcessor(job, messages as never, options);
  await assert.rejects(
    run({ mods: { database_inser: () => {} } }),
    /names no mod: "database_inser".*database_insert/,
  );
  await assert.rejects(
    run({ fail: { json_parser: { call: 1, with: new Error("x") } } }),
    /never came to call 1 of json_parser/,
  );
  await assert.rejects(run({ fail: { json_parser: { call: 0, with: new Error("x") } } }), RangeError);
  await assert.rejects(run({ fail: { json_parser: { call: 1, with: "x" } } }), TypeError);
  await assert.rejects(run({ stop: { after: 2 } }), /never came to 2 messages, where stop/);
  await assert.rejects(
    run({ crash: { at: { mod: "json_parser", call: 2 } } }),
    /never came to call 2 of json_parser/,
  );
  await assert.rejects(
    run({}, { orders: [], order: values(1) }),
    /never read topic order: it consumes orders/,
  );
  await assert.rejects(run({}, { orders: [{ key: "1" }] }), /topic orders: its value is undefined/);
  await assert.rejects(run({ kafka: {} }), TypeError);
});

Deno.test("runProcessor calls beforeClose as part of the job, and rejects with what it throws", async () => {
  const job = jobOf(async (message) => {
    await runMod("database_insert", {
      url: "duckdb::memory:",
      table: "t",
      data: { n: message.value },
      create_table: true,
    });
    return success;
  });
  let warned = false;
  const run = await runProcessor(job, { orders: values(1) }, {
    beforeClose: async () => {
      await runMod("database_insert", { url: "duckdb::memory:", table: "t", data: { n: "2" } });
      warned = true;
    },
  });
  assert.deepEqual([run.exitCode, warned, run.mods.length], [0, true, 4], "the table was there");
  const failing = runProcessor(job, { orders: values(1) }, { beforeClose: () => assert.fail("as asked") });
  await assert.rejects(failing, /as asked/);
  const both = runProcessor(() => Promise.reject(new Error("no table")), {}, {
    beforeClose: () => assert.fail("no rows"),
  });
  await assert.rejects(both, /^Error: The job failed: no table\. Then beforeClose failed: no rows$/);
});

Deno.test("runProcessor hides the environment of the process, and shows the job that of the test", async () => {
  const seen: unknown[] = [];
  const job = jobOf(async (message) => {
    const parsed = await runMod("json_parser", { json_string: message.value });
    seen.push(parsed.artifacts.data);
    return success;
  }, { group_id: "${env:GROUP}" });
  const none = await runProcessor(job, { orders: values({}) });
  assert.equal(none.exitCode, 78);
  const run = await runProcessor(job, { orders: values({}) }, { env: { GROUP: "g1", LOG_LEVEL: "ERROR" } });
  assert.deepEqual([run.exitCode, run.kafka.committed("g1", "orders"), run.log], [0, { 0: 1 }, []]);
});

Deno.test("runProcessor leaves certificates alone, and checks what can be checked without brokers", async () => {
  const job = (params: object) => async () => {
    await runMod("kafka_connector", { bootstrap_servers: "b:1", security_protocol: "SASL_SSL", ...params });
  };
  const whole = { sasl_username: "u", sasl_password: "pass-word", ssl_ca_location: "/no/such/ca.pem" };
  assert.equal((await runProcessor(job(whole), {})).exitCode, 0);
  assert.equal((await runProcessor(job({}), {})).exitCode, 78);
});

Deno.test("memoryConnection is Kafka for tests that run mods themselves", async () => {
  const kafka = memoryConnection({ orders: 2 });
  const { connection } = kafka;
  await runMod("kafka_producer", {
    connection,
    topic: "orders",
    data: [{ id: 1 }, { id: 2 }],
    key_column: "id",
  });
  kafka.produce("orders", [{ key: "k", value: null, partition: 1, headers: { h: "1" } }]);
  using controller = new StreamController();
  let left = 3;
  await runMod("kafka_consumer", {
    connection,
    controller,
    topics: ["orders"],
    group_id: "g",
    on_error: "stop",
    message_processor: () => (--left === 0 && controller.requestStop(), success),
  });
  const sum = Object.values(kafka.committed("g", "orders")).reduce((a, b) => a + b);
  assert.deepEqual([sum, kafka.topics, kafka.read("orders").length], [3, ["orders"], 3]);
  assert.deepEqual(kafka.read("orders").at(-1)?.headers, { h: "1" });
});

Deno.test("runProcessor shows a PermanentError of the processor as it was thrown", async () => {
  const error = new PermanentError("no order");
  const run = await runProcessor(jobOf(() => Promise.reject(error)), { orders: values(1) });
  assert.equal(run.skipped[0]?.error, error);
});

Deno.test({
  name: "runProcessor leaves the async context as it was, whatever a job imports",
  async fn(t) {
    const job = async () => void await import("data:text/javascript,export const once = 1");
    assert.equal((await runProcessor(job, {})).exitCode, 0);
    await t.step("in the next step", () => assert.equal(jobClock.get(), systemClock));
  },
});

Deno.test("runProcessor has left the async context of the next test as it was", () => {
  assert.equal(jobClock.get(), systemClock);
});
