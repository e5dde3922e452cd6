import assert from "node:assert/strict";
import type { Bed } from "../integration/support/bed.ts";
import type { FaultJob } from "../integration/support/fault_job.ts";
import type { FaultRun } from "../integration/support/fault_run.ts";
import { onProxiedKafka, proxied } from "../integration/support/on_proxied_kafka.ts";
import { readTopic } from "../integration/support/read_topic.ts";
import { assertDelivered, type Sighting } from "../integration/support/verify.ts";
import type { FaultProxy } from "../support/proxy.ts";

/** A job's topic and group, with three messages, and the proxy before its broker. */
interface Scene {
  readonly bed: Bed;
  readonly topic: string;
  readonly group: string;
  readonly proxy: FaultProxy;
  /** A topic for dead letters. */
  readonly letters: string;
  start(over?: Partial<FaultJob["consumers"][number]>): FaultRun;
}

/** Something that a job may be doing when it is told to end. */
interface State {
  readonly name: string;
  /** Starts a job and waits until it does that. */
  reach(scene: Scene): Promise<FaultRun>;
  /** What lets it end in order, after it heard SIGTERM. */
  afterwards?(scene: Scene, job: FaultRun): Promise<void> | void;
  /** Exit code after SIGTERM. */
  readonly code: number;
}

const connections = (proxy: FaultProxy, more: number) => {
  const before = proxy.accepted;
  return () => proxy.accepted >= before + more;
};

/** A job whose first message has failed, and whose dead letter nobody answers. */
async function burying(
  { letters, proxy, start }: Scene,
  params: Readonly<Record<string, unknown>> = {},
): Promise<FaultRun> {
  const job = start({ deed: "fail at a line", params: { dead_letter_topic: letters, ...params } });
  await job.hasBegun(1);
  proxy.hold();
  await job.send("go on");
  await job.until(() => job.told.some(({ what }) => what === "fail"), "the message to fail");
  return job;
}

/** What lies in a topic of dead letters, by where its messages lay. */
async function buried(bed: Bed, letters: string): Promise<Sighting[]> {
  return (await readTopic(bed, letters)).map(({ value, headers }) => ({
    topic: headers["__connect.errors.topic"] ?? "",
    partition: Number(headers["__connect.errors.partition"]),
    offset: Number(headers["__connect.errors.offset"]),
    id: value ?? "",
  }));
}

const STATES: readonly State[] = [
  {
    name: "before it has joined",
    async reach({ bed, proxy, start }) {
      const connected = connections(proxy, 2); // kafka_connector's, and the consumer's own
      const job = start();
      await job.logged(/Connected to/);
      proxy.hold();
      await bed.waitFor(connected, "the consumer's connection");
      return job;
    },
    code: 0,
  },
  {
    name: "while the group has not let it in",
    async reach({ bed, group, start }) {
      const other = start({ deed: "wait for a line" });
      await other.hasBegun(1);
      other.signal("SIGSTOP"); // the group waits for it until its session ends
      const job = start();
      await bed.waitFor(async () => (await bed.admin.members(group)).length === 2, "the second member");
      other.signal("SIGKILL");
      return job;
    },
    code: 0,
  },
  {
    name: "while it fetches and nothing comes",
    async reach({ bed, topic, group, start }) {
      const job = start();
      await bed.committedAll(group, topic);
      return job;
    },
    code: 0,
  },
  {
    name: "while a message is in its processor",
    async reach({ start }) {
      const job = start({ deed: "wait for a line" });
      await job.hasBegun(1);
      return job;
    },
    afterwards: (_scene, job) => job.send("go on"),
    code: 0,
  },
  {
    name: "while a message waits for its retry",
    async reach({ start }) {
      const params = { on_error: "retry", retry_backoff_ms: [600_000] };
      const job = start({ deed: "fail", params });
      await job.logged(/\[0\]@0.*(again|retry|Retry)/);
      return job;
    },
    code: 0,
  },
  {
    name: "while a commit is on its way",
    async reach({ proxy, start }) {
      const job = start({ deed: "wait for a line" });
      await job.hasBegun(1);
      proxy.hold();
      await job.send("go on");
      await job.hasEnded(1);
      return job;
    },
    async afterwards({ proxy }, job) {
      await job.logged(/SIGTERM/);
      proxy.release();
    },
    code: 0,
  },
  {
    name: "while a commit is on its way and is never answered",
    async reach({ proxy, start }) {
      const job = start({ deed: "wait for a line", params: { shutdown_drain_timeout_s: 1 } });
      await job.hasBegun(1);
      proxy.hold();
      await job.send("go on");
      await job.hasEnded(1);
      return job;
    },
    code: 1,
  },
  {
    name: "while a dead letter is on its way",
    reach: (scene) => burying(scene),
    async afterwards({ proxy }, job) {
      await job.logged(/SIGTERM/);
      proxy.release();
    },
    code: 0,
  },
  {
    name: "while a dead letter is on its way and is never answered",
    reach: (scene) => burying(scene, { shutdown_drain_timeout_s: 1 }),
    code: 1,
  },
  {
    name: "while it drains",
    async reach({ start }) {
      const job = start({ deed: "wait for a line" });
      await job.hasBegun(1);
      job.signal("SIGTERM");
      await job.logged(/SIGTERM/);
      return job;
    },
    afterwards: (_scene, job) => job.send("go on"),
    code: 0,
  },
  {
    name: "while it leaves the group and nobody answers",
    async reach({ bed, proxy, topic, group, start }) {
      const job = start();
      await bed.committedAll(group, topic);
      proxy.hold();
      job.signal("SIGTERM");
      await job.logged(/SIGTERM/);
      return job;
    },
    code: 0,
  },
];

for (const { name, reach, afterwards, code } of STATES) {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    onProxiedKafka(`${signal} ${name}: the job ends, and another one loses nothing`, async (bed, proxy) => {
      const [topic, letters, group] = [await bed.topic(), await bed.topic(), bed.group()];
      const sent = await bed.send(topic, 3);
      const jobs: FaultRun[] = [];
      const start: Scene["start"] = (over = {}) => {
        const consumer = { topics: [topic], group_id: group, deed: "work" as const, ...over };
        const job = bed.run({ broker: proxied, consumers: [consumer] });
        jobs.push(job);
        return job;
      };
      const scene: Scene = { bed, topic, group, proxy, letters, start };
      const job = await reach(scene);
      job.signal(signal);
      if (signal === "SIGTERM") await afterwards?.(scene, job);
      assert.equal(await job.exitCode(45_000), signal === "SIGKILL" ? 137 : code, job.log.join("\n"));
      proxy.heal();
      const heir = start();
      await bed.committedAll(group, topic, 60_000);
      await heir.logged(/Assigned/); // before it has said anything it may not listen to signals yet
      heir.signal("SIGTERM");
      assert.equal(await heir.exitCode(), 0, heir.log.join("\n"));
      assertDelivered(sent, [...jobs.flatMap(({ ended }) => ended), ...await buried(bed, letters)], 1);
    });
  }
}
