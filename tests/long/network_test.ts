import assert from "node:assert/strict";
import { assertDelivered } from "../integration/support/verify.ts";
import { Flow } from "../integration/support/flow.ts";
import { Sending } from "../integration/support/sending.ts";
import type { FaultProxy } from "../support/proxy.ts";
import { onProxiedKafka, proxied } from "../integration/support/on_proxied_kafka.ts";

const PARTITIONS = 3;

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const assignments = (log: readonly string[]) => log.filter((line) => /\tAssigned /.test(line)).length;

onProxiedKafka(
  "2 s of latency: a job starts and works, only slower, and stays a member",
  async (bed, proxy) => {
    const flow = await Flow.start(bed, PARTITIONS);
    proxy.delayMs = 1_000; // each way
    const job = flow.job({ broker: proxied });
    await flow.goesOn(3);
    assert.equal(assignments(job.log), 1, job.log.join("\n"));
    proxy.heal();
    await flow.finish(0);
  },
);

onProxiedKafka("A connection of 20 kB a second: a job works, and stays a member", async (bed, proxy) => {
  const flow = await Flow.start(bed, PARTITIONS);
  const job = flow.job({ broker: proxied });
  await flow.goesOn(10);
  proxy.bytesPerSecond = 20_000;
  await flow.goesOn(100);
  assert.equal(assignments(job.log), 1, job.log.join("\n"));
  proxy.heal();
  await flow.finish(0);
});

onProxiedKafka(
  "A network that swallows everything for 15 s: the job says so, and goes on",
  async (bed, proxy) => {
    const flow = await Flow.start(bed, PARTITIONS);
    const job = flow.job({ broker: proxied });
    await flow.goesOn();
    proxy.hold();
    await job.logged(/WARNING.*The group dropped this consumer: lost/);
    await pass(15_000);
    proxy.release(); // what was under way arrives now: a heartbeat, a commit of a generation that is over
    await flow.goesOn();
    await flow.finish(2 * PARTITIONS);
  },
);

onProxiedKafka("Connections that are half open: the job notices and makes new ones", async (bed, proxy) => {
  const flow = await Flow.start(bed, PARTITIONS);
  const job = flow.job({ broker: proxied, config: { "request.timeout.ms": 8_000 } });
  for (let round = 0; round < 2; round++) {
    await flow.goesOn();
    proxy.halfOpen();
  }
  await flow.goesOn();
  assert.ok(job.running);
  await flow.finish(3 * PARTITIONS);
});

onProxiedKafka(
  "Connections that are cut every 200 ms: the job goes on, and stays a member",
  async (bed, proxy) => {
    const flow = await Flow.start(bed, PARTITIONS);
    proxy.cutEvery(200);
    const job = flow.job({ broker: proxied });
    await flow.goesOn(300);
    proxy.heal();
    await flow.goesOn();
    assert.ok(assignments(job.log) <= 2, job.log.join("\n"));
    await flow.finish(PARTITIONS);
  },
);

onProxiedKafka(
  "SIGTERM while connections are half open: exit within the bounds, nothing lost",
  async (bed, proxy) => {
    const flow = await Flow.start(bed, PARTITIONS);
    const job = flow.job({ broker: proxied });
    await flow.goesOn();
    proxy.halfOpen();
    job.signal("SIGTERM");
    // whether its last commit is answered decides which; never a hang
    assert.ok([0, 1].includes(await job.exitCode(45_000)), job.log.join("\n"));
    const ended = job.ended;
    flow.jobs.splice(0);
    flow.job();
    await flow.finish(PARTITIONS, ended);
  },
);

for (
  const [what, harm] of [
    ["cut every 200 ms", async (proxy: FaultProxy) => {
      proxy.cutEvery(200);
      await pass(5_000);
    }],
    ["swallowed for 8 s", async (proxy: FaultProxy) => {
      proxy.hold();
      await pass(8_000);
    }],
    ["half open", async (proxy: FaultProxy) => {
      proxy.halfOpen();
      await pass(100);
      proxy.halfOpen();
    }],
    ["slow by 2 s", async (proxy: FaultProxy) => {
      proxy.delayMs = 1_000;
      await pass(8_000);
    }],
  ] as const
) {
  onProxiedKafka(
    `kafka_producer loses, repeats and swaps nothing where connections are ${what}`,
    async (bed, proxy) => {
      const config = { "request.timeout.ms": 4_000 };
      const connection = await bed.connect(config, proxied);
      const sending = await Sending.start(bed, connection, { flushTimeoutS: 30 });
      await sending.goesOn();
      await harm(proxy);
      proxy.heal();
      await sending.goesOn();
      await sending.finish();
      assert.deepEqual(sending.failures.map(({ message }) => message), []);
    },
  );
}

onProxiedKafka(
  "kafka_producer gives up in time where nothing comes through: what it gave up is there at most once",
  async (bed, proxy) => {
    const connection = await bed.connect({ "request.timeout.ms": 4_000 }, proxied);
    const sending = await Sending.start(bed, connection, { flushTimeoutS: 2 });
    await sending.goesOn();
    proxy.hold();
    await bed.waitFor(() => sending.failures.length >= 24, "calls that fail");
    assert.match(sending.failures[0]!.message, /within 2 s.*the outcome is unknown/);
    proxy.release(); // what was given up arrives now
    await sending.goesOn();
    await sending.finish();
  },
);

onProxiedKafka(
  "A commit that is on its way while the group moves on: it is refused, and the message comes again",
  async (bed, proxy) => {
    const [topic, group] = [await bed.topic(), bed.group()];
    const sent = await bed.send(topic, 4);
    const consumers = [{ topics: [topic], group_id: group, deed: "wait for a line" as const }];
    const first = bed.run({ broker: proxied, consumers });
    await first.hasBegun(1);
    proxy.hold();
    await first.send("go on");
    await first.hasEnded(1); // its commit is under way now, and held
    const second = bed.run({ consumers });
    await second.hasBegun(1, 60_000); // when the first one's session is over
    proxy.release(); // the commit arrives, of a generation that is over
    await first.logged(/The group dropped this consumer/);
    assert.equal(second.begun[0]?.offset, 0);
    assert.equal(await bed.committed(group, topic), 0, "it is refused");
    for (let line = 0; line < 6; line++) for (const job of [first, second]) await job.send("go on");
    await bed.committedAll(group, topic);
    for (const job of [first, second]) job.signal("SIGTERM");
    for (const job of [first, second]) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    assertDelivered(sent, [...first.ended, ...second.ended], 2);
  },
);
