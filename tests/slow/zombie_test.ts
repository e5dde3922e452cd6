import assert from "node:assert/strict";
import { onKafka } from "../integration/support/on_kafka.ts";
import { assertDelivered, assertNothingSkipped } from "../integration/support/verify.ts";

onKafka(
  "A consumer that was stopped beyond its session commits nothing of what another has taken over",
  async (bed) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    const sent = await bed.send(topic, 3);
    const start = () =>
      bed.run({ consumers: [{ topics: [topic], group_id: group, deed: "wait for a line" }] });
    const zombie = start();
    await zombie.hasBegun(1);
    zombie.signal("SIGSTOP");
    const heir = start();
    await heir.hasBegun(1, 60_000); // when the zombie's session has ended
    assert.equal(heir.begun[0]?.offset, 0);

    zombie.signal("SIGCONT");
    await zombie.send("go on"); // its late success
    await zombie.logged(/The group dropped this consumer/);
    await zombie.hasEnded(1);
    assert.equal(await bed.committed(group, topic), 0, "it finishes into nothing");

    // both are members again; whoever has the partition now may need a line for each message
    for (let line = 0; line < 6; line++) for (const job of [zombie, heir]) await job.send("go on");
    await bed.committedAll(group, topic);
    for (const job of [zombie, heir]) {
      job.signal("SIGTERM");
      assert.equal(await job.exitCode(), 0);
    }
    assertDelivered(sent, [...zombie.ended, ...heir.ended], 2);
    assertNothingSkipped(heir.begun);
  },
);
