import { waitFor } from "../support/wait_for.ts";
import { Consumers } from "./consumers.ts";
import type { Fault } from "./faults.ts";
import { readAudit, readLetters, readOrders, readTopic } from "./gather.ts";
import type { Exit, History } from "./history.ts";
import { inject, type Target } from "./inject.ts";
import type { ChaosJob } from "./job.ts";
import { Monitor } from "./monitor.ts";
import type { MemorySample } from "./memory.ts";
import { Orders, type Pace } from "./orders.ts";
import { describeFault } from "./schedule.ts";
import type { Scene } from "./scene.ts";
import { Tracks } from "./tracks.ts";

/** What a run is made of, besides its faults. */
export interface RunOptions {
  readonly seed: number;
  /** Faults end then, and so do orders where there are no more than `pace.total`. In milliseconds. */
  readonly forMs: number;
  readonly pace: Pace;
  readonly consumers: number;
  readonly partitions: number;
  /** Consumers that are never killed or stopped, so that their memory can be judged. */
  readonly spared: number;
  /** Whether consumers connect to the brokers themselves, past the proxies: faults of the network do nothing then. */
  readonly direct: boolean;
  /** Whether it goes on after `forMs` until all orders are sent. */
  readonly untilAllSent: boolean;
  /** Tells what happens, in lines. */
  readonly say: (line: string) => void;
}

/** What a run left. */
export interface Outcome {
  readonly history: History;
  readonly kills: number;
  readonly brokerRestarts: number;
  readonly consumersStarted: number;
  readonly faults: number;
  readonly seconds: number;
  /** Memory of the consumers, by name. */
  readonly memory: ReadonlyMap<string, readonly MemorySample[]>;
  /** The end of each consumer's log, for who looks for a cause. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** The consumers must be done so long after all is mended. */
const END_BOUND_MS = 180_000;
/** Lines of a log that no fault explains: a stack, an error that is no dead letter. */
const COMPLAINT = /\t(ERROR|CRITICAL)\t(?!.*it is in the dead letters)|^\s+at |Uncaught/;

const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does the faults of a schedule to a running system, lets it come to its end, and gathers what happened. */
export async function run(scene: Scene, faults: readonly Fault[], options: RunOptions): Promise<Outcome> {
  const { say, forMs } = options;
  const begin = performance.now();
  const elapsed = () => performance.now() - begin;
  const tell = (text: string) => say(`${(elapsed() / 1000).toFixed(1).padStart(7)} s  ${text}`);
  const folder = await Deno.makeTempDir({ prefix: "datapy-chaos-" });
  const job = await scene.prepare(options.partitions, options.direct);
  const tracks = new Tracks();
  let orders: Orders | undefined;
  await using consumers = new Consumers(job, folder, options.spared, () => tracks.isFaulty);
  const monitor = new Monitor({ scene, job, consumers, orders: () => orders, active: () => tracks.active });
  try {
    for (let i = 0; i < options.consumers; i++) consumers.start();
    const { bootstrap } = scene.cluster;
    await using feeding = orders = await Orders.start(
      bootstrap,
      job.topic,
      options.partitions,
      options.pace,
      options.seed,
      () => monitor.processed,
    );
    let isSent = false;
    const allSent = feeding.sent.then(() => void (isSent = true));
    const done: Target["done"] = { brokerRestarts: 0, databaseFaults: 0, zombies: 0, setBack: 0 };
    const processedWithin = (ms: number) => monitor.processedWithin(ms);
    const target: Target = { scene, job, consumers, orders: feeding, done, processedWithin };
    const isOver = () => isSent || elapsed() > forMs;
    const doing = tracks.run(faults, elapsed, isOver, async (fault) => {
      tell(describeFault(fault));
      await inject(fault, target);
    });
    await Promise.all([doing, options.untilAllSent ? allSent : Promise.race([allSent, pass(forMs)])]);
    await feeding.stop();
    tell(
      `no more faults; ${feeding.acknowledged.length} messages are acknowledged, ${monitor.processed} processed`,
    );
    for (const proxy of scene.proxies) proxy.heal();
    if (consumers.live.length === 0) consumers.start();

    await untilCommitted(scene, job, {
      isMoot: () => consumers.live.length === 0,
      boundMs: END_BOUND_MS + 10 * options.pace.backlog,
    }).catch((error) => monitor.stalls.found.push(error.message));
    tell("stopping the consumers");
    await consumers.stopAll();
    await monitor.stop();

    const [topic, letters, audit, orderIds] = [
      await readTopic(scene, job),
      await readLetters(scene, job),
      await readAudit(scene),
      await readOrders(scene),
    ];
    const history: History = {
      acknowledged: feeding.acknowledged,
      topic,
      audit,
      orders: orderIds,
      letters,
      commits: monitor.commits,
      end: await endsOf(scene, job),
      exits: consumers.exits,
      stalls: monitor.stalls.found,
      complaints: complaints(consumers),
      losses: {
        assignments: consumers.assignments,
        letterRetries: consumers.letterRetries,
        databaseFaults: done.databaseFaults,
        setBack: done.setBack,
        zombies: done.zombies,
      },
    };
    return {
      history,
      kills: consumers.kills,
      brokerRestarts: done.brokerRestarts,
      consumersStarted: consumers.all.length,
      faults: tracks.count,
      seconds: elapsed() / 1000,
      memory: monitor.memory,
      logs: new Map(consumers.all.map(({ name, process }) => [name, process.log])),
    };
  } finally {
    await monitor.stop();
    await scene.cluster.heal();
    await consumers[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the group has committed, and the end of each partition. */
async function endsOf({ admin }: Scene, { group, topic }: ChaosJob): Promise<History["end"]> {
  const [committed, ends] = [await admin.committed(group, topic), await admin.endOffsets(topic)];
  return [...ends].map(([partition, end]) => ({
    partition,
    committed: Number(committed.get(partition) ?? 0n),
    end: Number(end),
  }));
}

/** Waits until all of the topic is committed, or that is moot. */
async function untilCommitted(
  scene: Scene,
  job: ChaosJob,
  { isMoot, boundMs }: { readonly isMoot: () => boolean; readonly boundMs: number },
): Promise<void> {
  let lag: readonly string[] = [];
  await waitFor(
    async () => {
      await pass(500);
      lag = (await endsOf(scene, job)).filter(({ committed, end }) => committed < end)
        .map(({ partition, committed, end }) => `${partition}: ${committed} of ${end}`);
      return lag.length === 0 || isMoot();
    },
    () => `all to be committed: ${lag}`,
    boundMs,
  );
}

/** Lines that should not be there; that a consumer says why it could not drain is judged with its exit code. */
function complaints(consumers: Consumers): string[] {
  const ends = new Set(consumers.exits.filter(({ faulty }: Exit) => faulty).map(({ last }) => last));
  return consumers.all.flatMap(({ name, process }) =>
    process.log.filter((line) => COMPLAINT.test(line) && !ends.has(line)).map((line) => `${name}: ${line}`)
  );
}
