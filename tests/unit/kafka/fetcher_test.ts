import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { silentLogger } from "../../../src/core/logger.ts";
import type { FetchedPartition } from "../../../src/kafka/kafkajs/broker.ts";
import { Fetcher } from "../../../src/kafka/kafkajs/fetcher.ts";
import type { Cluster } from "../../../src/kafka/kafkajs/internals.ts";
import type { LogBatch } from "../../../src/kafka/kafkajs/log_batch.ts";
import { Leaders } from "../../../src/kafka/kafkajs/leaders.ts";
import { Outages } from "../../../src/kafka/kafkajs/outages.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

/** Records `from` to `to` of one batch. */
const batch = (from: number, to: number): LogBatch[] =>
  from === to ? [] : [{
    firstOffset: BigInt(from),
    end: BigInt(to),
    producerId: -1n,
    inTransaction: false,
    isControl: false,
    records: Array.from({ length: to - from }, (_, i) => ({
      offset: BigInt(from + i),
      timestamp: 1,
      key: null,
      value: Buffer.from("v"),
      headers: [],
    })),
  }];

const answerOf = (partition: number, batches: readonly LogBatch[], errorCode = 0): FetchedPartition => ({
  topic: "t",
  partition,
  errorCode,
  highWatermark: 500n,
  lastStableOffset: 500n,
  abortedTransactions: [],
  batches,
  unreadable: undefined,
});

/** A fetcher of partitions 0 and 1 whose two brokers are played by the test. */
class Scene {
  /** What was asked: broker, then partition and offset of each. */
  readonly asked: string[] = [];
  /** What was handed on: partition, first and last offset. */
  readonly got: string[] = [];
  /** What it gave up with. */
  readonly failures: string[] = [];
  /** What may be of a topic that was made again: partition and position. */
  readonly doubted: string[] = [];
  looked: () => Promise<void> = () => Promise.resolve();
  readonly clock = new ManualClock();
  readonly #waiting: Record<string, ((answer: unknown) => void)[]> = { 1: [], 2: [] };
  readonly #leaders = ["1", "2"];
  readonly #pool = { metadata: {} };
  readonly fetcher: Fetcher;

  constructor() {
    const cluster = {
      brokerPool: this.#pool,
      refreshMetadata: () => Promise.resolve(),
      refreshMetadataIfNecessary: () => Promise.resolve(),
      findBroker: ({ nodeId }: { nodeId: string }) => Promise.resolve(this.#broker(nodeId)),
      findTopicPartitionMetadata: () => this.#leaders.map((leader, partitionId) => ({ partitionId, leader })),
    } as unknown as Cluster;
    this.fetcher = new Fetcher({
      cluster,
      leaders: new Leaders(cluster, ["t"]),
      settings: { maxWaitMs: 200, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, isolationLevel: 1 },
      clock: this.clock,
      log: silentLogger,
      outages: new Outages(this.clock, {}),
      recoveryTimeoutMs: 300_000,
      records: ({ partition, records }) =>
        void this.got.push(`${partition}: ${records[0]?.offset}-${records.at(-1)?.offset}`),
      outOfRange: () => Promise.resolve(),
      ifRemade: (assignments) => {
        this.doubted.push(...assignments.map(({ partition, position }) => `${partition}@${position}`));
        return this.looked();
      },
      metadataChanged: () => {},
      failed: (error) => void this.failures.push(String(error)),
    });
    for (const partition of [0, 1]) {
      this.fetcher.hold({ topic: "t", partition, epoch: partition + 1, position: 100n, committed: 100n });
    }
  }

  /** Another broker leads partition 0 now. */
  move(leader: string): void {
    this.#leaders[0] = leader;
    this.#pool.metadata = {};
  }

  async answer(broker: string, ...partitions: unknown[]): Promise<void> {
    this.#waiting[broker]?.shift()?.({ responses: [{ topicName: "t", partitions }] });
    await settle();
  }

  #broker(id: string) {
    type Request = { topics: { partitions: { partition: number; fetchOffset: string }[] }[] };
    return {
      lookupRequest: () => (request: Request) => ({ request, response: {} }),
      connectionPool: {
        send: ({ request }: { request: Request }) => {
          const partitions = request.topics.flatMap((topic) => topic.partitions);
          this.asked.push(`${id}: ${partitions.map((p) => `${p.partition}@${p.fetchOffset}`).join(" ")}`);
          return new Promise((resolve) => this.#waiting[id]?.push(resolve));
        },
      },
    };
  }
}

Deno.test("Fetcher drops an old leader's answer that comes after the new leader's", async () => {
  const scene = new Scene();
  await settle();
  scene.move("2");
  await scene.answer("2", answerOf(1, [])); // broker 2 is asked for both now; broker 1's answer is still on its way
  await scene.answer("2", answerOf(0, batch(100, 150)));
  await scene.answer("1", answerOf(0, batch(100, 120)));
  await scene.answer("2", answerOf(0, batch(150, 160)));
  scene.fetcher.close();
  assert.deepEqual([scene.failures, scene.got], [[], ["0: 100-149", "0: 150-159"]]);
});

Deno.test("Fetcher asks whether a topic is still the same before it hands on what comes after a failure, once", async () => {
  const scene = new Scene();
  await settle();
  await scene.answer("1", answerOf(0, batch(100, 110)));
  await scene.answer("1", answerOf(0, [], 3)); // UNKNOWN_TOPIC_OR_PARTITION
  assert.deepEqual(scene.doubted, []);
  const looked = Promise.withResolvers<void>();
  scene.looked = () => looked.promise;
  await scene.clock.advance(1_000);
  await scene.answer("1", answerOf(0, batch(110, 120)));
  assert.deepEqual([scene.doubted, scene.got], [["0@110"], ["0: 100-109"]]);
  looked.resolve();
  await settle();
  await scene.answer("1", answerOf(0, batch(120, 130)));
  scene.fetcher.close();
  assert.deepEqual([scene.doubted, scene.got], [["0@110"], ["0: 100-109", "0: 110-119", "0: 120-129"]]);
});

Deno.test("Fetcher hands on nothing of old offsets where the topic was made again, also where these are out of its range", async () => {
  for (const code of [0, 1]) {
    const scene = new Scene();
    const fresh = { topic: "t", partition: 0, epoch: 9, position: 0n, committed: 0n };
    scene.looked = () => {
      scene.fetcher.drop(fresh);
      scene.fetcher.hold(fresh);
      return Promise.resolve();
    };
    await settle();
    await scene.answer("1", answerOf(0, [], 3));
    await scene.clock.advance(1_000);
    await scene.answer("1", answerOf(0, code === 0 ? batch(100, 110) : [], code));
    await scene.answer("1", answerOf(0, batch(0, 5)));
    scene.fetcher.close();
    assert.deepEqual([scene.doubted, scene.got], [["0@100"], ["0: 0-4"]]);
  }
});

Deno.test("Fetcher that cannot learn whether a topic is still the same hands on nothing, and asks again", async () => {
  const scene = new Scene();
  await settle();
  await scene.answer("1", answerOf(0, [], 6));
  scene.looked = () => Promise.reject(new Error("no coordinator"));
  await scene.clock.advance(1_000);
  await scene.answer("1", answerOf(0, batch(100, 110)));
  scene.looked = () => Promise.resolve();
  await scene.clock.advance(2_000);
  await scene.answer("1", answerOf(0, batch(100, 110)));
  scene.fetcher.close();
  assert.deepEqual([scene.doubted, scene.got], [["0@100", "0@100"], ["0: 100-109"]]);
});

Deno.test("Fetcher hands on what came of the other partitions when one of them has a problem", async () => {
  const scene = new Scene();
  scene.move("2");
  await settle();
  await scene.answer("2", answerOf(1, []));
  await scene.answer("2", answerOf(0, [], 6), answerOf(1, batch(100, 105)));
  scene.fetcher.close();
  assert.deepEqual([scene.failures, scene.got], [[], ["1: 100-104"]]);
});

Deno.test("Fetcher hands on what came of the other partitions when a batch of one of them cannot be read", async () => {
  const scene = new Scene();
  scene.move("2");
  await settle();
  await scene.answer("2", answerOf(1, []));
  const unreadable = {
    firstOffset: 100n,
    end: 101n,
    why: "checksum does not fit",
    isUnknown: false,
    cause: undefined,
  };
  await scene.answer("2", { ...answerOf(0, []), unreadable }, answerOf(1, batch(100, 105)));
  scene.fetcher.close();
  assert.deepEqual([scene.failures, scene.got], [[], ["1: 100-104"]]);
});

Deno.test("Fetcher gives up at once where a batch is of a kind that is not known", async () => {
  const scene = new Scene();
  await settle();
  const unreadable = { firstOffset: 100n, end: 102n, why: "format is 3", isUnknown: true, cause: undefined };
  await scene.answer("1", { ...answerOf(0, []), unreadable });
  scene.fetcher.close();
  assert.match(
    scene.failures.join(),
    /^ConfigurationError: Cannot read t\[0\] at offset 100: .* its format is 3/,
  );
});

Deno.test("Fetcher asks last for the partition that was served last", async () => {
  const scene = new Scene();
  scene.move("2");
  await settle();
  await scene.answer("2", answerOf(0, batch(100, 101)), answerOf(1, []));
  scene.fetcher.close();
  assert.equal(scene.asked.at(-1), "2: 1@100 0@101");
});

Deno.test("Fetcher.underWay() has each broker that is asked: it moves with the slowest of its partitions", async () => {
  const scene = new Scene();
  scene.move("2");
  await settle();
  await scene.answer("2", answerOf(1, []));
  const step = () => {
    const [first, ...others] = scene.fetcher.underWay();
    assert.deepEqual(others, []);
    return first;
  };
  assert.deepEqual([step()?.step, step()?.waitsFor], ["fetch", "the answer of broker 2 for t[0,1]"]);
  const before = step()?.moves;
  await scene.clock.advance(60_000);
  assert.equal(step()?.moves, before, "nothing came");
  await scene.answer("2", answerOf(0, []), answerOf(1, []));
  assert.notEqual(step()?.moves, before, "an answer without records is one");
  scene.fetcher.pause({ topic: "t", partition: 1 }, true);
  assert.equal(step()?.waitsFor, "the answer of broker 2 for t[0]");
  scene.fetcher.pause({ topic: "t", partition: 0 }, true);
  assert.equal(step(), undefined, "nothing is waited for");
  scene.fetcher.close();
});

Deno.test("Fetcher.underWay() takes a failure for a move, since the log tells of it and it has a bound", async () => {
  const scene = new Scene();
  scene.move("-1");
  await settle();
  await scene.answer("1", answerOf(0, []));
  const moves = () => scene.fetcher.underWay().find(({ id }) => id === "fetch -1");
  assert.equal(moves()?.waitsFor, "a leader for t[0]");
  for (let i = 0; i < 5; i++) {
    const before = moves()?.moves;
    await scene.clock.advance(2_000);
    assert.notEqual(moves()?.moves, before);
  }
  scene.fetcher.close();
});
