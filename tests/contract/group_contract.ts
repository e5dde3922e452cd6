import assert from "node:assert/strict";
import { PartitionsLostError } from "../../src/kafka/driver.ts";
import { settle } from "../support/manual_clock.ts";
import { waitFor, within } from "../support/wait_for.ts";
import type { Contract } from "./driver_contract.ts";
import { numbered, texts } from "./fixture.ts";

/** Members of a group: rebalances, commits in them, members that leave and members that are dropped. */
export function groupContract(contract: Contract): void {
  contract(
    "a second member takes its share, after a last commit of the first",
    2,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, [...numbered(0, 4), ...numbered(1, 4)]);
      const accepted: boolean[] = [];
      const first = await open({}, {
        onRevoking: async (partitions, probe) => {
          await probe.session.commit(partitions.map((at) => ({ ...at, offset: 2n })));
          accepted.push(true);
        },
      });
      await first.receive(8);
      const [zero, one] = [await first.assignment(0), await first.assignment(1)];
      const mark = first.events.length;
      const second = await open();
      await waitFor(() => first.current.size === 1 && second.current.size === 1, "one partition each");
      assert.deepEqual(first.steps(mark).slice(0, 3), ["revoking", "lost(rebalance)", "assigned"]);
      assert.equal(accepted[0], true);
      assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 2n], [1, 2n]]);
      const taken = [...second.current.values()][0];
      assert.deepEqual({ position: taken?.position, committed: taken?.committed }, {
        position: 2n,
        committed: 2n,
      });
      for (const at of [...first.current.values(), ...second.current.values()]) {
        assert.ok(at.epoch > Math.max(zero.epoch, one.epoch), "an epoch did not grow");
      }
      await second.receive(2);
      await waitFor(() => first.received.length >= 10, "the first to go on at its commit");
    },
  );

  contract(
    "commit() drops what belongs to a lost assignment",
    2,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, [...numbered(0, 4), ...numbered(1, 4)]);
      const first = await open();
      await first.receive(8);
      const old = [await first.assignment(0), await first.assignment(1)];
      const second = await open();
      await waitFor(() => first.current.size === 1 && second.current.size === 1, "one partition each");
      await first.session.commit(old.map((at) => ({ ...at, offset: 4n })));
      assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 0n], [1, 0n]]);
      const kept = [...first.current.values()][0]!;
      await first.session.commit([...old.map((at) => ({ ...at, offset: 4n })), { ...kept, offset: 1n }]);
      const committed = await fixture.committed(groupId, topic);
      assert.equal(committed.get(kept.partition), 1n);
      assert.equal(committed.get(1 - kept.partition), 0n);
    },
  );

  contract("nothing is handed out while a rebalance revokes", 1, async ({ fixture, topic, open }) => {
    const first = await open({}, {
      onRevoking: async () => {
        for (let i = 0; i < 3; i++) await fixture.append(topic, texts(0, `while revoking ${i}`));
        await settle();
      },
    });
    const { epoch } = await first.assignment();
    const second = await open();
    await waitFor(() => first.lostBy("rebalance").length === 1, "the partition to be lost");
    await waitFor(() => first.received.length + second.received.length === 3, "the records afterwards");
    const taken = [...first.current.values(), ...second.current.values()];
    assert.ok(taken.every((at) => at.epoch > epoch), "an epoch did not grow");
  });

  contract("a revoking that takes too long does not hold the group", 1, async ({ open }) => {
    const never = Promise.withResolvers<void>();
    const first = await open({ revokeTimeoutMs: 300 }, { onRevoking: () => never.promise });
    await first.assignment();
    const second = await open();
    await waitFor(() => first.lostBy("rebalance").length === 1, "the revoked partition to be lost");
    await waitFor(() => first.current.size + second.current.size === 1, "the partition to be assigned again");
    never.resolve();
  });

  contract(
    "close() leaves at once: the others get the partitions",
    2,
    async ({ fixture, topic, groupId, open }) => {
      const first = await open();
      await waitFor(() => first.current.size === 2, "both partitions");
      const second = await open();
      await waitFor(() => first.current.size === 1 && second.current.size === 1, "one partition each");
      const left = [...first.current.values()];
      await within(Promise.all([first.close(), first.close()]), "the session to close", 5_000);
      await within(first.close(), "the session to close again", 5_000);
      assert.deepEqual(first.lostBy("closed"), left);
      assert.equal(first.steps().at(-1), "lost(closed)");
      await waitFor(() => second.current.size === 2, "the other to have both", 15_000); // of a session of 30 s
      await first.session.commit(left.map((at) => ({ ...at, offset: 1n })));
      await fixture.append(topic, [...texts(0, "x"), ...texts(1, "y")]);
      await second.receive(2);
      assert.deepEqual((await fixture.committed(groupId, topic)).get(left[0]!.partition), 0n);
    },
  );

  contract("close() before the first assignment", 1, async ({ open }) => {
    const probe = await open();
    await within(probe.close(), "the session to close", 10_000);
    assert.equal(probe.crash, undefined);
    const next = await open();
    await next.assignment();
  });

  contract("a member that the group dropped loses everything, and joins again", 2, async (bench) => {
    const { fixture, topic, groupId } = bench;
    await fixture.append(topic, [...numbered(0, 3), ...numbered(1, 3)]);
    const probe = await bench.open();
    await probe.receive(6);
    const old = [await probe.assignment(0), await probe.assignment(1)];
    const mark = probe.events.length;
    await fixture.dropMember(groupId);
    try {
      await probe.session.commit(old.map((at) => ({ ...at, offset: 3n })));
    } catch (error) { // the commit told it; otherwise a heartbeat did before, and the commit was dropped
      assert.ok(error instanceof PartitionsLostError, `it is ${error}`);
    }
    await waitFor(() => probe.lostBy("member_lost").length === 2, "both partitions to be lost");
    assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 0n], [1, 0n]]);
    await waitFor(() => probe.current.size === 2, "to have both again");
    assert.deepEqual(probe.steps(mark).filter((step) => step === "revoking"), []);
    assert.ok((await probe.assignment(0)).epoch > old[1]!.epoch);
    await probe.receive(12);
    assert.equal(probe.crash, undefined);
  });

  contract(
    "a member that the group dropped finds out without committing",
    1,
    async ({ fixture, groupId, open }) => {
      const probe = await open();
      const { epoch } = await probe.assignment();
      await fixture.dropMember(groupId);
      await waitFor(() => probe.lostBy("member_lost").length === 1, "the partition to be lost");
      await probe.assignment(0, epoch);
    },
  );
}
