import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { silentLogger } from "../../../src/core/logger.ts";
import type { SentRecord } from "../../../src/kafka/driver.ts";
import { Delivery } from "../../../src/kafka/kafkajs/delivery.ts";
import { ProducerNumbering } from "../../../src/kafka/kafkajs/numbering.ts";
import { PartitionQueue } from "../../../src/kafka/kafkajs/partition_queue.ts";
import { sizeOf } from "../../../src/kafka/kafkajs/record_batch.ts";
import { Sender } from "../../../src/kafka/kafkajs/sender.ts";
import type { ManualClock } from "../../support/manual_clock.ts";
import { CODES, FakeBrokers, type Fate } from "./fake_brokers.ts";

const PARTITIONS = 3;
const TOPIC = "orders";

/** One call of send: the partition of each record, how long it may take, and how long until the next call. */
interface Call {
  readonly partitions: readonly number[];
  readonly timeoutMs: number;
  readonly thenMs: number;
}

interface Outcome {
  readonly values: readonly string[];
  readonly sent?: readonly SentRecord[];
  readonly error?: Error;
}

/** A sender with its queues, on brokers that a test controls. */
class Bench {
  readonly clock: ManualClock;
  readonly #queues = Array.from(
    { length: PARTITIONS },
    (_, partition) => new PartitionQueue(TOPIC, partition),
  );
  readonly #sender: Sender;
  #records = 0;

  constructor(brokers: FakeBrokers, idempotent = true, maxBatchBytes = 200) {
    this.clock = brokers.clock;
    this.#sender = new Sender({
      cluster: brokers.cluster,
      clock: this.clock,
      numbering: new ProducerNumbering(idempotent, silentLogger),
      compression: 0,
      maxBatchBytes,
      replicaTimeoutMs: 1000,
      refresh: () => Promise.resolve(),
      produce: brokers.produce,
    });
    this.#queues.forEach((queue) => this.#sender.register(queue));
  }

  send({ partitions, timeoutMs }: Pick<Call, "partitions" | "timeoutMs">): Promise<Outcome> {
    const delivery = new Delivery(TOPIC, partitions.length, timeoutMs, this.clock);
    const values = partitions.map(() => `r${this.#records++}`);
    values.forEach((value, index) => {
      const record = { key: null, value: Buffer.from(value), headers: [] };
      this.#queues[partitions[index]!]!.add({ record, bytes: sizeOf(record), delivery, index });
    });
    this.#sender.kick();
    return delivery.outcome.then((sent) => ({ values, sent }), (error) => ({ values, error }));
  }
}

async function play(
  brokers: FakeBrokers,
  calls: readonly Call[],
  bench = new Bench(brokers),
): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const call of calls) {
    outcomes.push(bench.send(call));
    await bench.clock.advance(call.thenMs);
  }
  await bench.clock.advance(60_000);
  return await Promise.all(outcomes); // each has settled by its own time: nothing waits here
}

const calls = fc.array(
  fc.record({
    partitions: fc.array(fc.nat(PARTITIONS - 1), { minLength: 1, maxLength: 8 }),
    timeoutMs: fc.constantFrom(50, 250, 1000, 5000),
    thenMs: fc.constantFrom(0, 0, 10, 150),
  }),
  { minLength: 1, maxLength: 12 },
);
const fates = fc.array(
  fc.oneof(
    fc.constant<Fate>({ kind: "acknowledged" }),
    fc.record({ kind: fc.constant("lost" as const), written: fc.boolean() }),
    fc.record({ kind: fc.constant("refused" as const), code: fc.constantFrom(CODES.notLeader) }),
    fc.record({
      kind: fc.constant("written" as const),
      code: fc.constantFrom(CODES.timedOut, CODES.notEnoughReplicasAfterAppend),
    }),
  ),
  { maxLength: 40 },
);

/** Numbers of the records in a log, in its order. */
const numbers = (log: readonly string[]) => log.map((value) => Number(value.slice(1)));

Deno.test("Sender writes what it acknowledges, where it says, once and in order, whatever gets lost", () =>
  fc.assert(
    fc.asyncProperty(calls, fates, async (calls, fates) => {
      const brokers = new FakeBrokers(PARTITIONS, fates);
      const outcomes = await play(brokers, calls);
      for (const { values, sent } of outcomes) {
        if (sent === undefined) continue;
        assert.deepEqual(values, Array.from(sent, (at) => brokers.logs[at.partition]![Number(at.offset)]));
      }
      for (const log of brokers.logs) {
        const order = numbers(log);
        assert.deepEqual(order, [...new Set(order)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 400 },
  ));

Deno.test("Sender says that nothing was sent only where nothing was", () =>
  fc.assert(
    fc.asyncProperty(calls, fates, async (calls, fates) => {
      const brokers = new FakeBrokers(PARTITIONS, fates);
      for (const { values, error } of await play(brokers, calls)) {
        if (error === undefined) continue;
        assert.equal(error.name, "UnavailableError");
        assert.match(error.message, /nothing was sent|the outcome is unknown/);
        if (!error.message.includes("nothing was sent")) continue;
        for (const log of brokers.logs) assert.ok(values.every((value) => !log.includes(value)));
      }
    }),
    { numRuns: 200 },
  ));

Deno.test("Sender gathers what is sent while a request is under way", async () => {
  const brokers = new FakeBrokers(PARTITIONS);
  const bench = new Bench(brokers, true, 1_000_000);
  const outcomes = Array.from({ length: 100 }, () => bench.send({ partitions: [0], timeoutMs: 1000 }));
  await bench.clock.advance(500);
  await Promise.all(outcomes);
  assert.equal(brokers.logs[0]!.length, 100);
  assert.equal(brokers.requests, 1); // all in one turn
  assert.deepEqual(numbers(brokers.logs[0]!), Array.from({ length: 100 }, (_, i) => i));
});

Deno.test("Sender refuses the one record that is too large, and writes the others of its batch", async () => {
  const brokers = new FakeBrokers(PARTITIONS);
  brokers.tooLarge.add("r7");
  const bench = new Bench(brokers, true, 1_000_000);
  const outcomes = Array.from({ length: 16 }, () => bench.send({ partitions: [0], timeoutMs: 1000 }));
  await bench.clock.advance(900);
  const failed = (await Promise.all(outcomes)).filter(({ error }) => error !== undefined);
  assert.deepEqual(failed.map(({ values }) => values), [["r7"]]);
  assert.equal(failed[0]!.error!.name, "PermanentError");
  assert.match(failed[0]!.error!.message, /larger than the broker accepts .*: record 0 of the send/);
  assert.deepEqual(numbers(brokers.logs[0]!), [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
});

Deno.test("Sender goes on under a new id when the brokers have forgotten it", async () => {
  const brokers = new FakeBrokers(PARTITIONS, [{ kind: "acknowledged" }, {
    kind: "refused",
    code: CODES.outOfOrder,
  }]);
  const outcomes = await play(brokers, [
    { partitions: [0, 0], timeoutMs: 1000, thenMs: 100 },
    { partitions: [0, 0], timeoutMs: 1000, thenMs: 100 },
  ]);
  assert.ok(outcomes.every(({ error }) => error === undefined));
  assert.deepEqual(numbers(brokers.logs[0]!), [0, 1, 2, 3]);
});

Deno.test("Sender sends what lies behind a batch that is given up, without another send", async () => {
  const brokers = new FakeBrokers(PARTITIONS, Array(11).fill({ kind: "lost", written: false }));
  const bench = new Bench(brokers);
  const late = bench.send({ partitions: [0], timeoutMs: 1000 });
  await bench.clock.advance(500);
  const behind = bench.send({ partitions: [0], timeoutMs: 10_000 });
  await bench.clock.advance(10_000);
  assert.equal((await late).error!.name, "UnavailableError");
  assert.equal((await behind).error, undefined);
  assert.deepEqual(brokers.logs[0], ["r1"]);
});

Deno.test("Sender fails at once where no attempt helps", async () => {
  const brokers = new FakeBrokers(PARTITIONS, [{ kind: "refused", code: 29 }]);
  const bench = new Bench(brokers);
  const outcome = bench.send({ partitions: [0], timeoutMs: 60_000 });
  await bench.clock.advance(10);
  const { error } = await outcome;
  assert.equal(error!.name, "ConfigurationError");
  assert.match(error!.message, /not authorised for the topic/);
});

Deno.test("Sender waits a while for a topic that is not known, and then says so", async () => {
  const unknown: Fate = { kind: "refused", code: 3 };
  const soon = new FakeBrokers(PARTITIONS, [unknown, unknown, unknown]);
  const [there] = await play(soon, [{ partitions: [0], timeoutMs: 30_000, thenMs: 0 }]);
  assert.equal(there!.error, undefined);
  const never = new FakeBrokers(PARTITIONS, Array(1000).fill(unknown));
  const [missing] = await play(never, [{ partitions: [0], timeoutMs: 30_000, thenMs: 0 }]);
  assert.equal(missing!.error!.name, "ConfigurationError");
});

Deno.test("Sender gives a topic that is unknown after an outage as long as any other", async () => {
  const lost: Fate = { kind: "lost", written: false };
  const unknown: Fate = { kind: "refused", code: 3 };
  const outage = Array(60).fill(lost); // longer than a topic may be unknown
  const back = new FakeBrokers(PARTITIONS, [...outage, unknown, unknown]);
  const [there] = await play(back, [{ partitions: [0], timeoutMs: 30_000, thenMs: 0 }]);
  assert.equal(there!.error, undefined);
  const gone = new FakeBrokers(PARTITIONS, [...outage, ...Array(1000).fill(unknown)]);
  const [missing] = await play(gone, [{ partitions: [0], timeoutMs: 30_000, thenMs: 0 }]);
  assert.equal(missing!.error!.name, "ConfigurationError");
});

Deno.test("Sender without numbering may write twice, but loses nothing that it acknowledges", async () => {
  const brokers = new FakeBrokers(PARTITIONS, [{ kind: "lost", written: true }]);
  // records without a number are never recognised
  const [outcome] = await play(
    brokers,
    [{ partitions: [0], timeoutMs: 1000, thenMs: 0 }],
    new Bench(brokers, false),
  );
  assert.equal(outcome!.error, undefined);
  assert.ok(brokers.logs[0]!.includes("r0"));
});
