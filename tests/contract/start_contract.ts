import assert from "node:assert/strict";
import { ConfigurationError } from "../../src/core/errors.ts";
import { waitFor } from "../support/wait_for.ts";
import type { Contract } from "./driver_contract.ts";
import { numbered, texts } from "./fixture.ts";

/** Where a partition begins: committed offsets, `autoOffsetReset`, logs that were truncated, partitions that are new. */
export function startContract(contract: Contract): void {
  contract(
    "earliest begins at the first record that is there",
    1,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, numbered(0, 5));
      await fixture.truncate(topic, 0, 2n);
      const probe = await open({ autoOffsetReset: "earliest" });
      const { position, committed } = await probe.assignment();
      assert.deepEqual({ position, committed }, { position: 2n, committed: 2n });
      await probe.receive(3);
      assert.deepEqual(probe.values, ["0@2", "0@3", "0@4"]);
      assert.equal((await fixture.committed(groupId, topic)).get(0), 2n);
    },
  );

  contract("latest begins after the last record", 1, async ({ fixture, topic, open }) => {
    await fixture.append(topic, numbered(0, 5));
    const probe = await open({ autoOffsetReset: "latest" });
    const { position, committed } = await probe.assignment();
    assert.deepEqual({ position, committed }, { position: 5n, committed: 5n });
    await fixture.append(topic, texts(0, "new"));
    await probe.receive(1);
    assert.deepEqual(probe.values, ["new"]);
  });

  contract(
    "a position that was chosen is committed before anything is handed out",
    2,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, [...numbered(0, 5), ...numbered(1, 3)]);
      const first = await open({ autoOffsetReset: "latest" });
      await waitFor(() => first.current.size === 2, "both partitions");
      await waitFor(
        async () => (await fixture.committed(groupId, topic)).size === 2,
        "the commits of both positions",
      );
      assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 5n], [1, 3n]]);
      await first.close(); // as a crash before the first commit
      await fixture.append(topic, [...texts(0, "between 0"), ...texts(1, "between 1")]);
      const second = await open({ autoOffsetReset: "latest" });
      await second.receive(2);
      assert.deepEqual([...second.values].sort(), ["between 0", "between 1"]);
    },
  );

  contract("a topic that does not exist crashes the session", 1, async ({ topic, open }) => {
    const probe = await open({ topics: [topic, `${topic}-not-there`] });
    const crash = await waitFor(() => probe.crash, "the session to crash");
    assert.ok(crash instanceof ConfigurationError, `it is ${crash}`);
    assert.ok(crash.message.includes(`${topic}-not-there`), crash.message);
  });

  contract("none crashes where nothing was committed", 1, async ({ fixture, topic, open }) => {
    await fixture.append(topic, numbered(0, 2));
    const probe = await open({ autoOffsetReset: "none" });
    const crash = await waitFor(() => probe.crash, "the session to crash");
    assert.ok(crash instanceof ConfigurationError, `it is ${crash}`);
    assert.match(crash.message, /auto_offset_reset/);
    assert.deepEqual(probe.received, []);
  });

  contract(
    "commit() takes several partitions, and a new session goes on there",
    2,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, [...numbered(0, 4), ...numbered(1, 4)]);
      const first = await open();
      await first.receive(8);
      const [zero, one] = [await first.assignment(0), await first.assignment(1)];
      await first.session.commit([
        { topic, partition: 0, epoch: zero.epoch, offset: 3n },
        { topic, partition: 1, epoch: one.epoch, offset: 1n },
      ]);
      assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 3n], [1, 1n]]);
      await first.close();
      const second = await open({ autoOffsetReset: "none" });
      await second.receive(4);
      assert.deepEqual([...second.values].sort(), ["0@3", "1@1", "1@2", "1@3"]);
      const { position, committed } = await second.assignment(1);
      assert.deepEqual({ position, committed }, { position: 1n, committed: 1n });
    },
  );

  for (const reset of ["earliest", "latest"] as const) {
    contract(
      `a committed offset that is gone begins anew by ${reset}, with a warning`,
      1,
      async ({ fixture, topic, groupId, open }) => {
        await fixture.append(topic, numbered(0, 10));
        const first = await open();
        const { epoch } = await first.assignment();
        await first.session.commit([{ topic, partition: 0, epoch, offset: 2n }]);
        await first.close();
        await fixture.truncate(topic, 0, 7n);
        const second = await open({ autoOffsetReset: reset });
        const position = reset === "earliest" ? 7n : 10n;
        await waitFor(() => second.current.get(`${topic}/0`)?.position === position, `position ${position}`);
        await waitFor(
          async () => (await fixture.committed(groupId, topic)).get(0) === position,
          `commit of ${position}`,
        );
        const warning = second.log.messages("warning").find((text) => text.includes(topic)) ?? "none";
        assert.match(warning, /\b2\b/, "the warning names where the lost range begins");
        await fixture.append(topic, texts(0, "new"));
        await waitFor(() => second.values.includes("new"), "the new record");
        assert.deepEqual(second.values, reset === "earliest" ? ["0@7", "0@8", "0@9", "new"] : ["new"]);
      },
    );
  }

  contract("a committed offset that is gone crashes by none", 1, async ({ fixture, topic, open }) => {
    await fixture.append(topic, numbered(0, 10));
    const first = await open();
    const { epoch } = await first.assignment();
    await first.session.commit([{ topic, partition: 0, epoch, offset: 2n }]);
    await first.close();
    await fixture.truncate(topic, 0, 7n);
    const second = await open({ autoOffsetReset: "none" });
    const crash = await waitFor(() => second.crash, "the session to crash");
    assert.ok(crash instanceof ConfigurationError, `it is ${crash}`);
    assert.deepEqual(second.received, []);
  });

  contract(
    "a position that goes away while running is lost, and begins anew",
    1,
    async ({ fixture, topic, groupId, open }) => {
      await fixture.append(topic, numbered(0, 10));
      const probe = await open({}, {
        onAssigned: (at, probe) => at[0]?.position === 0n && probe.session.pause(at[0]),
      });
      const first = await probe.assignment();
      await fixture.truncate(topic, 0, 7n);
      probe.session.resume({ topic, partition: 0 });
      const second = await probe.assignment(0, first.epoch);
      assert.deepEqual(probe.lostBy("out_of_range"), [first]);
      assert.equal(second.position, 7n);
      await probe.receive(3);
      assert.deepEqual(probe.values, ["0@7", "0@8", "0@9"]);
      assert.equal((await fixture.committed(groupId, topic)).get(0), 7n);
      const warning = probe.log.messages("warning").find((text) => text.includes(topic)) ?? "none";
      assert.match(warning, /\b0\b.*\b[67]\b/, "the warning names the lost range");
      await probe.session.commit([{ topic, partition: 0, epoch: first.epoch, offset: 1n }]);
      assert.equal((await fixture.committed(groupId, topic)).get(0), 7n, "a lost assignment was committed");
    },
  );

  for (const reset of ["earliest", "latest"] as const) {
    contract(
      `a partition that is added while running is read from its beginning (${reset})`,
      1,
      async (bench) => {
        const { fixture, topic } = bench;
        await fixture.append(topic, numbered(0, 2));
        const probe = await bench.open({ autoOffsetReset: reset });
        await probe.assignment(0);
        await fixture.addPartitions(topic, 2);
        await fixture.append(topic, texts(1, "in the new one"));
        const added = await probe.assignment(1);
        assert.equal(added.position, 0n);
        await waitFor(() => probe.values.includes("in the new one"), "the record of the new partition");
      },
    );
  }
}
