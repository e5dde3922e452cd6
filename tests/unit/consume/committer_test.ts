import assert from "node:assert/strict";
import { Committer } from "../../../src/consume/committer.ts";
import { UnavailableError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { OffsetCommit } from "../../../src/kafka/driver.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

/** A committer whose session answers by the test, with something to commit at any time. */
function committing() {
  const clock = new ManualClock();
  const answers: PromiseWithResolvers<void>[] = [];
  const failed: unknown[] = [];
  const accepted: (readonly OffsetCommit[])[] = [];
  const committer = new Committer({
    session: {
      commit: () => {
        const answer = Promise.withResolvers<void>();
        answers.push(answer);
        return answer.promise;
      },
    },
    clock,
    log: silentLogger,
    recoveryTimeoutMs: 1_000,
    newest: () => [{ topic: "t", partition: 0, epoch: 1, offset: 1n }],
    accepted: (offsets) => void accepted.push(offsets),
    attemptFailed: () => {},
    failed: (error) => void failed.push(error),
  });
  return { clock, answers, failed, accepted, committer };
}

Deno.test("Committer.close() lets a commit on its way go on, and begins none any more", async () => {
  const { committer, answers, accepted } = committing();
  const first = committer.flush();
  const second = committer.flush();
  committer.close();
  answers[0]?.resolve();
  await Promise.all([first, second]);
  assert.deepEqual([answers.length, accepted.length], [1, 1]);
});

Deno.test("Committer.close() gives up on a commit that keeps failing", async () => {
  const { committer, answers, failed, clock } = committing();
  const flush = committer.flush();
  answers[0]?.reject(new UnavailableError("no coordinator"));
  await settle();
  committer.close();
  await flush;
  await clock.advance(60_000);
  assert.deepEqual([answers.length, failed], [1, []]);
});

Deno.test("Committer.flush() serves all who wait for it with one more commit", async () => {
  const { committer, answers } = committing();
  const flushes = [committer.flush(), committer.flush(), committer.flush()];
  for (let i = 0; i < 2; i++) {
    assert.equal(answers.length, i + 1, "one at a time");
    answers[i]?.resolve();
    await settle();
  }
  await Promise.all(flushes);
  assert.equal(answers.length, 2);
});
