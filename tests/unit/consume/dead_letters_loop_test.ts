/** Dead letters in the loop: written before the commit, waited for, and not after a stop or a loss. */
import assert from "node:assert/strict";
import type { DeadLetters } from "../../../src/consume/dead_letters.ts";
import type { DeadMessage } from "../../../src/consume/dead_letters_letter.ts";
import { ConfigurationError, errorText, PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import type { SentRecord } from "../../../src/kafka/driver.ts";
import { settle } from "../../support/manual_clock.ts";
import { Harness } from "./harness.ts";

type Answer = PromiseWithResolvers<SentRecord>;

/** Letters that a test answers by hand. */
class ScriptedLetters implements DeadLetters {
  readonly topic = "dlq";
  readonly written: DeadMessage[] = [];
  readonly #answers: Answer[] = [];

  write(dead: DeadMessage): Promise<SentRecord> {
    this.written.push(dead);
    const answer: Answer = Promise.withResolvers();
    this.#answers.push(answer);
    return answer.promise;
  }

  /** Answers the letter under way. */
  async accept(): Promise<void> {
    this.#answers.at(-1)!.resolve({ topic: "dlq", partition: 3, offset: 7n });
    await settle();
  }

  async refuse(error: Error): Promise<void> {
    this.#answers.at(-1)!.reject(error);
    await settle();
  }
}

const errors = (onError: "continue" | "retry" | "stop") => ({
  errors: { onError, maxRetries: 1, retryBackoffMs: [100], recoveryTimeoutMs: 60_000 },
});

/** A loop that has a dead letter under way, for the first of two messages. */
async function burying(onError: "continue" | "retry" = "continue") {
  const letters = new ScriptedLetters();
  const harness = new Harness(errors(onError), undefined, undefined, letters);
  const assignment = await harness.assign(2);
  harness.call.fail(new PermanentError("bad"));
  await settle();
  return { letters, harness, assignment };
}

Deno.test("PollLoop commits a message whose dead letter is acknowledged, and not before", async () => {
  const { letters, harness } = await burying();
  const [dead] = letters.written;
  assert.deepEqual([dead?.topic, dead?.partition, dead?.record.offset, dead?.kind, dead?.attempts], [
    "t",
    0,
    0n,
    "permanent",
    1,
  ]);
  assert.deepEqual([harness.committed(), harness.calls.length], [[], 1], "the next waits for it");
  await letters.accept();
  assert.deepEqual([harness.committed(), harness.call.offset], [[1], 1]);
  assert.deepEqual(harness.log.messages("error"), [
    "Cannot process t[0]@0, it is in the dead letters as dlq[3]@7: bad",
  ]);
  harness.call.succeed();
  await settle();
  harness.control.requestStop();
  await settle();
  assert.deepEqual(harness.outcome, {
    stats: { processed: 2, errors: 1, retries: 0, commits: 2, dead_lettered: 1 },
  });
  assert.match(harness.log.messages("info").join("\n"), /Lag: \d+, Dead letters: 1/);
});

Deno.test("PollLoop with on_error retry writes a dead letter when the retries are used up, and counts them", async () => {
  const letters = new ScriptedLetters();
  const harness = new Harness(errors("retry"), undefined, undefined, letters);
  await harness.assign(1);
  harness.call.fail(new Error("bad"));
  await settle();
  assert.equal(letters.written.length, 0);
  await harness.clock.advance(100);
  harness.call.fail(new Error("bad again"));
  await settle();
  assert.equal(letters.written[0]?.attempts, 2);
  assert.equal(errorText(letters.written[0]?.error), "bad again");
  await letters.accept();
  assert.deepEqual(harness.committed(), [1]);
});

Deno.test("PollLoop writes a dead letter again until it is acknowledged, without asking the processor again", async () => {
  const { letters, harness } = await burying();
  for (const wait of [200, 400, 800]) {
    await letters.refuse(new UnavailableError("no leader"));
    assert.match(
      harness.log.messages("warning").at(-1) ?? "",
      new RegExp(
        `t\\[0\\]@0 failed and its dead letter cannot be written, trying again in ${wait} ms: no leader`,
      ),
    );
    const before = letters.written.length;
    await harness.clock.advance(wait - 1);
    assert.equal(letters.written.length, before);
    await harness.clock.advance(1);
    assert.equal(letters.written.length, before + 1);
  }
  assert.deepEqual([harness.committed(), harness.calls.length], [[], 1]);
  await letters.accept();
  assert.deepEqual([harness.committed(), harness.calls.length], [[1], 2]);
});

Deno.test("PollLoop ends with the message uncommitted where its dead letter cannot be written for too long", async () => {
  const { letters, harness } = await burying();
  for (let i = 0; i < 100 && harness.outcome === undefined; i++) {
    await letters.refuse(new UnavailableError("no leader"));
    await harness.clock.advance(5_000);
  }
  assert.match(errorText(harness.outcome?.error), /Cannot process t\[0\]@0: no leader/);
  assert.deepEqual(harness.committed(), []);
  assert.ok(harness.clock.now() >= 60_000, "as long as an outage may last");
});

Deno.test("PollLoop ends at once where the dead letter topic may not be written to", async () => {
  const { letters, harness } = await burying();
  await letters.refuse(new ConfigurationError("not authorised"));
  assert.match(errorText(harness.outcome?.error), /not authorised/);
  assert.deepEqual(harness.committed(), []);
});

Deno.test("PollLoop with on_error stop writes no dead letter", async () => {
  const letters = new ScriptedLetters();
  const harness = new Harness(errors("stop"), undefined, undefined, letters);
  await harness.assign(1);
  harness.call.fail(new Error("bad"));
  await settle();
  assert.deepEqual([letters.written.length, harness.committed()], [0, []]);
  assert.notEqual(harness.outcome?.error, undefined);
});

Deno.test("PollLoop writes no dead letter for an error after the stop was requested, nor of an outage", async () => {
  const letters = new ScriptedLetters();
  const harness = new Harness(errors("continue"), undefined, undefined, letters);
  await harness.assign(1);
  harness.call.fail(new UnavailableError("the database is away"));
  await settle();
  assert.equal(letters.written.length, 0, "an outage is not poison");
  await harness.clock.advance(200);
  harness.control.requestStop();
  harness.call.fail(new Error("shutdown"));
  await settle();
  assert.deepEqual([letters.written.length, harness.committed()], [0, []]);
  assert.equal(harness.outcome?.error, undefined);
});

Deno.test("PollLoop waits for a dead letter under way when it stops, and commits it", async () => {
  const { letters, harness } = await burying();
  harness.control.requestStop();
  await settle();
  assert.ok(harness.outcome === undefined);
  assert.match(harness.log.messages("info").join("\n"), /waiting for t\[0\]@0 \(in its dead letter\)/);
  await letters.accept();
  assert.deepEqual(harness.committed(), [1]);
  assert.ok("stats" in (harness.outcome ?? {}), "it stopped in order");
});

Deno.test("PollLoop leaves a message uncommitted whose dead letter fails once the stop was requested", async () => {
  for (
    const [stopFirst, error] of [
      [true, new UnavailableError("no leader")],
      [false, new UnavailableError("no leader")],
      [true, new ConfigurationError("not authorised")], // it may be an echo of the stop
    ] as const
  ) {
    const { letters, harness } = await burying();
    if (stopFirst) harness.control.requestStop();
    await letters.refuse(error);
    harness.control.requestStop(); // or it comes while the next attempt is waited for
    await settle();
    assert.deepEqual([harness.committed(), letters.written.length], [[], 1]);
    assert.notEqual(harness.outcome, undefined, "it does not wait for the next attempt");
    assert.equal(harness.outcome?.error, undefined);
  }
});

Deno.test("PollLoop commits nothing for a dead letter that is acknowledged after its partition was lost", async () => {
  const { letters, harness, assignment } = await burying();
  harness.events.lost([assignment], "member_lost");
  await letters.accept();
  assert.deepEqual(harness.committed(), []);
  await harness.assign(1);
  assert.equal(harness.call.offset, 0, "it comes again");
});
