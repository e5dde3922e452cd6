import assert from "node:assert/strict";
import type { ConsumerOptions } from "../../src/kafka/driver.ts";
import { adminContract } from "./admin_contract.ts";
import { ConsumerProbe } from "./consumer_probe.ts";
import { type DriverFixture, type MakeFixture, unique } from "./fixture.ts";
import { groupContract } from "./group_contract.ts";
import { producerContract } from "./producer_contract.ts";
import { readingContract } from "./reading_contract.ts";
import { startContract } from "./start_contract.ts";
import { stepsContract } from "./steps_contract.ts";

/** What one contract test works with: a fixture, a topic of its own, a group of its own. */
export interface Bench {
  readonly fixture: DriverFixture;
  readonly topic: string;
  readonly groupId: string;
  /** Joins the group on the topic; closed and judged when the test ends. */
  open(
    options?: Partial<ConsumerOptions>,
    hooks?: Partial<Pick<ConsumerProbe, "onAssigned" | "onRevoking">>,
  ): Promise<ConsumerProbe>;
}

/** Registers one test of the contract. */
export type Contract = (what: string, partitions: number, test: (bench: Bench) => Promise<void>) => void;

/**
 * Registers the tests that every driver must pass: what src/kafka/driver.ts says, as far as a real broker can show it.
 * Every consumer in them is also held to the laws that {@link ConsumerProbe} notes.
 */
export function driverContract(name: string, makeFixture: MakeFixture, ignore = false): void {
  const contract: Contract = (what, partitions, test) =>
    Deno.test({
      name: `${name}: ${what}`,
      ignore,
      fn: async () => {
        await using fixture = await makeFixture();
        const topic = unique("contract");
        const groupId = unique("group");
        await fixture.createTopic(topic, partitions);
        const probes: ConsumerProbe[] = [];
        const bench: Bench = {
          fixture,
          topic,
          groupId,
          async open(options = {}, hooks = {}) {
            const probe = await ConsumerProbe.open(fixture, { groupId, topics: [topic], ...options }, hooks);
            probes.push(probe);
            return probe;
          },
        };
        try {
          await test(bench);
        } finally {
          await Promise.all(probes.map((probe) => probe.close()));
        }
        assert.deepEqual(probes.flatMap((probe) => probe.violations), []);
      },
    });
  producerContract(contract);
  readingContract(contract);
  startContract(contract);
  groupContract(contract);
  stepsContract(contract);
  adminContract(contract);
}
