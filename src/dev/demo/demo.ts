import { join, relative } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { within } from "../../runtime/clock.ts";
import type { Kafka, StartOptions } from "../kafka/mod.ts";
import type { Tools } from "../shared/tools.ts";
import {
  DATABASE_FILE,
  DATABASE_URL,
  makeRoom,
  makeSureItIsFree,
  type Query,
  readOrders,
} from "./database.ts";
import { generateOrders } from "./generate.ts";
import { jobStart } from "./job_environment.ts";
import { runToTheEnd, runUntilCrash } from "./job_runs.ts";
import { tellChecks, tellLog, tellSuccess } from "./outcome.ts";
import type { Screen } from "./screen.ts";
import { skippedIn } from "./skipped.ts";
import { DemoTopic, freshNames, OWN_NAMES, PARTITIONS } from "./topic.ts";
import { TopicModel } from "./topic_model.ts";
import { unlessAborted } from "../../core/unless_aborted.ts";
import { verify } from "./verify.ts";
import { count, counted } from "./words.ts";

/** What the demo needs from outside. */
export interface DemoPorts {
  readonly tools: Tools;
  readonly screen: Screen;
  /** Fires when it is to stop; its reason is what the demo then rejects with. */
  readonly signal: AbortSignal;
  readonly query: Query;
  startKafka(options: StartOptions): Promise<Kafka>;
}

/** How long a Kafka takes to start that has nothing to download, in milliseconds. */
const START_MS = 5000;

/** Runs the demo. Resolves to whether all is as it should be, when nothing of it runs any more. */
export async function runDemo(ports: DemoPorts, messages: number): Promise<boolean> {
  const { tools, screen, signal } = ports;
  using _alone = await aloneHere(tools);
  const logFile = relative("", join(tools.folder, "demo.log"));
  await tools.disk.remove(logFile);
  screen.line(screen.bold("DataPy demo: orders from Kafka into a database, through a crash"));
  await makeSureItIsFree(tools.disk, ports.query);

  screen.step("A Kafka is started");
  await using kafka = await startOwnKafka(ports);
  const external = kafka.engine === "external";
  screen.say(
    external
      ? `It is the one that DATAPY_KAFKA names: ${kafka.bootstrap}.`
      : `It answers at ${kafka.bootstrap}, and ends with the demo.`,
  );

  const names = external ? freshNames() : OWN_NAMES;
  screen.step(`${count(messages)} messages are written to the topic "${names.topic}"`);
  await using topic = await unlessAborted(signal, DemoTopic.open(kafka.bootstrap, names, PARTITIONS));
  try {
    const model = await writeOrders(ports, topic, messages);
    return await runJob(ports, { topic, model, bootstrap: kafka.bootstrap, logFile });
  } finally {
    if (external) {
      await topic.remove().catch(() => screen.say(`The topic ${names.topic} could not be deleted.`));
    } else screen.show("Ending Kafka ...");
  }
}

/** Two demos in one folder would write to the same database. */
async function aloneHere({ disk, folder }: Tools): Promise<Disposable> {
  try {
    return await disk.lock(join(folder, "demo.lock"), 0);
  } catch (error) {
    if (!String(error).includes("another process")) throw error;
    throw new UnavailableError("Another demo runs in this folder: wait for its end and start again");
  }
}

/** A Kafka that is stopped while it starts has begun things: they get a moment to be over, and then end with us. */
async function startOwnKafka({ tools, screen, signal, startKafka }: DemoPorts): Promise<Kafka> {
  const starting = startKafka({ ephemeral: true, report: screen.indented });
  try {
    return await unlessAborted(signal, starting);
  } catch (error) {
    if (signal.aborted && await within(tools.clock, START_MS, starting)) {
      await starting.then((kafka) => kafka[Symbol.asyncDispose](), () => {});
    }
    throw error;
  }
}

async function writeOrders(
  { screen, signal }: DemoPorts,
  topic: DemoTopic,
  size: number,
): Promise<TopicModel> {
  const messages = generateOrders(size);
  const written = (done: number) => screen.show(`${count(done)} of ${count(size)} written`);
  const places = await topic.write(messages, signal, written);
  screen.progress(undefined);
  const model = new TopicModel(messages, places);
  const { counts } = model;
  screen.say(
    `${count(counts.new)} new orders, ${counted(counts.update, "update")}, ` +
      `${count(counts.duplicate)} sent twice, ${
        count(counts.malformed)
      } malformed; ${PARTITIONS} partitions.`,
  );
  return model;
}

interface Written {
  readonly topic: DemoTopic;
  readonly model: TopicModel;
  readonly bootstrap: string;
  readonly logFile: string;
}

/** The job with its crash, and what came of it. */
async function runJob(ports: DemoPorts, { topic, model, bootstrap, logFile }: Written): Promise<boolean> {
  const { tools, screen, signal, query } = ports;
  const start = { ...topic.names, bootstrap, databaseUrl: DATABASE_URL, logFile };
  const { job, name, sessionTimeoutMs } = await jobStart(tools, start);
  const run = { tools, screen, signal, query, topic, model, job, sessionTimeoutMs };
  screen.step(`The job ${name} runs, as a process of its own`);
  const previous = await makeRoom(tools.disk);
  if (previous !== undefined) {
    screen.say(`The former ${DATABASE_FILE} is now ${previous}.`);
  }
  screen.say("It writes each order in one transaction, and then commits the message.");
  screen.say(`Database: ${DATABASE_FILE}. Log: ${logFile}.`);
  try {
    const first = await runUntilCrash(run);
    const second = await runToTheEnd(run);
    screen.step("The check: the topic against the database, order by order");
    const checks = verify(model, {
      stored: await readOrders(tools.disk, query),
      skipped: skippedIn(await tools.disk.readText(logFile) ?? "", topic.names.topic),
      committed: await unlessAborted(signal, topic.committed()),
      ends: await unlessAborted(signal, topic.ends()),
      crash: first.crash,
      exitCode: second.exitCode,
    });
    const well = tellChecks(screen, checks);
    if (well) tellSuccess(screen, [first.rate, second.rate]);
    else await tellLog(ports, logFile);
    return well;
  } catch (error) {
    if (!signal.aborted) await tellLog(ports, logFile);
    throw error;
  }
}
