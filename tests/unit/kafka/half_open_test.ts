import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import type { Broker } from "../../../src/kafka/kafkajs/broker.ts";
import { createCluster } from "../../../src/kafka/kafkajs/cluster.ts";
import { hangUp } from "../../../src/kafka/kafkajs/half_open.ts";
import { plainConnection } from "../../support/kafka_admin.ts";

/** A broker object; each is another one, also where the broker behind it is the same. */
class FakeBroker {
  readonly connectionPool: { readonly host: string; readonly port: number };
  disconnects = 0;

  constructor(readonly nodeId: number | null, port: number) {
    this.connectionPool = { host: "broker", port };
  }

  disconnect(): Promise<void> {
    this.disconnects++;
    return Promise.reject(new Error("it was not connected"));
  }
}

/** kafkajs' own pool, with brokers of the test in it. */
function clusterOf(seedBroker: FakeBroker, brokers: Readonly<Record<string, FakeBroker>>) {
  const cluster = createCluster(plainConnection("broker:1"), { log: silentLogger });
  const pool = Object.assign(cluster.brokerPool, { seedBroker, brokers: { ...brokers } });
  return {
    pool,
    hangUp: (broker: FakeBroker) => hangUp(cluster, broker as unknown as Broker),
  };
}

Deno.test("hangUp takes a broker out of the pool and disconnects it", () => {
  const [first, second] = [new FakeBroker(1, 1), new FakeBroker(2, 2)];
  const { pool, hangUp } = clusterOf(first, { 1: first, 2: second });
  hangUp(first);
  assert.deepEqual(pool.brokers, { 2: second });
  assert.equal(pool.seedBroker, second);
  assert.deepEqual([first.disconnects, second.disconnects], [1, 0]);
});

Deno.test("hangUp of an old broker object leaves the new one of the same address in the pool", () => {
  const [old, fresh, other] = [new FakeBroker(1, 1), new FakeBroker(1, 1), new FakeBroker(2, 2)];
  const { pool, hangUp } = clusterOf(other, { 1: fresh, 2: other });
  hangUp(old);
  assert.deepEqual(pool.brokers, { 1: fresh, 2: other });
  assert.deepEqual([old.disconnects, fresh.disconnects], [1, 0]);
});

Deno.test("hangUp of a bootstrap server leaves the broker of the same address in the pool", () => {
  const [seed, broker] = [new FakeBroker(null, 1), new FakeBroker(1, 1)];
  const { pool, hangUp } = clusterOf(seed, { 1: broker });
  hangUp(seed);
  assert.deepEqual(pool.brokers, { 1: broker });
  assert.deepEqual([seed.disconnects, broker.disconnects], [1, 0]);
});
