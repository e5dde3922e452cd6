import assert from "node:assert/strict";
import { StreamController } from "../../mod.ts";
import { Consuming } from "./support/consuming.ts";
import { onKafka } from "./support/on_kafka.ts";
import { within } from "../support/wait_for.ts";

onKafka("test_controller_sigterm_handling", async (bed) => {
  const topic = await bed.topic(2);
  const groups = [bed.group(), bed.group()];
  await bed.send(topic, 2, 2);
  // two consumers and their controller in one process: one signal stops all of it
  const consumers = groups.map((group_id) => ({ topics: [topic], group_id, deed: "work" as const }));
  const job = bed.run({ consumers });
  for (const group of groups) await bed.committedAll(group, topic);
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0);
  assert.equal(job.ended.length, 4);
});

onKafka("test_controller_programmatic_stop", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  await bed.send(topic, 5);
  const consuming = await Consuming.start(
    bed,
    { topics: [topic], group_id: group },
    ({ offset }, { controller }) => {
      assert.deepEqual([controller.shouldStop(), controller.isShutdownInitiated()], [false, false]);
      if (offset === 2) controller.requestStop("the test has seen enough");
      return { status: "success" };
    },
  );
  const { status, artifacts } = await within(consuming.result, "the consumer to stop");
  assert.deepEqual([status, artifacts.stats.processed], ["success", 3]);
  assert.equal(await bed.committed(group, topic), 3, "the message that asked for the stop is committed");
  assert.deepEqual(
    [consuming.controller.shouldStop(), consuming.controller.isShutdownInitiated()],
    [true, true],
  );
});

Deno.test("test_controller_loop_exit", async () => {
  using controller = new StreamController();
  let rounds = 0;
  const loop = async () => {
    while (!controller.shouldStop()) {
      if (++rounds === 3) controller.requestStop();
      await Promise.resolve();
    }
  };
  await within(loop(), "the loop to end");
  assert.equal(rounds, 3);
  assert.equal(controller.isShutdownInitiated(), false, "no consumer drains");
});
