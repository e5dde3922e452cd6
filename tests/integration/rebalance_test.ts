import assert from "node:assert/strict";
import type { Bed } from "./support/bed.ts";
import type { FaultConsumer, FaultJob } from "./support/fault_job.ts";
import { onKafka } from "./support/on_kafka.ts";
import { assertDelivered } from "./support/verify.ts";

/** Two partitions, so that whoever comes second takes one away. */
async function scene(bed: Bed, messages: number) {
  const [topic, group] = [await bed.topic(2), bed.group()];
  const sent = await bed.send(topic, messages, 2);
  const start = (consumer: Pick<FaultConsumer, "deed" | "params">, over: Partial<FaultJob> = {}) =>
    bed.run({ consumers: [{ topics: [topic], group_id: group, ...consumer }], ...over });
  return { topic, group, sent, start };
}

onKafka(
  "A rebalance while a message is in its processor: its signal fires, and it finishes into nothing",
  async (bed) => {
    const { topic, group, sent, start } = await scene(bed, 20);
    const first = start({ deed: "wait for a line" });
    await first.hasBegun(1);
    const [inWork] = first.begun;
    const second = start({ deed: "work" });
    await second.hasEnded(10); // all of the partition that it was given
    assert.ok(
      first.told.some(({ what }) => what === "aborted"),
      "its signal fires, whoever has the partition now",
    );
    for (let line = 0; line < 30; line++) await first.send("go on");
    await bed.committedAll(group, topic);
    for (const job of [first, second]) job.signal("SIGTERM");
    for (const job of [first, second]) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    assertDelivered(sent, [...first.ended, ...second.ended], 1);
    const again = [...first.begun.slice(1), ...second.begun].filter(({ id }) => id === inWork?.id);
    assert.equal(again.length, 1, "what was in work is not committed, and comes again");
  },
);

onKafka(
  "A rebalance while a message waits for its retry: it comes again elsewhere, not skipped",
  async (bed) => {
    const { topic, group, sent, start } = await scene(bed, 10);
    const first = start({ deed: "fail", params: { on_error: "retry", retry_backoff_ms: [600_000] } });
    await first.hasBegun(1);
    const second = start({ deed: "work" });
    await second.hasEnded(5); // all of the partition that it was given
    assert.equal(await bed.isCommitted(group, topic), false);
    first.signal("SIGTERM");
    assert.equal(await first.exitCode(), 0, first.log.join("\n"));
    await bed.committedAll(group, topic);
    second.signal("SIGTERM");
    assert.equal(await second.exitCode(), 0, second.log.join("\n"));
    assertDelivered(sent, second.ended, 0);
  },
);

onKafka(
  "Two, three and five consumers come and go again, and each message is committed once it was processed",
  async (bed) => {
    const [topic, group] = [await bed.topic(5), bed.group()];
    const sent = await bed.send(topic, 1_500, 5);
    const start = () =>
      bed.run({ work_ms: 5, consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
    const all = [start()];
    const running = [...all];
    for (const count of [2, 3, 5, 3, 2]) {
      while (running.length < count) {
        const job = start();
        all.push(job);
        running.push(job);
        await job.logged(/Assigned/);
      }
      while (running.length > count) {
        const job = running.shift()!;
        job.signal("SIGTERM");
        assert.equal(await job.exitCode(), 0, job.log.join("\n"));
      }
    }
    await bed.committedAll(group, topic, 60_000);
    for (const job of running) job.signal("SIGTERM");
    for (const job of running) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    // in order: each gives its partitions back with their low marks
    assertDelivered(sent, all.flatMap(({ ended }) => ended), all.length * 5);
  },
);

onKafka(
  "Offsets that are deleted while no consumer runs: auto_offset_reset begins anew, and the log says so",
  async (bed) => {
    const { topic, group, sent, start } = await scene(bed, 6);
    const runToEnd = async () => {
      const job = start({ deed: "work" });
      await bed.committedAll(group, topic);
      await job.logged(/Assigned/);
      job.signal("SIGTERM");
      assert.equal(await job.exitCode(), 0, job.log.join("\n"));
      return job;
    };
    const first = await runToEnd();
    assertDelivered(sent, first.ended, 0);
    await bed.forgetGroup(group);
    const second = await runToEnd();
    assertDelivered(sent, second.ended, 0); // all of them again: at least once
    await second.logged(/INFO.*Nothing is committed by group .*\[0,1\]: beginning at the earliest offset/);
  },
);

onKafka(
  "Records that retention has removed before they were read: the log says which, and the job goes on",
  async (bed) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    await bed.send(topic, 10, 1, "early");
    await bed.admin.commit(group, topic, 0, 2n);
    await bed.admin.truncate(topic, 0, 6n);
    const job = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
    await job.hasEnded(4);
    await job.logged(
      /WARNING.*\[0\]: offset 2 does not exist any more.*offsets 2 to 5 are lost.*going on at 6/,
    );
    await bed.committedAll(group, topic);
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    assert.deepEqual(job.ended.map(({ offset }) => offset), [6, 7, 8, 9]);
  },
);

onKafka("Aborted transactions are not seen, and the group reaches the end of the topic", async (bed) => {
  const [topic, group] = [await bed.topic(), bed.group()];
  const before = await bed.send(topic, 3, 1, "before");
  await bed.admin.appendAborted(topic, 0, 5);
  const after = await bed.send(topic, 3, 1, "after");
  await bed.admin.appendAborted(topic, 0, 5);
  const job = bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "work" }] });
  await job.hasEnded(6);
  await bed.committedAll(group, topic);
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0, job.log.join("\n"));
  assertDelivered([...before, ...after], job.ended, 0);
});
