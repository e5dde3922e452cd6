/** All words of the command line. Data goes to standard output; these go to standard error, help aside. */
import {
  type ApplicationText,
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
} from "../deps/stricli.ts";
import { errorText, kindOf } from "../core/errors.ts";
import type { KafkaState, KafkaStatus } from "../dev/kafka/mod.ts";

export const NAME = "datapy";

const helpHint = (command: string) => `Run "${command} --help" for what there is.`;
const HELP_HINT = helpHint(NAME);

/** Words about a wrong command line, whose hint names the help of its command. */
export const withHelpOf = (command: string, words: string): string =>
  command === "" ? words : words.replace(HELP_HINT, helpHint(`${NAME} ${command}`));

/** Stricli hands on its suggestions in backquotes. */
const quoted = (words: readonly string[]) => words.map((word) => word.replaceAll("`", '"')).join(" or ");

/** `dryRun` as it is written: stricli takes both forms, help shows this one. */
const kebab = (flag: string) => flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const flags = (names: readonly string[]) =>
  [...new Set(names.map(kebab))].map((name) => `--${name}`).join(" or ");

/** What stricli says, in our words where its own are not plain. */
export const stricliText: ApplicationText = {
  ...text_en,
  briefs: {
    ...text_en.briefs,
    help: "Show this help",
    version: "Show the version",
    argumentEscapeSequence: "What follows are arguments, even if they begin with a dash",
  },
  noCommandRegisteredForInput({ input, corrections }) {
    const meant = corrections.length === 0 ? "" : `; did you mean ${quoted(corrections)}?`;
    return `${NAME}: there is no command "${input}"${meant}\n${HELP_HINT}`;
  },
  exceptionWhileParsingArguments(error) {
    if (!(error instanceof ArgumentScannerError)) return failure(error);
    const message = formatMessageForArgumentScannerError(error, {
      FlagNotFoundError: ({ input, corrections }) =>
        `there is no option --${input}` +
        (corrections.length === 0 ? "" : `; did you mean ${flags(corrections)}?`),
      AliasNotFoundError: ({ input }) => `there is no option -${input}`,
      ArgumentParseError: ({ externalFlagNameOrPlaceholder, input, exception }) => {
        const name = externalFlagNameOrPlaceholder;
        const what = /^[A-Z]/.test(name) ? name : `--${kebab(name)}`;
        return `${what} is "${input}": ${exception instanceof Error ? exception.message : exception}`;
      },
      UnsatisfiedFlagError: ({ externalFlagName, nextFlagName }) =>
        nextFlagName === undefined
          ? `--${kebab(externalFlagName)} is missing`
          : `--${kebab(externalFlagName)} has no value before --${kebab(nextFlagName)}`,
      UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing`,
      UnexpectedPositionalError: ({ input }) => `"${input}" is one word too many`,
      EnumValidationError: ({ externalFlagName, input, values }) =>
        `--${kebab(externalFlagName)} is "${input}": expected ${values.join(" or ")}`,
    });
    return `${NAME}: ${message}\n${HELP_HINT}`;
  },
  exceptionWhileLoadingCommandFunction: failure,
  exceptionWhileLoadingCommandContext: failure,
  exceptionWhileRunningCommand: failure,
  commandErrorResult: failure,
};

/** Why a command failed. What is not ours is shown with its stack: it is a bug of ours, and the stack finds it. */
export function failure(error: unknown): string {
  const expected = kindOf(error) !== "record" || !(error instanceof Error);
  return `${NAME}: ${expected ? errorText(error) : error.stack ?? error.message}`;
}

/** A description with an example, for help. */
export function example(full: string, ...lines: readonly string[]): string {
  return [full, "", "Example:", ...lines.map((line) => `  ${line}`)].join("\n");
}

export const briefs = {
  app: "Jobs that read Kafka and fill databases",
  run: "Run a job file",
  runFull: example(
    "Imports the file and runs the main() that it exports, until SIGTERM or Ctrl+C; a second Ctrl+C ends it at once.",
    "datapy run jobs/orders.ts --context prod.json",
  ),
  runContext: "Context file in place of the one that the job gives to setupContext, and of DATAPY_CONTEXT",
  runJob: "The job file, such as jobs/orders.ts, or in a compiled program its name; and words for its main()",
  runUsage: "Further words are handed to main() as a list",
  kafka: "A Kafka for development",
  kafkaFull: "A container where there is an engine with a Kafka image, or else Kafka's own jars on a JVM. " +
    "DATAPY_KAFKA=host:port uses a broker that runs elsewhere; DATAPY_KAFKA_ENGINE=container or jvm decides for one; " +
    "DATAPY_KAFKA_IMAGE names another image.",
  kafkaUp: "Start Kafka, or find it running; prints its address last",
  kafkaStatus: "Print the address of the Kafka that runs; exit code 1 if there is none",
  kafkaDown: "End Kafka and remove its topics",
  kafkaUpFull: example(
    "Starts a Kafka for development, or finds it running. With three brokers each topic has three copies and needs two " +
      "of them, so that one broker may be killed to see what a job does; they take about 1 GB of memory.",
    "datapy kafka up",
    "datapy kafka up --brokers 3",
  ),
  kafkaBrokers: "How many brokers, 1 to 5; by default as many as it had before, or 1",
  kafkaBrokersWrong: "expected a number from 1 to 5",
  kafkaStatusFull: example(
    "Prints the address of the Kafka that runs, for scripts.",
    "datapy kafka status && datapy run jobs/orders.ts",
  ),
  kafkaDownFull: example("Ends the Kafka that kafka up has started.", "datapy kafka down"),
  json: "Print JSON, for programs",
} as const;

/** `the JVM, process 123` or `container 0123456789ab of IMAGE`. */
const where = (state: KafkaState) =>
  state.engine === "jvm"
    ? `on the JVM, ${several("process", [state, ...state.others ?? []].map(({ pid }) => String(pid)))}`
    : `in ${several("container", [state.id, ...state.others ?? []].map((id) => id.slice(0, 12)))} of ` +
      state.image;

const several = (noun: string, which: readonly string[]) =>
  which.length === 1
    ? `${noun} ${which[0]}`
    : `${noun}${noun.endsWith("s") ? "es" : "s"} ${which.join(", ")}`;

/** `12 s`, `5 min`, `3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export const kafkaText = {
  started: (ms: number) => `Kafka is up after ${duration(ms)}; "deno task kafka down" ends it`,
  wasUp: "Kafka is up already",
  external: "Using the Kafka that DATAPY_KAFKA names",
  otherPort: (bootstrap: string) =>
    `Port 9092 is taken by another program: tell your jobs by KAFKA_BOOTSTRAP_SERVERS=${bootstrap}`,
  status(status: KafkaStatus, now: number): string {
    if (status.kind === "down") return `Kafka is not running; "deno task kafka up" starts it`;
    if (status.kind === "external") {
      return status.answers
        ? "The Kafka that DATAPY_KAFKA names answers"
        : `The Kafka that DATAPY_KAFKA names does not answer at ${status.bootstrap}`;
    }
    if (!status.answers) {
      return `Kafka runs ${where(status.state)}, but does not answer at ${status.silent.join(", ")}; ` +
        `"deno task kafka up" starts what has ended, "deno task kafka down" ends it`;
    }
    return `Kafka runs ${where(status.state)}, for ${duration(now - Date.parse(status.state.startedAt))}`;
  },
  down: {
    stopped: "Kafka has ended; its topics are removed",
    was_not_running: "Kafka was not running",
    left_alone: "DATAPY_KAFKA names a Kafka that is not ours: it is left alone",
  },
} as const;

export const jobText = {
  notThere: (path: string, hint: string) => `${NAME}: Cannot run ${path}: there is no such file${hint}`,
  notInside: (name: string, hint: string, names: readonly string[]) =>
    `${NAME}: Cannot run ${name}: this program has no such job${hint}\nIt has ${names.join(", ")}`,
  isFolder: (path: string) => `${NAME}: Cannot run ${path}: it is a folder`,
  cannotLoad: (path: string) => `Cannot load ${path}`,
  noMain: (path: string) =>
    `Cannot run ${path}: it exports no function main; a job begins with "export async function main()"`,
} as const;
