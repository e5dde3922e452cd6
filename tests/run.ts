/**
 * Runs the tests: `deno task test` those that need no Kafka, then those that need one, which it starts and ends;
 * `deno task test:slow` those that wait long, `deno task test:long` those that CI has no time for, `deno task
 * test:container` those of the compiled program and of the image. Whatever else is on
 * the command line goes to `deno test`: a filter, a file.
 *
 * DATAPY_KAFKA=host:port uses a Kafka that is there; DATAPY_TEST_ENGINE=container or jvm decides what it runs in.
 */
import { join } from "node:path";
import { ECHO_MS } from "../src/control/stop_signals.ts";
import { errorText } from "../src/core/errors.ts";
import { startKafka } from "../src/dev/kafka/mod.ts";
import { BROKER_FOLDER, testEngine } from "./support/broker.ts";
import { conclude, type Outcome, readReport, type StopSignal } from "./support/report.ts";

const ROOT = new URL("../", import.meta.url);

/** Tests spawn jobs, certificates and brokers; they write to temporary folders and talk to this machine only. */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-env",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-sys",
  "--allow-ffi",
  `--allow-run=sh,openssl,${Deno.execPath()}`,
];

/** A part of the tests: what `deno test` is given, and whether it needs a Kafka. */
interface Part {
  readonly name: string;
  readonly paths: readonly string[];
  readonly kafka: boolean;
  /** Whether two files of it may run at the same time: those that measure patience want the machine for themselves. */
  readonly sideBySide: boolean;
}

const PARTS: Readonly<Record<string, readonly Part[]>> = {
  all: [
    {
      name: "Tests without Kafka",
      paths: ["tests/architecture_test.ts", "tests/unit", "tests/simulation", "jobs"],
      kafka: false,
      sideBySide: true,
    },
    { name: "Tests on Kafka", paths: ["tests/contract", "tests/integration"], kafka: true, sideBySide: true },
  ],
  slow: [
    { name: "Slow tests", paths: ["tests/slow"], kafka: true, sideBySide: false },
    { name: "Chaos", paths: ["tests/chaos"], kafka: false, sideBySide: false }, // on brokers of its own
  ],
  container: [{
    name: "Program and image",
    paths: ["tests/binary", "tests/container"],
    kafka: true,
    sideBySide: true,
  }],
  long: [{ name: "Long tests", paths: ["tests/long"], kafka: true, sideBySide: false }],
};

const say = (text: string) => console.error(text);

/** The parts to run: those of a name, or one of the paths that were given. */
function partsFor(args: readonly string[]): { parts: readonly Part[]; rest: readonly string[] } {
  const [first = "", ...others] = args;
  const named = Object.hasOwn(PARTS, first) ? first : undefined;
  const rest = named === undefined ? args : others;
  const paths = rest.filter((arg) => /^(\.\/)?(tests|jobs)(\/|$)/.test(arg));
  if (paths.length === 0) return { parts: PARTS[named ?? "all"] ?? [], rest };
  const kafka = !paths.every((path) =>
    /^(\.\/)?(jobs|tests\/(unit|architecture|simulation|chaos))/.test(path)
  );
  return {
    parts: [{ name: paths.join(" "), paths, kafka, sideBySide: false }],
    rest: rest.filter((arg) => !paths.includes(arg)),
  };
}

let running: Deno.ChildProcess | undefined;
let stopped: StopSignal | undefined;
let stoppedAt = 0;

/** Ends the tests that run; a second time ends this process, and the guardians of its brokers clean up. */
function stop(signal: StopSignal): void {
  if (stopped !== undefined) {
    if (performance.now() - stoppedAt >= ECHO_MS) Deno.exit(130);
    return;
  }
  stopped = signal;
  stoppedAt = performance.now();
  try {
    running?.kill("SIGTERM");
  } catch {
    // it heard Ctrl+C itself
  }
}

/** A file for the report of `deno test`; one that a killed run leaves is removed with what else it has left there. */
async function reportFile(): Promise<string> {
  const dir = join(BROKER_FOLDER, "tmp");
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempFile({ dir, prefix: `kafka-${Deno.pid}-tests-`, suffix: ".xml" });
}

async function runPart(part: Part, rest: readonly string[], kafka: string | undefined): Promise<Outcome> {
  const report = await reportFile();
  try {
    const colours = Deno.stdout.isTerminal() || Deno.env.has("NO_COLOR") ? {} : { NO_COLOR: "1" };
    // through sh, which is all that this program may run
    running = new Deno.Command("sh", {
      args: [
        "-c",
        'exec "$@"',
        "sh",
        Deno.execPath(),
        "test",
        ...PERMISSIONS,
        `--junit-path=${report}`,
        "--permit-no-files",
        ...(part.sideBySide ? ["--parallel"] : []),
        "--preload=tests/support/fixed_seed.ts",
        ...rest,
        ...part.paths,
      ],
      cwd: ROOT,
      env: { DENO_JOBS: "2", ...colours, ...(kafka === undefined ? {} : { DATAPY_KAFKA: kafka }) },
    }).spawn();
    const { code } = await running.status;
    return { code, ...readReport(await Deno.readTextFile(report)) };
  } finally {
    running = undefined;
    await Deno.remove(report);
  }
}

/** Starts a Kafka, runs a part on it, and ends it. */
async function onKafka(part: Part, rest: readonly string[]): Promise<Outcome> {
  const report = { line: say, progress() {} };
  const options = { ephemeral: true, folder: BROKER_FOLDER, report };
  await using kafka = await startKafka(
    testEngine === undefined ? options : { ...options, engine: testEngine },
  );
  say(`Kafka answers at ${kafka.bootstrap}`);
  if (stopped !== undefined) return { code: 1, tests: 0, skipped: [] };
  return await runPart(part, rest, kafka.bootstrap);
}

async function main(): Promise<number> {
  const { parts, rest } = partsFor(Deno.args);
  const outcomes: Outcome[] = [];
  const begin = performance.now();
  for (const part of parts) {
    if (stopped !== undefined) break;
    say(`\n== ${part.name}`);
    if (!part.kafka) {
      outcomes.push(await runPart(part, rest, undefined));
      continue;
    }
    try {
      outcomes.push(await onKafka(part, rest));
    } catch (error) {
      say(errorText(error));
      outcomes.push({ code: 1, tests: 0, skipped: [] });
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  const { code, lines } = conclude(outcomes, { seconds, stopped, ci: Deno.env.has("CI") });
  for (const line of lines) say(line);
  return code;
}

if (import.meta.main) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop(signal));
  Deno.exit(await main());
}
