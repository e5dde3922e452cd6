import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import { PartitionsLostError } from "../../../src/kafka/driver.ts";
import { Generation, type GenerationPorts } from "../../../src/kafka/kafkajs/generation.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

const assignment = { topic: "t", partition: 0, epoch: 1, position: 0n, committed: 0n };
const offset = { topic: "t", partition: 0, epoch: 1, offset: 1n };

/** A generation whose commits are answered by the test. */
function generationWith(commit: () => Promise<void>): Generation {
  return new Generation([assignment], {
    cluster: { brokerPool: { metadata: null } },
    membership: { commit },
    options: { topics: ["t"], groupId: "g", log: silentLogger },
    clock: new ManualClock(),
    events: {},
  } as unknown as GenerationPorts);
}

Deno.test("Generation.commit() waits for the answer while the partitions are held, also while they are revoked", async () => {
  const answer = Promise.withResolvers<void>();
  const generation = generationWith(() => answer.promise);
  let settled = false;
  const commit = generation.commit([offset]).finally(() => settled = true);
  generation.close();
  await settle();
  assert.equal(settled, false);
  answer.resolve();
  await commit;
});

Deno.test("Generation.commit() gives up a commit that nobody has answered when the partitions are lost", async () => {
  const generation = generationWith(() => new Promise(() => {}));
  const commit = generation.commit([offset]);
  generation.lose();
  await assert.rejects(commit, PartitionsLostError);
});
