import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import { PartitionsLostError } from "../../../src/kafka/driver.ts";
import { Generation, type GenerationPorts } from "../../../src/kafka/kafkajs/generation.ts";
import { Outages } from "../../../src/kafka/kafkajs/outages.ts";
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
    outages: new Outages(new ManualClock(), {}),
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

Deno.test("Generation.commit() drops an older low mark while a position is chosen anew", async () => {
  const committed: bigint[] = [];
  const told: string[] = [];
  const chosen = Promise.withResolvers<void>();
  const fresh = { topic: "t", partition: 0, epoch: 2, position: 50n, committed: 50n };
  const outOfRange = { responses: [{ topicName: "t", partitions: [{ partition: 0, errorCode: 1 }] }] };
  const answers: unknown[] = [outOfRange];
  const cluster = {
    brokerPool: { metadata: {} },
    refreshMetadata: () => Promise.resolve(),
    refreshMetadataIfNecessary: () => Promise.resolve(),
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: "1" }],
    findBroker: () =>
      Promise.resolve({
        lookupRequest: () => (request: unknown) => ({ request, response: {} }),
        connectionPool: { send: () => answers.shift() ?? new Promise(() => {}) },
      }),
  };
  const generation = new Generation([assignment], {
    cluster,
    membership: {
      heartbeat: () => Promise.resolve(),
      commit: (offsets: readonly { offset: bigint }[]) =>
        Promise.resolve(void committed.push(...offsets.map(({ offset }) => offset))),
    },
    positions: {
      bounds: () => Promise.resolve({ beginning: 50n, end: 60n }),
      reset: () => chosen.promise.then(() => fresh),
    },
    fetch: { maxWaitMs: 200, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, isolationLevel: 1 },
    options: { topics: ["t"], groupId: "g", log: silentLogger, heartbeatIntervalMs: 3_000 },
    outages: new Outages(new ManualClock(), {}),
    clock: new ManualClock(),
    events: {
      lost: (_: unknown, reason: string) => told.push(reason),
      assigned: () => told.push("assigned"),
    },
  } as unknown as GenerationPorts);
  const running = generation.run();
  await settle();
  await generation.commit([offset]);
  assert.deepEqual(committed, [], "50 may be committed by now, and 1 must not follow it");
  chosen.resolve();
  await settle();
  await generation.commit([{ ...offset, epoch: 2, offset: 51n }]);
  generation.close();
  await running;
  assert.deepEqual([told, committed], [["out_of_range", "assigned"], [51n]]);
});
