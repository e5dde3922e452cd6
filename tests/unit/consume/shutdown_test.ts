import assert from "node:assert/strict";
import { kindOf, UnavailableError } from "../../../src/core/errors.ts";
import { settle } from "../../support/manual_clock.ts";
import { Harness } from "./harness.ts";

const stopAtError = {
  errors: { onError: "continue" as const, maxRetries: 3, retryBackoffMs: [100], recoveryTimeoutMs: 300_000 },
};

Deno.test("PollLoop drains: waits for the message in work, commits it, begins no other", async () => {
  const harness = new Harness();
  await harness.assign(3);
  harness.control.requestStop();
  await settle();
  assert.equal(harness.control.initiated, true);
  assert.equal(harness.closed, 0, "the message is still in work");
  assert.equal(harness.call.context.signal.aborted, false, "its signal waits for the deadline");
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed(), harness.closed], [1, [1], 1]);
  assert.equal(harness.outcome?.error, undefined);
});

Deno.test("PollLoop leaves a message unfinished that fails after the stop was requested", async () => {
  const harness = new Harness(stopAtError);
  await harness.assign(2);
  harness.control.requestStop();
  harness.call.fail(new Error("shutdown"));
  await settle();
  assert.deepEqual([harness.committed(), harness.log.messages("error")], [[], []]);
  assert.equal(harness.outcome?.error, undefined, "drained: exit code 0");
});

Deno.test("PollLoop leaves a message unfinished whose processor asks for the stop before its first await, and fails", async () => {
  const harness = new Harness(stopAtError, () => {
    harness.control.requestStop();
    throw new Error("shutdown");
  });
  await harness.assign(2);
  assert.deepEqual([harness.committed(), harness.log.messages("error")], [[], []]);
  assert.equal(harness.outcome?.error, undefined, "drained: exit code 0");
});

Deno.test("PollLoop ends a back-off at once when a stop is requested, the message unfinished", async () => {
  const harness = new Harness(stopAtError);
  await harness.assign(1);
  harness.call.fail(new UnavailableError("down"));
  await settle();
  harness.control.requestStop();
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed(), harness.outcome?.error], [1, [], undefined]);
});

Deno.test("PollLoop fires the signal at the drain deadline and fails, naming what is left", async () => {
  const harness = new Harness({ drainTimeoutMs: 30_000 });
  await harness.assign(1);
  harness.control.requestStop();
  await harness.clock.advance(29_999);
  assert.equal(harness.call.context.signal.aborted, false);
  await harness.clock.advance(1);
  assert.equal(harness.call.context.signal.aborted, true);
  assert.match(String(harness.outcome?.error), /Cannot drain within 30 s: t\[0\]@0 had not ended/);
  assert.deepEqual([harness.committed(), harness.closed], [[], 1]);
});

Deno.test("PollLoop commits what is done although another message does not drain", async () => {
  const harness = new Harness({ maxConcurrency: 2 });
  await harness.assign(1, 0);
  await harness.assign(1, 1);
  harness.control.requestStop();
  harness.calls.find(({ partition }) => partition === 1)?.succeed();
  await harness.clock.advance(30_000);
  assert.deepEqual([harness.committed(0), harness.committed(1)], [[], [1]]);
});

Deno.test("PollLoop gives up on a last commit that nobody answers", async () => {
  const harness = new Harness();
  harness.commitAnswers.push(() => new Promise(() => {}));
  await harness.assign(1);
  harness.call.succeed();
  await settle();
  harness.control.requestStop();
  await harness.clock.advance(36_000);
  assert.equal(kindOf(harness.outcome?.error), "unavailable");
});

Deno.test("PollLoop does not begin where the stop was requested before", async () => {
  const harness = new Harness();
  harness.control.requestStop();
  await settle();
  assert.deepEqual([harness.calls.length, harness.outcome?.error], [0, undefined]);
});

Deno.test("PollLoop hands out nothing of a revoked partition, and commits what ends within a second", async () => {
  const harness = new Harness();
  const assignment = await harness.assign(3);
  const revoked = harness.events.revoking([assignment]);
  harness.call.succeed();
  await revoked;
  assert.deepEqual([harness.calls.length, harness.committed()], [1, [1]]);
  harness.events.lost([assignment], "rebalance");
  await settle();
  assert.equal(harness.calls.length, 1);
});

Deno.test("PollLoop takes no records of a revoked partition, nor of an older assignment", async () => {
  const harness = new Harness();
  const first = await harness.assign(1);
  const revoked = harness.events.revoking([first]);
  await harness.deliver([1]);
  harness.call.succeed();
  await revoked;
  harness.events.lost([first], "rebalance");
  await harness.assign(0);
  const record = { offset: 5n, timestamp: 1, key: null, value: null, headers: [] };
  harness.events.records({ ...first, records: [record], nextOffset: 6n, endOffset: 6n });
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed()], [1, [1]]);
});

Deno.test("PollLoop does not take a commit of an older assignment for one of the new", async () => {
  const harness = new Harness();
  const commit = Promise.withResolvers<void>();
  harness.commitAnswers.push(() => commit.promise);
  const first = await harness.assign(1);
  harness.call.succeed();
  await settle();
  harness.events.lost([first], "rebalance");
  await harness.assign(0);
  commit.resolve();
  await settle();
  await harness.deliver([], 0, 1);
  assert.deepEqual(harness.committed(), [1, 1], "the new assignment commits on its own");
});

Deno.test("PollLoop ends the back-off of a revoked message at once", async () => {
  const harness = new Harness(stopAtError);
  const assignment = await harness.assign(1);
  harness.call.fail(new UnavailableError("down"));
  await settle();
  let over = false;
  harness.events.revoking([assignment]).then(() => over = true);
  await settle();
  assert.deepEqual([over, harness.calls.length], [true, 1]);
});

Deno.test("PollLoop lets a rebalance wait for the commit that is on its way", async () => {
  const harness = new Harness();
  const commit = Promise.withResolvers<void>();
  const assignment = await harness.assign(0);
  harness.commitAnswers.push(() => commit.promise);
  await harness.deliver([], 0, 42);
  let over = false;
  harness.events.revoking([assignment]).then(() => over = true);
  await settle();
  assert.equal(over, false);
  commit.resolve();
  await settle();
  assert.deepEqual([over, harness.committed()], [true, [42]]);
});

Deno.test("PollLoop does not keep a rebalance waiting for a long message", async () => {
  const harness = new Harness();
  const assignment = await harness.assign(3);
  let over = false;
  harness.events.revoking([assignment]).then(() => over = true);
  await harness.clock.advance(1_000);
  assert.equal(over, true);
});

Deno.test("PollLoop fences work of a lost partition: its signal fires, and its success commits nothing", async () => {
  const harness = new Harness();
  const assignment = await harness.assign(2);
  harness.events.lost([assignment], "member_lost");
  assert.equal(harness.call.context.signal.aborted, true);
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.committed(), harness.calls.length], [[], 1]);
  harness.control.requestStop();
  await settle();
  assert.deepEqual(harness.outcome?.stats, { processed: 0, errors: 0, retries: 0, commits: 0 });
});

Deno.test("PollLoop does not count an error of a lost partition", async () => {
  const harness = new Harness({
    errors: { onError: "stop", maxRetries: 0, retryBackoffMs: [1], recoveryTimeoutMs: 1000 },
  });
  const assignment = await harness.assign(1);
  harness.events.lost([assignment], "rebalance");
  harness.call.fail(new Error("aborted"));
  await settle();
  assert.deepEqual([harness.outcome, harness.log.messages("error")], [undefined, []]);
});

Deno.test("PollLoop does not hand an offset out again while it still runs for the lost assignment", async () => {
  const harness = new Harness({ maxConcurrency: 4 });
  const assignment = await harness.assign(1);
  const [first] = harness.calls;
  harness.events.lost([assignment], "rebalance");
  await harness.assign(1);
  assert.equal(harness.calls.length, 1, "the first attempt has not settled");
  first?.succeed();
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed()], [2, []], "it finished into nothing");
  harness.call.succeed();
  await settle();
  assert.deepEqual(harness.committed(), [1]);
});

Deno.test("PollLoop drops what is queued of a lost partition", async () => {
  const harness = new Harness();
  await harness.assign(3, 0);
  const other = await harness.assign(3, 1);
  harness.events.lost([other], "rebalance");
  for (let i = 0; i < 3; i++) {
    harness.call.succeed();
    await settle();
  }
  assert.deepEqual(harness.calls.map(({ partition }) => partition), [0, 0, 0]);
});

Deno.test("PollLoop works off what it has read of a log that is cut meanwhile, and gives it up with the partition", async () => {
  const harness = new Harness();
  const cut = await harness.assign(4);
  harness.events.lost([cut], "out_of_range");
  const fresh = await harness.assign(0, 0, 100);
  assert.equal(harness.call.context.signal.aborted, false);
  harness.call.succeed();
  await settle();
  assert.deepEqual(
    harness.calls.map(({ offset }) => offset),
    [0, 1],
    "what is queued is not in the log any more",
  );
  harness.events.lost([fresh], "rebalance");
  assert.equal(harness.call.context.signal.aborted, true, "somebody else goes on with the partition");
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.calls.length, harness.committed()], [2, []]);
});

Deno.test("PollLoop stops for a message of a log that was cut, as for any other", async () => {
  const harness = new Harness({
    errors: { onError: "stop", maxRetries: 0, retryBackoffMs: [1], recoveryTimeoutMs: 1000 },
  });
  const cut = await harness.assign(1);
  harness.events.lost([cut], "out_of_range");
  harness.call.fail(new Error("bad"));
  await settle();
  assert.match(String(harness.outcome?.error), /Cannot process t\[0\]@0/);
});

Deno.test("PollLoop fails with the error of a session that crashed", async () => {
  const harness = new Harness();
  await harness.assign(1);
  harness.call.succeed();
  await settle();
  harness.events.crashed(new UnavailableError("no broker for 300 s"));
  await settle();
  assert.match(String(harness.outcome?.error), /no broker for 300 s/);
});

Deno.test("max_processing_s fires the signal; a success after it is a success", async () => {
  const harness = new Harness({ maxProcessingMs: 5_000 });
  await harness.assign(1);
  await harness.clock.advance(5_000);
  assert.equal((harness.call.context.signal.reason as Error).name, "TimeoutError");
  harness.call.succeed();
  await settle();
  assert.deepEqual([harness.committed(), harness.log.messages("error")], [[1], []]);
});

Deno.test("max_processing_s makes any error after it a record error", async () => {
  const harness = new Harness({ maxProcessingMs: 5_000 });
  await harness.assign(1);
  await harness.clock.advance(5_000);
  harness.call.fail(new UnavailableError("query was cancelled"));
  await settle();
  assert.deepEqual([harness.committed(), harness.log.messages("error").length], [[1], 1]);
});

Deno.test("max_processing_s ends the job where the message does not settle although told to", async () => {
  const harness = new Harness({ maxProcessingMs: 5_000, drainTimeoutMs: 30_000 });
  await harness.assign(1);
  await harness.clock.advance(70_000);
  assert.match(String(harness.outcome?.error), /t\[0\]@0 did not settle/);
  assert.deepEqual(harness.committed(), []);
});
