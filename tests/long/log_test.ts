/** What brokers remove by themselves: by compaction, by retention, and offsets that expire. */
import assert from "node:assert/strict";
import { silentLogger } from "../../src/core/logger.ts";
import type { OutgoingRecord } from "../../src/kafka/driver.ts";
import type { Bed } from "../integration/support/bed.ts";
import type { FaultRun } from "../integration/support/fault_run.ts";
import { onOwnKafka } from "../integration/support/on_own_kafka.ts";
import { configureTopic, topicWith } from "../integration/support/topic_with.ts";
import { assertDelivered } from "../integration/support/verify.ts";

/** Only what is not in the youngest segment is removed: a segment that is older than this is ended by the next record. */
const SEGMENT_MS = 300;
/** How long brokers may take until they have looked. */
const REMOVED_BOUND_MS = 60_000;

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const bytes = (text: string) => new TextEncoder().encode(text);

type Append = (records: readonly OutgoingRecord[]) => Promise<unknown>;

/** One round of messages, in a segment of its own: one for each key. A round without an id is of tombstones. */
async function round(append: Append, keys: readonly string[], id?: string): Promise<string[]> {
  const ids = keys.map((key) => `${key}-${id}`);
  await append(keys.map((key, i) => ({
    key: bytes(key),
    value: id === undefined ? null : bytes(ids[i]!),
    headers: [],
    partition: 0,
  })));
  await pass(1.5 * SEGMENT_MS);
  return ids;
}

/** Writes as kafka_producer does: the cleaner keeps the last batch of each such producer, if need be without a record. */
async function producerTo(bed: Bed, topic: string): Promise<Append> {
  const { config, driver } = await bed.connect();
  const producer = await driver.produce(config, silentLogger);
  bed.use({ [Symbol.asyncDispose]: () => producer.close() });
  return (records) => producer.send(topic, records, 10_000);
}

/** Runs a job until all is committed, and stops it. */
async function runToEnd(bed: Bed, topic: string, group_id: string): Promise<FaultRun> {
  const job = bed.run({ consumers: [{ topics: [topic], group_id, deed: "work" }] });
  await bed.committedAll(group_id, topic);
  await job.logged(/Assigned/);
  await stop(job);
  return job;
}

async function stop(job: FaultRun): Promise<void> {
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0, job.log.join("\n"));
}

/** A position that does not exist any more is told of; one in a gap is not. */
const lossesOf = (job: FaultRun) => job.log.filter((line) => /does not exist any more/.test(line));

onOwnKafka(
  "A compacted topic: what is left is processed, the gaps are no loss, and the group reaches the end",
  async (bed) => {
    const topic = await topicWith(bed, {
      "cleanup.policy": "compact",
      "min.cleanable.dirty.ratio": "0.01",
      "segment.ms": String(SEGMENT_MS),
      "delete.retention.ms": "0", // tombstones go as well
    });
    const keys = ["a", "b", "c", "d", "e"];
    const left = new Map<string, string>();
    const [append, appendLast] = [await producerTo(bed, topic), await producerTo(bed, topic)];
    await round(append, keys, "v0"); // removed below, under the hands of a job that is at the first of them
    const group = bed.group();
    const held = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "wait for a line" }] });
    await held.hasBegun(1);
    for (let i = 1; i < 6; i++) for (const id of await round(append, keys, `v${i}`)) left.set(id[0]!, id);
    await round(append, ["c", "d"]);
    for (const key of ["c", "d"]) left.delete(key);
    const [last = ""] = await round(appendLast, ["z"], "last");
    left.set("z", last);
    const ids = [...left.values()];

    // a group of its own each time, which reads what is there now
    let found: FaultRun | undefined;
    await bed.waitFor(
      async () => {
        await round(appendLast, ["z"], "last"); // or the segment before is not ended
        found = await runToEnd(bed, topic, bed.group());
        return found.ended.filter(({ id }) => id !== last).length <= ids.length - 1;
      },
      () => `compaction: ${found?.ended.map(({ id }) => id).join()}`,
      REMOVED_BOUND_MS,
    );
    const others = found!.ended.filter(({ id }) => id !== last);
    assert.deepEqual(others.map(({ id }) => id).sort(), ids.filter((id) => id !== last).sort());
    assert.ok(others[0]!.offset > 0, "the log begins with a gap");
    assert.deepEqual(lossesOf(found!), []);

    // one that was in the midst of it, and one whose committed offset lies in a gap
    const count = Number((await bed.admin.endOffsets(topic)).get(0));
    for (let line = 0; line < count; line++) await held.send("go on");
    await bed.committedAll(group, topic);
    await stop(held);
    assert.equal(held.ended[0]?.offset, 0);
    assert.deepEqual(ids.filter((id) => !held.ended.some((seen) => seen.id === id)), []);
    const behind = bed.group();
    await bed.admin.commit(behind, topic, 0, 2n);
    const resumed = await runToEnd(bed, topic, behind);
    assertDelivered(ids, resumed.ended, 0);
    for (const job of [held, resumed]) assert.deepEqual(lossesOf(job), [], "a gap is not told as a loss");
  },
  { properties: { "log.cleaner.backoff.ms": "200" } },
);

onOwnKafka(
  "What retention has removed while no job ran: the log says which, and what is left is processed",
  async (bed) => {
    const topic = await topicWith(bed, { "retention.ms": "2000", "segment.ms": String(SEGMENT_MS) });
    const group = bed.group();
    const append: Append = (records) => bed.admin.append(topic, records);
    const early = await round(append, ["a", "b", "c"], "early");
    const before = await runToEnd(bed, topic, group);
    assertDelivered(early, before.ended, 0);
    const lost = await round(append, ["d", "e"], "lost");
    await pass(2_000);
    const beginning = async () => Number((await bed.admin.beginnings(topic)).get(0));
    await bed.waitFor(
      async () => {
        await round(append, ["f"], "last"); // ends the segment before it
        return await beginning() > 4;
      },
      "retention",
      REMOVED_BOUND_MS,
    );
    await configureTopic(bed, topic, { "retention.ms": "-1" });
    const kept = await round(append, ["g", "h"], "kept");
    const job = await runToEnd(bed, topic, group);
    const [warning = ""] = lossesOf(job);
    const to = await beginning() - 1;
    assert.match(warning, new RegExp(`WARNING.*\\[0\\]: offset 3 does not exist.* 3 to ${to} are lost`));
    assert.equal(job.ended[0]?.offset, to + 1);
    const seen = job.ended.map(({ id }) => id);
    assert.ok(kept.every((id) => seen.includes(id)), "what is left is processed");
    assert.ok(lost.every((id) => !seen.includes(id)), "what was removed is nowhere");
  },
  {
    properties: {
      "log.initial.task.delay.ms": "500",
      "log.retention.check.interval.ms": "300",
      "log.segment.delete.delay.ms": "100",
    },
  },
);

onOwnKafka(
  "Offsets that have expired: auto_offset_reset begins anew and says so; those of a job that only waits are kept",
  async (bed) => {
    const [topic, quiet] = [await bed.topic(), await bed.topic()];
    const [group, waiting] = [bed.group(), bed.group()];
    const sent = await bed.send(topic, 5);
    const first = await runToEnd(bed, topic, group);
    assertDelivered(sent, first.ended, 0);
    const before = await bed.send(quiet, 5, 1, "before");
    const idle = bed.run({ consumers: [{ topics: [quiet], group_id: waiting, deed: "work" }] });
    await bed.committedAll(waiting, quiet);
    await bed.waitFor(
      async () => await bed.committed(group, topic) === undefined,
      "the offsets to expire",
      180_000,
    );
    const second = await runToEnd(bed, topic, group);
    assertDelivered(sent, second.ended, 0); // all of them again: at least once
    assert.ok(second.log.some((line) => /INFO.*Nothing is committed by group .*earliest/.test(line)));
    // by now it has waited as long as the other's offsets have lived
    assert.equal(await bed.committed(waiting, quiet), 5);
    const after = await bed.send(quiet, 5, 1, "after");
    await bed.committedAll(waiting, quiet);
    await stop(idle);
    assertDelivered([...before, ...after], idle.ended, 0);
  },
  { properties: { "offsets.retention.minutes": "1", "offsets.retention.check.interval.ms": "500" } },
);

onOwnKafka(
  "A topic that was deleted and made again while no job ran is read from its beginning",
  async (bed) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    const before = await bed.send(topic, 5, 1, "before");
    assertDelivered(before, (await runToEnd(bed, topic, group)).ended, 0);
    await bed.replaceTopic(topic, 1_000);
    const after = await bed.send(topic, 8, 1, "after"); // more than before: the old offset would be within them
    assertDelivered(after, (await runToEnd(bed, topic, group)).ended, 0);
  },
);
