/** The command line: `deno task datapy --help`. */
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { kafkaStatus, startKafka, stopKafka } from "../dev/kafka/mod.ts";
import { postgresStatus, startPostgres, stopPostgres } from "../dev/postgres/mod.ts";
import { processStopSignals } from "../control/stop_signals.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemDisk } from "../runtime/disk.ts";
import { processInput } from "../runtime/input.ts";
import { type Process, thisProcess } from "../runtime/process.ts";
import { runApp } from "./app.ts";
import { systemBrokers } from "./brokers.ts";
import { systemChecks } from "./check/library.ts";
import { PLAN } from "./check/plan_lines.ts";
import type { CliContext } from "./context.ts";
import { systemNewLibrary } from "./new/library.ts";

/** Colours where they are wanted: on a terminal, unless NO_COLOR is set. */
function stream(process: Process, write: (text: string) => void, isTerminal: boolean) {
  const colours = isTerminal && !process.env("NO_COLOR") && process.env("TERM") !== "dumb";
  return { write, getColorDepth: () => colours ? 4 : 1 };
}

const context: CliContext = {
  process: {
    stdout: stream(thisProcess, thisProcess.writeOut, thisProcess.outIsTerminal),
    stderr: stream(thisProcess, thisProcess.writeError, thisProcess.errorIsTerminal),
  },
  machine: thisProcess,
  clock: systemClock,
  stopSignals: processStopSignals,
  input: processInput,
  brokers: systemBrokers,
  checks: systemChecks,
  projects: systemNewLibrary,
  kafka: { start: startKafka, stop: stopKafka, status: kafkaStatus },
  postgres: { start: startPostgres, stop: stopPostgres, status: postgresStatus },
  jobs: {
    kindOf: (path) => systemDisk.kindOf(path),
    neighbours: (path) => systemDisk.list(dirname(path)),
    load: (path) => import(pathToFileURL(resolve(path)).href),
    exitWith: async (main, contextFile) =>
      (await import("../job/exit_with.ts")).runAndExit(main, () => contextFile),
  },
  mods: async () => (await import("../job/run_mod.ts")).registeredMods(),
};

if (import.meta.main) {
  const [first, ...words] = thisProcess.args;
  // no await here for a plan: Deno would not tell that nothing goes on
  if (first === PLAN) {
    import("./check/plan.ts").then(({ plan }) => plan(...words)).then(() => thisProcess.exit(0));
  } else thisProcess.exit(await runApp(thisProcess.args, context));
}
