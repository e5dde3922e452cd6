import assert from "node:assert/strict";
import { waitFor } from "../support/wait_for.ts";
import type { Contract } from "./driver_contract.ts";
import { bytes, numbered, texts } from "./fixture.ts";

/** What arrives, from where, and when it stops. */
export function readingContract(contract: Contract): void {
  contract("records come with offsets, nextOffset and endOffset", 1, async ({ fixture, topic, open }) => {
    await fixture.append(topic, numbered(0, 10));
    const probe = await open();
    const assignment = await probe.assignment();
    await probe.receive(10);
    assert.deepEqual(probe.values, numberedTexts(0, 10));
    assert.deepEqual(probe.received.map((record) => record.offset), range(10));
    const last = probe.lastFetch();
    assert.deepEqual(last, { ...last, topic, partition: 0, nextOffset: 10n, endOffset: 10n });
    assert.equal(last?.epoch, assignment.epoch);
  });

  contract("records keep the timestamp that they were written with", 1, async ({ fixture, topic, open }) => {
    const timestamp = Date.now() - 123_456;
    await fixture.append(topic, [{ partition: 0, key: null, value: bytes("x"), headers: [], timestamp }]);
    const probe = await open();
    await probe.receive(1);
    assert.equal(probe.received[0]?.timestamp, timestamp);
  });

  contract("records that are written later arrive", 2, async ({ fixture, topic, open }) => {
    const probe = await open();
    await probe.assignment();
    for (let i = 0; i < 5; i++) {
      await fixture.append(topic, texts(i % 2, `later ${i}`));
      await probe.receive(i + 1);
    }
    assert.deepEqual(probe.values, [0, 1, 2, 3, 4].map((i) => `later ${i}`));
  });

  contract("a long log arrives whole and in order", 3, async ({ fixture, topic, open }) => {
    for (const partition of [0, 1, 2]) await fixture.append(topic, numbered(partition, 2000));
    const probe = await open();
    await probe.receive(6000);
    for (const partition of [0, 1, 2]) {
      const own = probe.values.filter((value) => value.startsWith(`${partition}@`));
      assert.deepEqual(own, numberedTexts(partition, 2000));
    }
  });

  contract("nextOffset passes records that no reader sees", 1, async ({ fixture, topic, open }) => {
    await fixture.append(topic, numbered(0, 2));
    await fixture.appendInvisible(topic, 0, 3);
    const end = (await fixture.endOffsets(topic)).get(0) ?? 0n;
    assert.ok(end > 4n);
    const probe = await open();
    await waitFor(
      () => probe.lastFetch()?.nextOffset === end,
      () => `nextOffset ${end}, saw ${probe.lastFetch()?.nextOffset}`,
    );
    assert.deepEqual(probe.values, numberedTexts(0, 2));
    assert.equal(probe.lastFetch()?.endOffset, end);
    await fixture.append(topic, texts(0, "after"));
    await probe.receive(3);
    assert.equal(probe.received[2]?.offset, end);
  });

  contract("nextOffset passes a log that holds nothing visible", 1, async ({ fixture, topic, open }) => {
    await fixture.appendInvisible(topic, 0, 3);
    const end = (await fixture.endOffsets(topic)).get(0) ?? 0n;
    const probe = await open();
    await waitFor(
      () => probe.lastFetch()?.nextOffset === end,
      () => `nextOffset ${end}, saw ${probe.lastFetch()?.nextOffset}`,
    );
    assert.deepEqual(probe.received, []);
  });

  contract("pause() stops one partition, resume() goes on with it", 2, async ({ fixture, topic, open }) => {
    const probe = await open();
    await probe.assignment(0);
    await probe.assignment(1);
    await fixture.append(topic, [...texts(0, "first 0"), ...texts(1, "first 1")]);
    await probe.receive(2);
    probe.session.pause({ topic, partition: 0 });
    // one fetch may have been on its way; two answers for the other partition later it is not any more
    for (const round of ["a", "b", "c"]) {
      await fixture.append(topic, texts(0, `${round} 0`));
      await fixture.append(topic, texts(1, `${round} 1`));
      await waitFor(() => probe.values.includes(`${round} 1`), `the record "${round} 1"`);
    }
    assert.ok(!probe.values.includes("b 0") && !probe.values.includes("c 0"), "a paused partition was read");
    probe.session.resume({ topic, partition: 0 });
    await probe.receive(8);
    assert.deepEqual(probe.values.filter((value) => value.endsWith("0")), ["first 0", "a 0", "b 0", "c 0"]);
  });

  contract("pause() when assigned comes before the first record", 2, async ({ fixture, topic, open }) => {
    await fixture.append(topic, [...numbered(0, 3), ...numbered(1, 3)]);
    const probe = await open({}, {
      onAssigned: (partitions, probe) =>
        partitions.forEach((at) => at.partition === 0 && probe.session.pause(at)),
    });
    await probe.receive(3);
    await fixture.append(topic, texts(1, "later"));
    await waitFor(() => probe.values.includes("later"), "the later record of the other partition");
    assert.deepEqual(probe.values, [...numberedTexts(1, 3), "later"]);
    probe.session.resume({ topic, partition: 0 });
    await probe.receive(7);
    assert.deepEqual(probe.values.slice(4), numberedTexts(0, 3));
  });

  contract("a session reads all its topics", 1, async ({ fixture, topic, open }) => {
    const second = `${topic}-2`;
    await fixture.createTopic(second, 2);
    await fixture.append(topic, numbered(0, 2));
    await fixture.append(second, [...numbered(0, 2), ...numbered(1, 2)]);
    const probe = await open({ topics: [topic, second] });
    await probe.receive(6);
    assert.deepEqual([...probe.current.keys()].sort(), [`${second}/0`, `${second}/1`, `${topic}/0`].sort());
  });
}

function numberedTexts(partition: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${partition}@${i}`);
}

function range(count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt(i));
}
