import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Assignment } from "../../../src/kafka/driver.ts";
import { encodeAssignment, subscription } from "../../../src/kafka/kafkajs/range_assigner.ts";
import { KafkajsSession, type SessionPorts } from "../../../src/kafka/kafkajs/session.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3_000;

/** A coordinator that lets one member in at once, and answers what it has committed when the test says so. */
class Coordinator {
  readonly #clock: ManualClock;
  readonly offsets = Promise.withResolvers<void>();
  /** Whether heartbeats are answered, or fail. */
  answers = true;
  heartbeats = 0;
  #heardAt = 0;
  /** The longest time that it heard nothing of the member. */
  longestSilence = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  readonly connectionPool = {
    send: () => {
      this.#heard();
      const { metadata } = subscription(["t"]);
      const members = [{ memberId: "m", memberMetadata: metadata }];
      return Promise.resolve({ errorCode: 0, generationId: 1, leaderId: "m", memberId: "m", members });
    },
  };

  lookupRequest() {
    return () => ({ request: { apiVersion: 5 }, response: {} });
  }

  isConnected(): boolean {
    return true;
  }

  syncGroup() {
    this.#heard();
    return Promise.resolve({ memberAssignment: encodeAssignment({ t: [0] }) });
  }

  heartbeat(): Promise<void> {
    this.#heard();
    this.heartbeats++;
    return this.answers ? Promise.resolve() : Promise.reject(new Error("no answer"));
  }

  async offsetFetch() {
    await this.offsets.promise;
    return { responses: [{ topic: "t", partitions: [{ partition: 0, offset: "5" }] }] };
  }

  leaveGroup(): Promise<void> {
    return Promise.resolve();
  }

  #heard(): void {
    this.longestSilence = Math.max(this.longestSilence, this.#clock.now() - this.#heardAt);
    this.#heardAt = this.#clock.now();
  }
}

/** A session of one partition, on brokers of the test. */
function bench() {
  const clock = new ManualClock();
  const coordinator = new Coordinator(clock);
  const done = () => Promise.resolve();
  const cluster = {
    connect: done,
    disconnect: done,
    addMultipleTargetTopics: done,
    refreshMetadata: done,
    refreshMetadataIfNecessary: done,
    findGroupCoordinator: () => Promise.resolve(coordinator),
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findBroker: () => new Promise(() => {}), // nothing is read
    brokerPool: { brokers: {}, metadata: null },
  };
  const assigned: Assignment[] = [];
  const session = new KafkajsSession({
    cluster,
    clock,
    options: {
      topics: ["t"],
      groupId: "g",
      autoOffsetReset: "earliest",
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: 60_000,
      heartbeatIntervalMs: HEARTBEAT_MS,
      revokeTimeoutMs: 2_000,
      recoveryTimeoutMs: 300_000,
      log: silentLogger,
    },
    fetch: { maxWaitMs: 200, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, isolationLevel: 1 },
    events: {
      assigned: (some: readonly Assignment[]) => void assigned.push(...some),
      lost() {},
      crashed: (error: unknown) => assert.fail(String(error)),
    },
  } as unknown as SessionPorts);
  const close = async () => {
    const closing = session.close();
    await clock.advance(5_000);
    await closing;
  };
  return { clock, coordinator, session, assigned, close };
}

Deno.test("KafkajsSession stays a member while its positions are looked up, however long that takes", async () => {
  const { clock, coordinator, session, assigned, close } = bench();
  session.start();
  await clock.advance(10 * SESSION_MS);
  assert.deepEqual(assigned, []);
  coordinator.offsets.resolve();
  await settle();
  assert.deepEqual(assigned.map(({ position }) => position), [5n]);
  await clock.advance(10 * SESSION_MS);
  assert.ok(
    coordinator.longestSilence < SESSION_MS,
    `the group heard nothing for ${coordinator.longestSilence} ms`,
  );
  await close();
});

Deno.test("KafkajsSession sends one heartbeat at a time once its positions are found", async () => {
  const { clock, coordinator, session, close } = bench();
  session.start();
  await clock.advance(2 * SESSION_MS);
  coordinator.offsets.resolve();
  await settle();
  const before = coordinator.heartbeats;
  await clock.advance(10 * HEARTBEAT_MS);
  const more = coordinator.heartbeats - before;
  assert.ok(more >= 9 && more <= 11, `${more} heartbeats in ten intervals`);
  await close();
});

Deno.test("KafkajsSession begins although heartbeats failed while its positions were looked up", async () => {
  const { clock, coordinator, session, assigned, close } = bench();
  coordinator.answers = false;
  session.start();
  await clock.advance(2 * SESSION_MS);
  coordinator.answers = true;
  coordinator.offsets.resolve();
  await settle();
  assert.equal(assigned.length, 1);
  await close();
});

Deno.test("KafkajsSession sends no heartbeat after it was closed while its positions are looked up", async () => {
  const { clock, coordinator, session, close } = bench();
  session.start();
  await clock.advance(2 * SESSION_MS);
  await close();
  const before = coordinator.heartbeats;
  await clock.advance(10 * HEARTBEAT_MS);
  assert.equal(coordinator.heartbeats, before);
  coordinator.offsets.resolve();
});
