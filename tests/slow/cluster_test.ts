import assert from "node:assert/strict";
import { Flow, FLOW_BOUND_MS } from "../integration/support/flow.ts";
import { onCluster } from "../integration/support/on_cluster.ts";

/** Each lost assignment of a job may bring one message of each partition again. */
const PARTITIONS = 3;

const other = (ids: readonly number[], than: number) => ids.find((id) => id !== than)!;

onCluster("Three brokers, killed and started one after another: the job goes on", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  flow.job();
  await flow.goesOn();
  for (const id of cluster.ids) {
    await cluster.kill(id); // in turn the leader of a partition, the group's coordinator and the controller
    await flow.goesOn();
    await cluster.restart(id);
    await flow.goesOn();
    await cluster.untilInSync();
  }
  await flow.finish(3 * PARTITIONS);
});

onCluster("Three brokers, restarted one after another in order: the job goes on", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  flow.job();
  await flow.goesOn();
  for (const id of cluster.ids) {
    await cluster.stop(id);
    await flow.goesOn(20);
    await cluster.restart(id);
    await cluster.untilInSync();
  }
  await flow.goesOn();
  await flow.finish(3 * PARTITIONS);
});

onCluster("The active controller is killed: the job goes on", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  flow.job();
  await flow.goesOn();
  const before = await cluster.controller();
  await cluster.kill(before);
  await bed.waitFor(async () => {
    const now = await cluster.controller().catch(() => before);
    return now > 0 && now !== before;
  }, "another controller");
  await flow.goesOn();
  await cluster.restart(before);
  await flow.finish(PARTITIONS);
});

onCluster("All three brokers are killed at once and start again: the job goes on", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  const job = flow.job();
  await flow.goesOn();
  await Promise.all(cluster.ids.map((id) => cluster.kill(id)));
  await job.logged(/WARNING.*(refuses connections|closed the connection)/, 30_000);
  await Promise.all(cluster.ids.map((id) => cluster.restart(id)));
  await job.logged(/The brokers answer again, after \d/, FLOW_BOUND_MS);
  await flow.goesOn();
  await flow.finish(2 * PARTITIONS);
});

onCluster(
  "The broker that leads and coordinates is stopped: the job goes on before it is resumed",
  async (bed, cluster) => {
    const flow = await Flow.start(bed, PARTITIONS);
    flow.job();
    await flow.goesOn();
    const [id = 1] = cluster.ids;
    await cluster.moveCoordinator(flow.group, id);
    await cluster.moveLeader(flow.topic, 0, id);
    await cluster.pause(id);
    await flow.goesOn(200);
    await cluster.resume(id);
    await flow.goesOn();
    await flow.finish(2 * PARTITIONS);
  },
);

onCluster("A partition's leader moves ten times: nobody notices", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  const job = flow.job();
  await flow.goesOn();
  for (let i = 0; i < 10; i++) {
    await cluster.moveLeader(flow.topic, 0, cluster.ids[i % 3]!);
    await flow.goesOn(20);
  }
  const assigned = job.log.filter((line) => /Assigned/.test(line)).length;
  assert.equal(assigned, 1, "a new leader is no reason for a rebalance");
  await flow.finish(0);
});

onCluster("A group's coordinator moves ten times: the job goes on", async (bed, cluster) => {
  const flow = await Flow.start(bed, PARTITIONS);
  flow.job();
  await flow.goesOn();
  for (let i = 0; i < 10; i++) {
    await cluster.moveCoordinator(flow.group, cluster.ids[i % 3]!);
    await flow.goesOn(20);
  }
  await flow.finish(10 * PARTITIONS);
});

onCluster("Five consumers while the coordinator is killed: all of them come back", async (bed, cluster) => {
  const flow = await Flow.start(bed, 10);
  for (let i = 0; i < 5; i++) flow.job();
  await flow.goesOn();
  const id = await cluster.coordinatorOf(flow.group);
  await cluster.kill(id);
  await flow.goesOn(300);
  assert.notEqual(await cluster.coordinatorOf(flow.group), id);
  await cluster.moveLeader(flow.topic, 0, other(cluster.live, await cluster.leaderOf(flow.topic)));
  await cluster.restart(id);
  await flow.goesOn();
  await bed.waitFor(async () => (await bed.admin.members(flow.group)).length === 5, "five members", 30_000);
  await flow.finish(2 * 10);
});
