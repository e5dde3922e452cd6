import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { ConfigurationError, kindOf, PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { currentMessageScope } from "../../../src/core/message_scope.ts";
import { PartitionsLostError } from "../../../src/kafka/driver.ts";
import { settle } from "../../support/manual_clock.ts";
import { Harness } from "./harness.ts";

/** `errors` of the settings, with one answer of `on_error`. */
const errors = (onError: "continue" | "retry" | "stop") => ({
  errors: { onError, maxRetries: 3, retryBackoffMs: [100, 200, 400], recoveryTimeoutMs: 300_000 },
});

async function stopped(harness: Harness): Promise<Harness["outcome"]> {
  harness.control.requestStop();
  await settle();
  assert.notEqual(harness.outcome, undefined, "the loop has ended");
  assert.equal(harness.closed, 1, "the session was closed");
  return harness.outcome;
}

Deno.test("PollLoop processes one message at a time and commits each before the next begins", async () => {
  const harness = new Harness();
  const commit = Promise.withResolvers<void>();
  harness.commitAnswers.push(() => commit.promise);
  await harness.assign(2);
  assert.deepEqual(harness.calls.map(({ offset }) => offset), [0]);
  harness.call.succeed();
  await settle();
  assert.equal(harness.calls.length, 1, "the commit of the first is on its way");
  commit.resolve();
  await settle();
  assert.deepEqual([harness.committed(), harness.call.offset], [[1], 1]);
  harness.call.succeed();
  await settle();
  assert.deepEqual(harness.committed(), [1, 2]);
  assert.deepEqual(await stopped(harness), { stats: { processed: 2, errors: 0, retries: 0, commits: 2 } });
});

Deno.test("PollLoop with on_error continue logs the failed message, commits it and goes on", async () => {
  const harness = new Harness(errors("continue"));
  await harness.assign(2);
  harness.call.fail(new Error("bad"));
  await settle();
  assert.deepEqual([harness.committed(), harness.call.offset], [[1], 1]);
  assert.match(harness.log.messages("error")[0] ?? "", /t\[0\]@0, skipping it: bad/);
});

Deno.test("PollLoop says where a mistake in the processor is, with the message's place as fields; stacks at DEBUG", async () => {
  const harness = new Harness(errors("continue"), () => {
    throw new Error("outer", { cause: new TypeError("no such method") });
  });
  await harness.assign(1);
  const [line] = harness.log.lines.filter(({ level }) => level === "error");
  assert.match(line?.message ?? "", /outer: no such method \(at .*poll_loop_test\.ts:\d+/);
  assert.deepEqual(line?.fields, { topic: "t", partition: 0, offset: 0n, kind: "record" });
  const [processing, ...stack] = harness.log.messages("debug");
  assert.equal(processing, "Processing t[0]@0");
  assert.match(stack.join("\n"), /TypeError: no such method\n\s+at /);
});

Deno.test('PollLoop treats { status: "error" } as an error', async () => {
  const harness = new Harness(errors("continue"), () => ({ status: "error", error: "reason" }));
  await harness.assign(1);
  assert.deepEqual(harness.committed(), [1]);
  assert.match(harness.log.messages("error")[0] ?? "", /reason/);
});

Deno.test("PollLoop with on_error retry tries again after each wait, then skips", async () => {
  const harness = new Harness(errors("retry"));
  await harness.assign(1);
  for (const wait of [100, 200, 400]) {
    harness.call.fail(new Error("bad"));
    const before = harness.calls.length;
    await harness.clock.advance(wait - 1);
    assert.equal(harness.calls.length, before, `it waits ${wait} ms`);
    await harness.clock.advance(1);
    assert.equal(harness.calls.length, before + 1);
  }
  assert.deepEqual(harness.committed(), []);
  harness.call.fail(new Error("bad"));
  await settle();
  assert.deepEqual(harness.committed(), [1]);
  assert.equal(harness.calls.length, 4, "the first attempt and max_retries more");
});

Deno.test("PollLoop with on_error retry does not retry a permanent error", async () => {
  const harness = new Harness(errors("retry"));
  await harness.assign(1);
  harness.call.fail(new PermanentError("malformed"));
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed()], [1, [1]]);
});

Deno.test("PollLoop with on_error stop ends, the failed message uncommitted, and stops the others", async () => {
  const harness = new Harness(errors("stop"));
  await harness.assign(3);
  harness.call.succeed();
  await settle();
  harness.call.fail(new Error("bad"));
  await settle();
  assert.deepEqual(harness.committed(), [1]);
  assert.match((harness.outcome?.error as Error).message, /Cannot process t\[0\]@1/);
  assert.equal(kindOf(harness.outcome?.error), "record");
  assert.equal(harness.control.shouldStop(), true);
});

Deno.test("PollLoop never skips a message during an outage, and commits it when the outage is over", async () => {
  const harness = new Harness(errors("continue"));
  await harness.assign(2);
  for (let attempt = 0; attempt < 20; attempt++) {
    harness.call.fail(new Error("wrapped", { cause: new UnavailableError("database is down") }));
    await harness.clock.advance(5_000);
    assert.equal(harness.call.offset, 0);
  }
  assert.deepEqual(harness.committed(), []);
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.committed(), harness.call.offset], [[1], 1]);
  assert.deepEqual(harness.log.messages("error"), []);
});

Deno.test("PollLoop ends at recovery_timeout_s with the cause, the message uncommitted", async () => {
  const harness = new Harness(errors("continue"));
  await harness.assign(1);
  for (let i = 0; i < 100 && harness.outcome === undefined; i++) {
    harness.call.fail(new UnavailableError("database is down"));
    await harness.clock.advance(5_000);
  }
  assert.equal(kindOf(harness.outcome?.error), "unavailable");
  assert.ok(harness.clock.now() >= 300_000 && harness.clock.now() <= 310_000);
  assert.deepEqual(harness.committed(), []);
});

Deno.test("PollLoop keeps an outage an outage although the processor caught it and answered an error", async () => {
  const harness = new Harness(errors("continue"), () => {
    currentMessageScope()?.failed(new UnavailableError("database is down"));
    return { status: "error", error: "could not write" };
  });
  await harness.assign(1);
  assert.deepEqual(harness.committed(), []);
  assert.match(harness.log.messages("warning").join("\n"), /t\[0\]@0 is unavailable.*database is down/);
  assert.equal((await stopped(harness))?.error, undefined);
});

Deno.test("PollLoop stops at once for a configuration error, the message uncommitted", async () => {
  const harness = new Harness(errors("continue"));
  await harness.assign(2);
  harness.call.fail(new ConfigurationError("no table orders"));
  await settle();
  assert.equal(kindOf(harness.outcome?.error), "configuration");
  assert.deepEqual(harness.committed(), []);
});

for (const answer of [undefined, null, "success", { status: "ok" }, {}]) {
  Deno.test(`PollLoop stops for a processor that answers ${JSON.stringify(answer)}, saying what was expected`, async () => {
    const harness = new Harness(errors("continue"), () => answer as never);
    await harness.assign(1);
    assert.match(String((harness.outcome?.error as Error).cause), /expected \{ status: "success" \}/);
    assert.equal(kindOf(harness.outcome?.error), "configuration");
    assert.deepEqual(harness.committed(), []);
  });
}

Deno.test("PollLoop stops for a forgotten await and names the mod", async () => {
  const harness = new Harness(errors("continue"), () => {
    const leave = currentMessageScope()?.enter("database_insert");
    setImmediate(() => leave?.());
    return { status: "success" };
  });
  await harness.assign(1);
  await settle();
  assert.match(
    String((harness.outcome?.error as Error).cause),
    /runMod\("database_insert"\) was still running/,
  );
  assert.deepEqual(harness.committed(), []);
});

Deno.test("PollLoop awaits unflushed sends before the commit; their failure is the message's error", async () => {
  const send = Promise.withResolvers<void>();
  const harness = new Harness(errors("continue"), () => {
    currentMessageScope()?.defer(send.promise);
    return { status: "success" };
  });
  await harness.assign(1);
  assert.deepEqual(harness.committed(), []);
  send.reject(new UnavailableError("not acknowledged"));
  await settle();
  assert.deepEqual(harness.committed(), []);
  assert.match(harness.log.messages("warning").join("\n"), /not acknowledged/);
  await stopped(harness);
});

Deno.test("PollLoop commits the position after gaps although nothing was processed", async () => {
  const harness = new Harness();
  await harness.assign(0);
  await harness.deliver([], 0, 42);
  assert.deepEqual(harness.committed(), [42]);
  await harness.deliver([45], 0, 50);
  assert.deepEqual(harness.committed(), [42, 45], "the gap before the record is passed");
  harness.call.succeed();
  await settle();
  assert.deepEqual(harness.committed(), [42, 45, 50], "and so is the one behind it");
});

Deno.test("PollLoop tries a commit again that the brokers did not answer", async () => {
  const harness = new Harness();
  harness.commitAnswers.push(() => Promise.reject(new UnavailableError("no coordinator")));
  await harness.assign(2);
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed()], [1, []]);
  await harness.clock.advance(200);
  assert.deepEqual([harness.calls.length, harness.committed()], [2, [1]]);
});

Deno.test("PollLoop commits what finished while a commit was on its way, in one more", async () => {
  const harness = new Harness({ maxConcurrency: 3 });
  const commit = Promise.withResolvers<void>();
  harness.commitAnswers.push(() => commit.promise);
  for (const partition of [0, 1, 2]) await harness.assign(1, partition);
  for (const call of harness.calls) {
    call.succeed();
    await settle();
  }
  commit.resolve();
  await settle();
  assert.deepEqual(harness.commits.map((offsets) => offsets.map(({ partition }) => partition)), [[0], [
    1,
    2,
  ]]);
});

Deno.test("PollLoop ends at once when the group may not be used for commits", async () => {
  const harness = new Harness();
  harness.commitAnswers.push(() => Promise.reject(new ConfigurationError("not authorised")));
  await harness.assign(1);
  harness.call.succeed();
  await settle();
  assert.equal(kindOf(harness.outcome?.error), "configuration");
});

Deno.test("PollLoop hands out nothing before it can commit", async () => {
  const open = Promise.withResolvers<void>();
  const harness = new Harness({}, undefined, open.promise);
  await harness.assign(1);
  assert.equal(harness.calls.length, 0);
  open.resolve();
  await settle();
  harness.call.succeed();
  await settle();
  assert.deepEqual(harness.committed(), [1]);
});

Deno.test("PollLoop counts an outage anew after the world answered", async () => {
  const harness = new Harness({
    errors: { onError: "retry", maxRetries: 9, retryBackoffMs: [200_000], recoveryTimeoutMs: 300_000 },
  });
  await harness.assign(1);
  for (let round = 0; round < 3; round++) {
    harness.call.fail(new UnavailableError("down"));
    await harness.clock.advance(5_000);
    harness.call.fail(new Error("bad"));
    await harness.clock.advance(200_000);
  }
  assert.deepEqual([harness.outcome, harness.calls.length], [undefined, 7]);
});

Deno.test("PollLoop ends when commits fail for longer than recovery_timeout_s", async () => {
  const harness = new Harness();
  for (let i = 0; i < 200; i++) {
    harness.commitAnswers.push(() => Promise.reject(new UnavailableError("no coordinator")));
  }
  await harness.assign(1);
  harness.call.succeed();
  await harness.clock.advance(320_000);
  assert.match(String(harness.outcome?.error), /Cannot commit offsets/);
});

Deno.test("PollLoop does not end when a commit meets a lost partition", async () => {
  const harness = new Harness();
  harness.commitAnswers.push(() => Promise.reject(new PartitionsLostError("unknown member")));
  const assignment = await harness.assign(1);
  harness.call.succeed();
  await settle();
  harness.events.lost([assignment], "member_lost");
  await harness.assign(1);
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.committed(), harness.outcome], [[1], undefined]);
});

Deno.test("PollLoop pauses a partition that brings more than it can queue, and resumes it", async () => {
  const harness = new Harness({}, () => ({ status: "success" }));
  await harness.assign(600);
  for (let i = 0; i < 200 && harness.committed().at(-1) !== 600; i++) await settle();
  assert.deepEqual(harness.flow, ["pause 0", "resume 0"]);
});

Deno.test("PollLoop logs a summary each log_summary_interval messages, and each minute while anything moves", async () => {
  const harness = new Harness({ summaryInterval: 2 }, () => ({ status: "success" }));
  await harness.assign(5);
  for (let i = 0; i < 20; i++) await settle();
  const summaries = () => harness.log.messages("info").filter((line) => line.startsWith("Processed"));
  assert.deepEqual(summaries().map((line) => line.split(",")[0]), [
    "Processed 2 messages",
    "Processed 4 messages",
  ]);
  await harness.clock.advance(60_000);
  assert.match(
    summaries().at(-1) ?? "",
    /^Processed 5 messages, Errors: 0, Retries: 0, Rate: \d+ msg\/s, Lag: 995$/,
  );
  await harness.clock.advance(180_000);
  assert.equal(summaries().length, 3, "nothing moved since");
});

Deno.test("PollLoop names a message that is long in work", async () => {
  const harness = new Harness();
  await harness.assign(1);
  await harness.clock.advance(121_000);
  assert.match(harness.log.messages("warning").at(-1) ?? "", /t\[0\]@0 is in work for 120 s/);
});
