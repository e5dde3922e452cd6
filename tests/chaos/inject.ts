import type { FaultProxy } from "../support/proxy.ts";
import { onServer } from "../support/postgres.ts";
import { Connection } from "../../src/database/postgres/connection.ts";
import { readLocation } from "../../src/database/postgres/location.ts";
import type { Consumers } from "./consumers.ts";
import type { Fault } from "./faults.ts";
import type { ChaosJob } from "./job.ts";
import type { Orders } from "./orders.ts";
import type { Scene } from "./scene.ts";

/** What faults are done to in a run. */
export interface Target {
  readonly scene: Scene;
  readonly job: ChaosJob;
  readonly consumers: Consumers;
  readonly orders: Orders;
  /** What the verifier must know of the faults that were done. */
  readonly done: { brokerRestarts: number; databaseFaults: number; zombies: number; setBack: number };
  /** How many messages were processed in the last milliseconds. */
  readonly processedWithin: (ms: number) => number;
}

/** How often brokers keep their high watermarks: replica.high.watermark.checkpoint.interval.ms. */
const CHECKPOINT_MS = 5_000;

const pass = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does a fault, and mends it; resolves when that is done. */
export async function inject(fault: Fault, target: Target): Promise<void> {
  await DEEDS[fault.kind]?.(fault.args, target);
}

type Args = Readonly<Record<string, number>>;
type Deed = (args: Args, target: Target) => Promise<void> | void;

const DEEDS: Readonly<Record<string, Deed>> = {
  async kill_consumer({ who = 0, down_ms }, { consumers }) {
    await consumers.kill(who);
    await pass(down_ms);
    consumers.start();
  },
  async stop_consumer({ who = 0, down_ms }, { consumers }) {
    await consumers.stop(who);
    await pass(down_ms);
    consumers.start();
  },
  async freeze_consumer({ who = 0, for_ms = 0 }, { consumers, done }) {
    done.zombies++;
    await consumers.freeze(who, for_ms);
  },
  async hold_consumer({ who = 0, for_ms = 0 }, { consumers, done }) {
    done.zombies++; // together with other faults it may last too long for the group
    await consumers.freeze(who, for_ms);
  },
  join: (_, { consumers }) => consumers.join(),
  leave: ({ who = 0 }, { consumers }) => consumers.leave(who),
  poison: ({ count = 1 }, { orders }) => orders.poison(count),

  kill_broker: ({ broker = 1, down_ms }, target) => cycle(target, broker, down_ms),
  async stop_broker({ broker = 1, down_ms }, { scene: { cluster }, done }) {
    done.brokerRestarts++;
    await cluster.stop(broker);
    await pass(down_ms);
    await cluster.heal();
  },
  async pause_broker({ broker = 1, for_ms }, { scene: { cluster } }) {
    await cluster.pause(broker);
    await pass(for_ms);
    await cluster.heal();
  },
  async rolling({ by_kill }, { scene: { cluster }, done }) {
    for (const id of cluster.ids) {
      done.brokerRestarts++;
      await (by_kill ? cluster.kill(id) : cluster.stop(id));
      await cluster.heal();
    }
  },
  async all_brokers({ down_ms }, { scene: { cluster }, done, processedWithin }) {
    done.brokerRestarts += cluster.ids.length;
    await Promise.all(cluster.ids.map((id) => cluster.kill(id)));
    await pass(2_000); // what is counted lags behind
    done.setBack += processedWithin(CHECKPOINT_MS + 4_000);
    await pass(down_ms);
    await cluster.heal();
  },
  async kill_coordinator({ down_ms }, target) {
    await cycle(target, await target.scene.cluster.coordinatorOf(target.job.group), down_ms);
  },
  async kill_controller({ down_ms }, target) {
    await cycle(target, await target.scene.cluster.controller(), down_ms);
  },
  move_leader: ({ partition = 0, to = 1 }, { scene, job, orders }) =>
    scene.cluster.moveLeader(job.topic, partition % orders.partitions, to),
  move_coordinator: ({ to = 1 }, { scene, job }) => scene.cluster.moveCoordinator(job.group, to),
  async add_partitions({ count = 1, letters }, { scene, job, orders }) {
    const total = orders.partitions + count;
    await scene.admin.addPartitions(job.topic, total);
    if (letters) await scene.admin.addPartitions(job.dead_letter_topic, total);
    await scene.cluster.untilInSync();
    orders.partitions = total;
  },

  cut: ({ broker }, { scene }) => proxies(scene, broker).forEach((proxy) => proxy.cut()),
  half_open: ({ broker }, { scene }) => proxies(scene, broker).forEach((proxy) => proxy.halfOpen()),
  black_hole: (args, { scene }) => during(args, scene, (proxy) => proxy.hold()),
  latency: (args, { scene }) => during(args, scene, (proxy) => proxy.delayMs = args["delay_ms"] ?? 0),
  slow: (args, { scene }) =>
    during(args, scene, (proxy) => proxy.bytesPerSecond = args["bytes_per_second"] ?? Infinity),

  async restart_database({ down_ms }, target) {
    await databaseFault(target, () => target.scene.server.stop());
    await pass(down_ms);
    await target.scene.server.restart();
  },
  async crash_database({ down_ms }, target) {
    await databaseFault(target, () => target.scene.server.crash());
    await pass(down_ms);
    await target.scene.server.restart();
  },
  end_sessions: (_, target) =>
    databaseFault(target, async () => {
      const others = "datname = current_database() AND pid <> pg_backend_pid()";
      await onServer(
        target.scene.server.url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`,
      );
    }),
  async lock_table({ for_ms = 0 }, target) {
    const connection = await Connection.open(readLocation(target.scene.server.url));
    try {
      await connection.run("BEGIN");
      await connection.run("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
      await pass(for_ms);
      await connection.run("COMMIT");
    } finally {
      await connection.close();
    }
  },
};

async function cycle({ scene: { cluster }, done }: Target, broker: number, downMs = 0): Promise<void> {
  done.brokerRestarts++;
  await cluster.kill(broker);
  await pass(downMs);
  await cluster.heal();
}

/** Each consumer may have a COMMIT under way whose answer is lost. */
async function databaseFault({ consumers, done }: Target, act: () => Promise<void>): Promise<void> {
  done.databaseFaults += consumers.live.length;
  await act();
}

const proxies = ({ proxies }: Scene, broker = 0): readonly FaultProxy[] =>
  broker === 0 ? proxies : proxies.slice(broker - 1, broker);

async function during(
  { broker, for_ms }: Args,
  scene: Scene,
  harm: (proxy: FaultProxy) => void,
): Promise<void> {
  const harmed = proxies(scene, broker);
  harmed.forEach(harm);
  await pass(for_ms);
  harmed.forEach((proxy) => proxy.heal());
}
