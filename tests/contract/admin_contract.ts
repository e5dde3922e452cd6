import assert from "node:assert/strict";
import { ConfigurationError, UnavailableError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { KafkaAdmin, PeekedRecords } from "../../src/kafka/admin.ts";
import { waitFor } from "../support/wait_for.ts";
import type { Bench, Contract } from "./driver_contract.ts";
import { numbered, texts, unique } from "./fixture.ts";

type Test = (admin: KafkaAdmin, bench: Bench) => Promise<void>;

/** Topics, groups and records without a group: what src/kafka/admin.ts says, as far as a real broker can show it. */
export function adminContract(contract: Contract): void {
  const administers = (what: string, partitions: number, test: Test) =>
    contract(`admin: ${what}`, partitions, async (bench) => {
      const admin = await bench.fixture.openAdmin(bench.fixture.connection, {
        timeoutMs: 10_000,
        log: silentLogger,
      });
      try {
        await test(admin, bench);
      } finally {
        await admin.close();
        await admin.close();
      }
    });

  administers("topics() knows a topic's partitions", 3, async (admin, { topic }) => {
    const found = (await admin.topics()).find(({ name }) => name === topic);
    assert.deepEqual(found, { name: topic, partitions: [0, 1, 2], isInternal: false });
  });

  administers("bounds() follows what is written and taken away", 2, async (admin, { topic, fixture }) => {
    await fixture.append(topic, numbered(0, 5));
    await fixture.truncate(topic, 0, 2n);
    const bounds = await admin.bounds(topic);
    assert.deepEqual([...bounds], [[0, { beginning: 2n, end: 5n }], [1, { beginning: 0n, end: 0n }]]);
  });

  administers(
    "offsetsAt() gives the first offset at or after a time, or the end",
    2,
    async (admin, bench) => {
      const { topic, fixture } = bench;
      const begin = Date.UTC(2026, 0, 1);
      await fixture.append(
        topic,
        numbered(0, 4).map((record, i) => ({ ...record, timestamp: begin + i * 1000 })),
      );
      const at = async (ms: number) => [...await admin.offsetsAt(topic, begin + ms)];
      assert.deepEqual(await at(-1), [[0, 0n], [1, 0n]]);
      assert.deepEqual(await at(1000), [[0, 1n], [1, 0n]]);
      assert.deepEqual(await at(1001), [[0, 2n], [1, 0n]]);
      assert.deepEqual(await at(3001), [[0, 4n], [1, 0n]]);
    },
  );

  administers("a topic that does not exist is a configuration error", 1, async (admin, { topic }) => {
    const missing = `${topic}-not-there`;
    const calls = [
      () => admin.bounds(missing),
      () => admin.offsetsAt(missing, 0),
      () => admin.fetch(missing, new Map([[0, 0n]]), 0),
    ];
    for (const call of calls) await assert.rejects(call, ConfigurationError);
  });

  administers("a group that nobody knows is dead, with nothing committed", 1, async (admin, { groupId }) => {
    assert.deepEqual(await admin.group(groupId), { groupId, state: "Dead", members: [] });
    assert.deepEqual(await admin.committed(groupId), []);
    assert.ok(!(await admin.groups()).includes(groupId));
  });

  administers("group() shows members and what they have; committed() all topics", 2, async (admin, bench) => {
    const { topic, groupId, fixture } = bench;
    const other = unique("contract");
    await fixture.createTopic(other, 1);
    const probe = await bench.open({ topics: [topic, other] });
    await waitFor(() => probe.current.size === 3, "all partitions");
    const { state, members } = await admin.group(groupId);
    assert.equal(state, "Stable");
    const held = members.flatMap(({ partitions }) => partitions.map((at) => `${at.topic}/${at.partition}`));
    assert.deepEqual(held.sort(), [`${other}/0`, `${topic}/0`, `${topic}/1`].sort());
    assert.ok((await admin.groups()).includes(groupId));
    assert.deepEqual(
      (await admin.committed(groupId)).map((at) => `${at.topic}/${at.partition}@${at.offset}`),
      [[topic, 0], [topic, 1], [other, 0]].map(([name, partition]) => `${name}/${partition}@0`).sort(),
    );
  });

  administers("setCommitted() makes a new group, and a consumer begins there", 2, async (admin, bench) => {
    const { topic, groupId, fixture, open } = bench;
    await fixture.append(topic, [...numbered(0, 4), ...numbered(1, 4)]);
    await admin.setCommitted(groupId, [
      { topic, partition: 0, offset: 3n },
      { topic, partition: 1, offset: 1n },
    ]);
    assert.deepEqual([...await fixture.committed(groupId, topic)].sort(), [[0, 3n], [1, 1n]]);
    assert.equal((await admin.group(groupId)).state, "Empty");
    assert.ok((await admin.groups()).includes(groupId));
    const probe = await open({ autoOffsetReset: "none" });
    await probe.receive(4);
    assert.deepEqual([...probe.values].sort(), ["0@3", "1@1", "1@2", "1@3"]);
  });

  administers(
    "setCommitted() is refused while there are members, and works after",
    1,
    async (admin, bench) => {
      const { topic, groupId, fixture, open } = bench;
      await fixture.append(topic, numbered(0, 4));
      const probe = await open();
      await probe.receive(4);
      const offsets = [{ topic, partition: 0, offset: 2n }];
      await assert.rejects(() => admin.setCommitted(groupId, offsets), (error) => {
        assert.ok(error instanceof UnavailableError);
        assert.match(error.message, /has 1 member \(/);
        return true;
      });
      assert.equal((await fixture.committed(groupId, topic)).get(0), 0n);
      await probe.close();
      await waitFor(async () => (await admin.group(groupId)).state !== "Stable", "the group to be empty");
      await admin.setCommitted(groupId, offsets);
      assert.equal((await fixture.committed(groupId, topic)).get(0), 2n);
    },
  );

  administers("fetch() reads to the end past what nobody sees, without a group", 2, async (admin, bench) => {
    const { topic, fixture } = bench;
    await fixture.append(topic, numbered(0, 3));
    await fixture.appendInvisible(topic, 0, 2);
    await fixture.append(topic, [...texts(0, "last"), ...texts(1, "other")]);
    const end = (await admin.bounds(topic)).get(0)!.end;
    const read = await readAll(admin, topic, new Map([[0, 1n], [1, 0n]]), new Map([[0, end], [1, 1n]]));
    assert.deepEqual(read, { 0: ["0@1", "0@2", "last"], 1: ["other"] });
  });

  administers(
    "firstTimestamps() tells when the first record that anybody reads was written",
    3,
    async (admin, bench) => {
      const { topic, fixture } = bench;
      const begin = Date.UTC(2026, 0, 1);
      const at = (ms: number, partition = 0) =>
        numbered(partition, 1).map((record) => ({ ...record, timestamp: begin + ms }));
      const tells = async (...positions: [number, bigint][]) =>
        [...await admin.firstTimestamps(topic, new Map(positions))].sort(([a], [b]) => a - b)
          .map(([partition, time]) => [partition, time - begin]);
      await fixture.append(topic, [...at(1), ...at(2)]);
      await fixture.append(topic, at(9, 1));
      assert.deepEqual(await tells([0, 0n], [1, 0n], [2, 0n]), [[0, 1], [1, 9]]);
      assert.deepEqual(await tells([0, 1n]), [[0, 2]]);
      assert.deepEqual(await tells([0, 2n], [1, 1n]), []);
      await fixture.appendInvisible(topic, 0, 2);
      await fixture.append(topic, at(7));
      assert.deepEqual(await tells([0, 2n]), [[0, 7]], "past an aborted transaction");
      await fixture.append(topic, Array.from({ length: 40 }, (_, i) => at(100 + i, 2)[0]!));
      assert.deepEqual(await tells([2, 30n]), [[2, 130]], "within a batch");
      await assert.rejects(
        () => admin.firstTimestamps(`${topic}-not-there`, new Map([[0, 0n]])),
        ConfigurationError,
      );
    },
  );

  administers("fetch() waits for a record that comes", 1, async (admin, { topic, fixture }) => {
    const waiting = admin.fetch(topic, new Map([[0, 0n]]), 5000);
    await fixture.append(topic, texts(0, "new"));
    const found = (await waiting).flatMap(({ records }) => records.map(textOf));
    assert.deepEqual(found, ["new"]);
    const [none] = await admin.fetch(topic, new Map([[0, 1n]]), 0);
    assert.deepEqual(none?.records ?? [], []);
  });
}

const textOf = ({ value }: PeekedRecords["records"][number]) => new TextDecoder().decode(value ?? undefined);

async function readAll(
  admin: KafkaAdmin,
  topic: string,
  from: ReadonlyMap<number, bigint>,
  to: ReadonlyMap<number, bigint>,
): Promise<Record<number, string[]>> {
  const positions = new Map(from);
  const read: Record<number, string[]> = {};
  await waitFor(async () => {
    for (const { partition, records, nextOffset, endOffset } of await admin.fetch(topic, positions, 100)) {
      (read[partition] ??= []).push(...records.map(textOf));
      positions.set(partition, nextOffset);
      assert.ok(endOffset >= nextOffset);
    }
    return [...to].every(([partition, end]) => positions.get(partition) === end);
  }, () => `the ends; at ${JSON.stringify([...positions].map(String))}`);
  return read;
}
