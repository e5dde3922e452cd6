import { UnavailableError } from "../../core/errors.ts";
import { within } from "../../runtime/clock.ts";
import type { Tools } from "../shared/tools.ts";
import { afterCrash, type CrashFindings } from "./compare.ts";
import { type Query, readOrders } from "./database.ts";
import { unlessAborted } from "../../core/unless_aborted.ts";
import { type JobProcess, type JobStart, startJob } from "./job_process.ts";
import type { Rate } from "./rate.ts";
import type { Screen } from "./screen.ts";
import type { DemoTopic } from "./topic.ts";
import { type TopicModel, total } from "./topic_model.ts";
import { count, counted } from "./words.ts";
import { untilCommitted, type Watched } from "./watch.ts";

/** How long a job may take to end after a signal, in milliseconds: its own drain timeout and a little more. */
const END_MS = 45_000;

/** What both runs of the job need. */
export interface RunPorts {
  readonly tools: Tools;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly query: Query;
  readonly topic: DemoTopic;
  readonly model: TopicModel;
  readonly job: JobStart;
  /** Milliseconds until the group gives a dead member's partitions to others. */
  readonly sessionTimeoutMs: number;
}

/** Starts the job and kills it when half of the messages are committed; looks at what it left behind. */
export async function runUntilCrash(ports: RunPorts): Promise<{ crash: CrashFindings; rate: Rate }> {
  const { tools, screen, signal, topic, model } = ports;
  await using job = await startJob(tools, ports.job);
  const waiting = "It starts and joins its consumer group ...";
  const rate = await untilCommitted(watching(ports, job, waiting), Math.ceil(model.size / 2));
  await job.signal("KILL");
  await ending(ports, job.ended, "SIGKILL");
  const committed = await unlessAborted(signal, topic.committed());
  const crash = afterCrash(model, committed, await readOrders(tools.disk, ports.query));
  const done = total(committed);
  screen.step("A crash: the job is killed by SIGKILL, as a power cut would");
  const safe = crash.lost.length === 0 ? ", and all their orders are stored" : "";
  screen.say(`${count(done)} of ${count(model.size)} messages were committed${safe}.`);
  screen.say(
    done >= model.size
      ? "It was faster than the kill; try a larger --messages."
      : crash.ahead === 0
      ? "What it was working on comes again."
      : `${counted(crash.ahead, "order")} more: stored, not committed. To come again and change nothing.`,
  );
  return { crash, rate };
}

/** Starts the job again, lets it finish, and ends it by SIGTERM. Gives its exit code. */
export async function runToTheEnd(ports: RunPorts): Promise<{ exitCode: number; rate: Rate }> {
  const { tools, screen, model, sessionTimeoutMs } = ports;
  screen.step("The job is started again");
  const seconds = sessionTimeoutMs / 1000;
  screen.say(
    `It gets its partitions when Kafka has not heard of the dead one for ${seconds} s.`,
  );
  await using job = await startJob(tools, ports.job);
  const waiting = `It starts and waits for its partitions, about ${seconds} s ...`;
  const rate = await untilCommitted(watching(ports, job, waiting), model.size);
  screen.say(`It went on where the group had committed; all ${count(model.size)} messages are committed.`);
  screen.step("The job is stopped by SIGTERM, as OpenShift stops a pod");
  await job.signal("TERM");
  const exitCode = await ending(ports, job.ended, "SIGTERM");
  screen.say(`It committed, left its group and ended with exit code ${exitCode}.`);
  return { exitCode, rate };
}

/** The exit code of a job that was sent a signal. */
async function ending({ tools, signal }: RunPorts, ended: Promise<number>, sent: string): Promise<number> {
  if (await unlessAborted(signal, within(tools.clock, END_MS, ended))) return await ended;
  throw new UnavailableError(`The job has not ended ${END_MS / 1000} s after ${sent}`);
}

/** What is watched while a job works. */
function watching(
  { tools, screen, signal, topic, model }: RunPorts,
  job: JobProcess,
  waiting: string,
): Watched {
  const committed = () => topic.committed();
  return { clock: tools.clock, screen, signal, committed, ended: job.ended, all: model.size, waiting };
}
