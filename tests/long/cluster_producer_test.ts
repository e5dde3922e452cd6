import assert from "node:assert/strict";
import { onCluster } from "../integration/support/on_cluster.ts";
import { Sending } from "../integration/support/sending.ts";

/** Longer than any fault here lasts: no call may fail. */
const PATIENT = { flushTimeoutS: 60 };

onCluster(
  "kafka_producer loses, repeats and swaps nothing while three brokers are killed in turn",
  async (bed, cluster) => {
    const sending = await Sending.start(bed, await bed.connect(), PATIENT);
    await sending.goesOn();
    for (const id of cluster.ids) {
      await cluster.kill(id);
      await sending.goesOn();
      await cluster.restart(id);
      await sending.goesOn();
      await cluster.untilInSync();
    }
    await sending.finish();
    assert.deepEqual(sending.failures.map(({ message }) => message), []);
  },
);

onCluster("kafka_producer loses, repeats and swaps nothing while leaders move", async (bed, cluster) => {
  const sending = await Sending.start(bed, await bed.connect(), PATIENT);
  await sending.goesOn();
  for (let i = 0; i < 12; i++) {
    await cluster.moveLeader(sending.topic, i % 3, cluster.ids[(i + Math.floor(i / 3)) % 3]!);
    await sending.goesOn(4);
  }
  await sending.finish();
  assert.deepEqual(sending.failures.map(({ message }) => message), []);
});

onCluster(
  "kafka_producer goes on while a leader is stopped, and repeats nothing when it is resumed",
  async (bed, cluster) => {
    const sending = await Sending.start(bed, await bed.connect({ "request.timeout.ms": 5_000 }), PATIENT);
    await sending.goesOn();
    const id = await cluster.leaderOf(sending.topic);
    await cluster.pause(id);
    await sending.goesOn();
    await cluster.resume(id);
    await sending.goesOn();
    await sending.finish();
    assert.deepEqual(sending.failures.map(({ message }) => message), []);
  },
);

onCluster(
  "kafka_producer with too few copies in sync: unavailable, in words; then it goes on",
  async (bed, cluster) => {
    const connection = await bed.connect({ "request.timeout.ms": 3_000 });
    const sending = await Sending.start(bed, connection, { flushTimeoutS: 5 });
    await sending.goesOn();
    await cluster.configure(sending.topic, { "min.insync.replicas": "3" });
    await cluster.kill(1);
    const tooFew = /fewer replicas are in sync than min\.insync\.replicas asks for/;
    await bed.waitFor(
      () => sending.failures.some(({ message }) => tooFew.test(message)),
      () => `a call that says so: ${sending.failures.map(({ message }) => message).join("\n")}`,
      60_000,
    );
    await cluster.restart(1);
    await sending.goesOn();
    await sending.finish();
  },
);

onCluster("kafka_producer with one broker of three: unavailable; then it goes on", async (bed, cluster) => {
  const connection = await bed.connect({ "request.timeout.ms": 3_000 });
  const sending = await Sending.start(bed, connection, { flushTimeoutS: 4 });
  await sending.goesOn();
  await Promise.all([1, 2].map((id) => cluster.kill(id)));
  await bed.waitFor(() => sending.failures.length > 0, "a call that fails", 60_000);
  await cluster.heal();
  await sending.goesOn();
  await sending.finish();
});
