import assert from "node:assert/strict";
import type { SessionStep } from "../../src/kafka/driver.ts";
import { setTimeout } from "node:timers/promises";
import { waitFor } from "../support/wait_for.ts";
import type { Contract } from "./driver_contract.ts";
import { numbered } from "./fixture.ts";

/** Longer than a broker waits for records, in milliseconds. */
const A_WHILE_MS = 500;

/** What a session waits for, as a watchdog sees it. */
export function stepsContract(contract: Contract): void {
  contract(
    "underWay() tells of a session that connects or joins, and of nothing that lasts once it has read all",
    2,
    async ({ fixture, topic, open }) => {
      await fixture.append(topic, numbered(0, 3));
      const probe = await open();
      assert.match(probe.session.underWay()[0]?.step ?? "none", /^(connect|join)$/);
      await probe.receive(3);
      await probe.assignment(1);
      const moves = (steps: readonly SessionStep[]) => new Map(steps.map((step) => [step.id, step.moves]));
      const before = moves(probe.session.underWay());
      await waitFor(
        () => [...moves(probe.session.underWay())].every(([id, move]) => before.get(id) !== move),
        "each step to move",
      );
      for (const { step, waitsFor } of probe.session.underWay()) {
        assert.equal(step, "fetch");
        assert.ok(waitsFor.includes(topic), waitsFor);
      }
      assert.equal(probe.session.outage, undefined);
    },
  );

  contract(
    "underWay() tells nothing of paused partitions, nor of a member without any",
    1,
    async ({ fixture, topic, open }) => {
      await fixture.append(topic, numbered(0, 3));
      const first = await open();
      const second = await open();
      const idle = () => [first, second].find((probe) => probe.current.size === 0);
      await waitFor(() => {
        const busy = [first, second].find((probe) => probe.current.size === 1);
        return busy !== undefined && idle()?.session.underWay().length === 0;
      }, "a member without partitions that waits for nothing");
      const busy = idle() === first ? second : first;
      busy.session.pause({ topic, partition: 0 });
      await setTimeout(A_WHILE_MS);
      assert.deepEqual(busy.session.underWay(), []);
      assert.deepEqual(idle()?.session.underWay(), []);
    },
  );
}
