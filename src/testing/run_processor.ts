import { errorText } from "../core/errors.ts";
import { systemClock, within } from "../runtime/clock.ts";
import { restoreAsyncContext } from "./async_context.ts";
import { checkOptions } from "./check_options.ts";
import type { JobRun } from "./job_run.ts";
import { committedOf, memoryConnection, memoryDriverOf } from "./memory_connection.ts";
import type { TestMessage, TopicMessage } from "./messages.ts";
import type { RunOptions } from "./options.ts";
import { TestJob } from "./test_job.ts";

/**
 * Runs a job's `main` as it is, on topics in memory and in a time that does not let it wait, until it has dealt with all
 * messages; then it is asked to stop, as by SIGTERM. Resolves to what it did. Jobs that fail resolve as well: look at
 * `exitCode` and `error`.
 *
 * ```ts ignore
 * const run = await runProcessor(main, { orders: [{ key: "1", value: { order_id: "A-1" } }] });
 * assert.deepEqual(run.committed, { orders: { 0: 1 } });
 * ```
 *
 * The context file is read, variables of the environment are not; nothing is connected to, and certificates are not read.
 * Several runs at the same time do not see each other.
 *
 * Rejects with a `TypeError` or `RangeError` where options or messages cannot be meant so, and with an `Error` that says
 * what to do where the job does not end within `timeoutMs`, never reads a topic that it was given messages for, or never
 * comes to the moment or call that `stop`, `crash` or `fail` names.
 *
 * @param main The job's `main`, or another function that runs mods.
 * @param messages By topic, in their order. They arrive when a consumer listens to the topic; a topic has one partition,
 * or as many as its messages name. A topic that the job reads must be here, with no message if need be, or in `kafka`.
 */
export async function runProcessor(
  main: () => unknown,
  messages: Readonly<Record<string, readonly TestMessage[]>>,
  options: RunOptions = {},
): Promise<JobRun> {
  checkOptions(options);
  const { kafka = memoryConnection(), beforeClose, timeoutMs = 20_000 } = options;
  const job = new TestJob(kafka, messages, options);
  let error: unknown;
  let hookError: { readonly error: unknown } | undefined;
  const observed = async () => {
    try {
      await main();
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      try {
        await beforeClose?.();
      } catch (error) {
        hookError = { error };
      }
    }
  };
  let exitCode: number;
  try {
    const running = job.run(observed);
    if (!await within(systemClock, timeoutMs, running)) {
      throw new Error(
        `The job did not end within ${timeoutMs} ms: it waits for ${job.waitsFor}. ` +
          "Give it timeoutMs if it needs longer, or a stand-in (mods) for what does not answer.",
      );
    }
    exitCode = await running;
  } finally {
    await job.end();
    await restoreAsyncContext();
  }
  if (hookError !== undefined) throw whatFailed(error, hookError.error);
  checkThatItHappened(job, options, exitCode);
  const { broker } = memoryDriverOf(kafka);
  const { messages: handed } = job.recorder;
  return {
    exitCode,
    error,
    produced: producedBy(job, kafka.read),
    committed: Object.fromEntries(
      [...job.driver.consumed].flatMap(([group, topics]) =>
        [...topics].filter((topic) => kafka.topics.includes(topic))
          .map((topic) => [topic, committedOf(broker, group, topic)])
      ),
    ),
    messages: handed,
    processed: handed.filter(({ outcome }) => outcome === "processed"),
    retried: handed.filter(({ attempts }) => attempts > 1),
    skipped: handed.filter(({ outcome }) => outcome === "skipped"),
    deadLettered: handed.filter(({ outcome }) => outcome === "dead_lettered"),
    mods: job.standIns.runs,
    log: job.log,
    warnings: job.log.filter(({ level }) => level === "WARNING").map(({ message }) => message),
    elapsedMs: job.clock.now(),
    kafka,
  };
}

/** A test that passes because what it is about never happened would be worse than none. */
function checkThatItHappened(job: TestJob, { stop, crash }: RunOptions, exitCode: number): void {
  if (job.reachedMoment) return;
  const [unused] = job.standIns.unused;
  if (unused !== undefined) {
    throw new Error(
      `The job never came to ${unused}, which fail names: give it more messages, or count anew`,
    );
  }
  const moment = crash ?? (stop instanceof AbortSignal ? undefined : stop);
  if (moment !== undefined) {
    const what = "after" in moment
      ? `${moment.after} messages`
      : `call ${moment.at.call} of ${moment.at.mod} (it had ${job.standIns.calls.get(moment.at.mod) ?? 0})`;
    const name = crash === undefined ? "stop" : "crash";
    throw new Error(`The job never came to ${what}, where ${name} was to be; it ended with ${exitCode}`);
  }
  const [unread] = job.deliveries.waiting;
  if (unread === undefined || exitCode !== 0) return;
  const read = [...new Set([...job.driver.consumed.values()].flatMap((topics) => [...topics]))];
  throw new Error(
    `The job never read topic ${unread}: it consumes ${read.length === 0 ? "nothing" : read.join(", ")}. ` +
      "Give the messages by the name that the job's settings name.",
  );
}

function producedBy(
  job: TestJob,
  read: (topic: string) => readonly TopicMessage[],
): Record<string, TopicMessage[]> {
  const produced: Record<string, TopicMessage[]> = {};
  const topics = new Map<string, Map<string, TopicMessage>>();
  for (const { topic, partition, offset } of job.driver.sent) {
    let records = topics.get(topic);
    if (records === undefined) {
      records = new Map(read(topic).map((message) => [`${message.partition}/${message.offset}`, message]));
      topics.set(topic, records);
    }
    const message = records.get(`${partition}/${offset}`);
    if (message !== undefined) (produced[topic] ??= []).push(message);
  }
  return produced;
}

/** The hook's own error; the job's before it, where that had failed already: then the hook finds nothing it looks for. */
function whatFailed(ofJob: unknown, ofHook: unknown): unknown {
  if (ofJob === undefined) return ofHook;
  return new Error(`The job failed: ${errorText(ofJob)}. Then beforeClose failed: ${errorText(ofHook)}`, {
    cause: ofJob,
  });
}
