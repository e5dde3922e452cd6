/**
 * The job of the fault tests: what its processor does is chosen by the test, and it tells by lines on standard output what
 * happens to each message. Settings come as JSON in FAULT_JOB.
 */
import { exitWith, type Message, runMod, setupLogging, StreamController } from "../../../mod.ts";

/** What the processor does with a message, besides saying when it begins and ends. */
export type Deed =
  /** Waits `work_ms`. */
  | "work"
  /** Waits until the test sends a line. */
  | "wait for a line"
  /** Never ends, whatever its signal says. */
  | "never end"
  /** Holds the event loop for `work_ms`. */
  | "hold the loop"
  /** Writes the message into `messages` of `url`, then waits `work_ms`. */
  | "insert"
  /** The same, without an await. */
  | "insert without await"
  /** Throws. */
  | "fail"
  /** Waits until the test sends a line, tells that it fails, and throws. */
  | "fail at a line";

/** One consumer of the job. */
export interface FaultConsumer {
  readonly topics: readonly string[];
  readonly group_id: string;
  readonly deed: Deed;
  /** Further parameters of `kafka_consumer`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Settings of the job. */
export interface FaultJob {
  readonly broker: string;
  /** `additional_config` of the connection. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  readonly consumers: readonly FaultConsumer[];
  readonly work_ms?: number;
  /** Database of the deeds that insert. */
  readonly url?: string;
}

/** What is told of a message. */
export interface Told {
  readonly what: "begin" | "end" | "fail" | "aborted";
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Its value. */
  readonly id: string;
}

const lines: AsyncIterator<string> = (async function* () {
  let pending = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (pending + text).split("\n");
    pending = parts.pop() ?? "";
    yield* parts;
  }
})();

function tell(what: Told["what"], { topic, partition, offset, value }: Message): void {
  console.log(JSON.stringify({ what, topic, partition, offset, id: String(value) } satisfies Told));
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function act(deed: Deed, message: Message, { work_ms = 0, url = "" }: FaultJob): Promise<void> {
  const insert = () =>
    runMod("database_insert", {
      url,
      table: "messages",
      mode: "insert",
      create_table: true,
      data: { id: message.value, topic: message.topic, partition: message.partition, at: message.offset },
    });
  switch (deed) {
    case "work":
      return work_ms === 0 ? undefined : await sleep(work_ms);
    case "wait for a line":
      return void await lines.next();
    case "never end":
      return await new Promise(() => {});
    case "hold the loop":
      return void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, work_ms);
    case "insert":
      await insert();
      return void await sleep(work_ms);
    case "insert without await":
      return void insert().catch(() => {});
    case "fail at a line":
      await lines.next();
      tell("fail", message);
      throw new Error("this message fails");
    case "fail":
      throw new Error("this message fails");
  }
}

async function main(): Promise<void> {
  const job: FaultJob = JSON.parse(Deno.env.get("FAULT_JOB") ?? "{}");
  setupLogging("INFO", "fault_job");
  const kafka = await runMod("kafka_connector", {
    bootstrap_servers: job.broker,
    security_protocol: "PLAINTEXT",
    additional_config: { ...job.config },
  });
  using controller = new StreamController();
  await Promise.all(job.consumers.map(({ topics, group_id, deed, params }) =>
    runMod("kafka_consumer", {
      connection: kafka.artifacts.connection,
      topics: [...topics],
      group_id,
      controller,
      message_processor: async (message, { signal }) => {
        tell("begin", message);
        signal.addEventListener("abort", () => tell("aborted", message));
        await act(deed, message, job);
        tell("end", message);
        return { status: "success" };
      },
      ...params,
    })
  ));
}

if (import.meta.main) await exitWith(main);
