/** Runs at the edges: what a job leaves behind, when it ends early, what several consumers do. */
import assert from "node:assert/strict";
import { contextValue, runMod, StreamController } from "../../../mod.ts";
import { memoryConnection, runProcessor } from "../../../testing.ts";
import { jobOf, success, transform, values } from "./support.ts";

const settings = {
  "kafka.bootstrap_servers": "broker:9092",
  "kafka.input_topic": "raw",
  "kafka.output_topic": "done",
};

Deno.test({
  name: "runProcessor leaves no timer, no listener of signals and nothing open, however the job ends",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const { addSignalListener } = Deno;
    Deno.addSignalListener = () => assert.fail("a job in a test listens to no signals of the process");
    try {
      const messages = { raw: values({ id: "a", count: 1 }, { id: "b", count: 2 }) };
      await runProcessor(transform, messages, { settings });
      await runProcessor(transform, messages, { settings, crash: { after: 1 } });
      await runProcessor(transform, messages, { settings, stop: new AbortController().signal });
      await runProcessor(transform, messages, {});
      const hangs = jobOf(() => new Promise(() => {}));
      await assert.rejects(runProcessor(hangs, { orders: values(1) }, { timeoutMs: 20 }));
    } finally {
      Deno.addSignalListener = addSignalListener;
    }
  },
});

Deno.test("runProcessor stops a job that is connecting, with 0", async () => {
  const run = await runProcessor(jobOf(() => success), { orders: values(1) }, { stop: AbortSignal.abort() });
  assert.deepEqual([run.exitCode, run.messages, run.committed], [0, [], {}]);
});

Deno.test("runProcessor cuts off a main that does not end after a stop, with 130", async () => {
  const run = await runProcessor(() => new Promise(() => {}), {}, { stop: AbortSignal.abort() });
  assert.equal(run.exitCode, 130);
  assert.match(run.log.at(-1)?.message ?? "", /did not end within 5 s of the signal/);
});

Deno.test("runProcessor waits for a consumer that begins later", async () => {
  const main = async () => {
    const later = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await jobOf(() => success, { topics: ["b"], group_id: "b" })();
    };
    await Promise.all([jobOf(() => success, { topics: ["a"], group_id: "a" })(), later()]);
  };
  const run = await runProcessor(main, { a: values(1), b: values(1, 2) });
  assert.deepEqual([run.exitCode, run.committed], [0, { a: { 0: 1 }, b: { 0: 2 } }]);
});

Deno.test("runProcessor runs one consumer after another that has stopped itself", async () => {
  const main = async () => {
    using controller = new StreamController();
    const first = () => (controller.requestStop(), success);
    await jobOf(first, { controller, topics: ["a"], group_id: "a" })();
    await jobOf(() => success, { topics: ["b"], group_id: "b" })();
  };
  const run = await runProcessor(main, { a: values(1, 2), b: values(1, 2) });
  assert.deepEqual([run.exitCode, run.committed], [0, { a: { 0: 1 }, b: { 0: 2 } }]);
});

Deno.test("runProcessor lets the other consumer drain where on_error stop ends one", async () => {
  const main = async () => {
    const fails = jobOf(() => Promise.reject(new Error("refused")), {
      topics: ["b"],
      group_id: "b",
      on_error: "stop",
    });
    await Promise.all([jobOf(() => success, { topics: ["a"], group_id: "a" })(), fails()]);
  };
  const run = await runProcessor(main, { a: values(1), b: values(1, 2) });
  assert.deepEqual([run.exitCode, run.committed], [1, { a: { 0: 1 }, b: { 0: 0 } }]);
  assert.match(String(run.error), /Cannot process b\[0\]@0: refused/);
});

Deno.test("runProcessor kills a job with sends that nobody waited for: they are there, and their message comes again", async () => {
  const job = async () => {
    const { artifacts: { connection } } = await runMod("kafka_connector", { bootstrap_servers: "b:1" });
    await runMod("kafka_consumer", {
      connection,
      topics: ["a"],
      group_id: "g",
      message_processor: async ({ offset }) => {
        await runMod("kafka_producer", { connection, topic: "t", data: { offset }, flush_after_send: false });
        return success;
      },
    });
  };
  const kafka = memoryConnection();
  const crash = { at: { mod: "kafka_producer", call: 2, when: "after" } } as const;
  const killed = await runProcessor(job, { a: values(1, 2, 3) }, { kafka, crash });
  assert.deepEqual([killed.exitCode, killed.committed], [137, { a: { 0: 1 } }]);
  assert.deepEqual((await runProcessor(job, {}, { kafka })).committed, { a: { 0: 3 } });
  const sent = kafka.read("t").map(({ value }) => (value as { offset: number }).offset);
  assert.deepEqual(sent, [0, 1, 1, 2]);
});

Deno.test("runProcessor ends with 78 at an await that the processor forgot", async () => {
  const job = jobOf((message) => {
    void runMod("json_parser", { json_string: message.value });
    return success;
  });
  const run = await runProcessor(job, { orders: values({}) });
  assert.deepEqual([run.exitCode, run.committed], [78, { orders: { 0: 0 } }]);
  assert.match(String(run.error), /an await before runMod is missing/);
});

Deno.test("runProcessor lets nothing of a killed job go on, whatever was under way", async () => {
  let calls = 0;
  const main = async () => {
    const busy = jobOf(() => (calls++, success), { topics: ["a"], group_id: "a" });
    const killer = jobOf(async () => {
      await runMod("json_parser", { json_string: "{}" });
      return success;
    }, { topics: ["b"], group_id: "b" });
    await Promise.all([busy(), killer()]);
  };
  const crash = { at: { mod: "json_parser", call: 3 } } as const;
  const many = values(...Array(100).keys());
  const run = await runProcessor(main, { a: many, b: many }, { crash });
  const [then, committed] = [calls, run.kafka.committed("a", "a")];
  assert.ok(then > 0 && then < many.length, `${then} calls`);
  const recorded = run.messages.filter(({ topic }) => topic === "a").length;
  assert.equal(recorded, then, "nothing was handed out after the kill");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([calls, run.kafka.committed("a", "a")], [then, committed]);
});

Deno.test("runProcessor lets no mod run for code that goes on after the kill", async () => {
  const waiting = Promise.withResolvers<void>();
  let ran = false;
  const main = async () => {
    const slow = jobOf(async () => {
      waiting.resolve();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await runMod("json_parser", { json_string: "{}" });
      ran = true;
      return success;
    }, { topics: ["a"], group_id: "a" });
    const killer = jobOf(async () => (await waiting.promise, success), { topics: ["b"], group_id: "b" });
    await Promise.all([slow(), killer()]);
  };
  const run = await runProcessor(main, { a: values(1), b: values(1) }, { crash: { after: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual([run.exitCode, ran], [137, false]);
});

Deno.test("runProcessor runs two members of one group at the same time, each with its own settings", async () => {
  const kafka = memoryConnection({ orders: 4 });
  kafka.produce("orders", Array.from({ length: 40 }, (_, i) => ({ value: i, partition: i % 4 })));
  const seen: Record<string, number[]> = { one: [], two: [] };
  const member = (name: string) =>
    runProcessor(
      jobOf(({ partition }) => {
        assert.equal(contextValue("member.name"), name);
        seen[name]?.push(partition);
        return success;
      }, { on_error: "stop" }),
      {},
      { kafka, settings: { "member.name": name } },
    );
  const runs = await Promise.all([member("one"), member("two")]);
  assert.deepEqual(runs.map(({ exitCode }) => exitCode), [0, 0], String(runs[0].error ?? runs[1].error));
  assert.deepEqual(kafka.committed("g", "orders"), { 0: 10, 1: 10, 2: 10, 3: 10 });
  assert.ok(runs.every(({ processed }) => processed.length > 0), "both had partitions");
  for (const { log } of runs) assert.ok(log.some(({ message }) => /^Assigned orders\[/.test(message)));
});
