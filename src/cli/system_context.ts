/** What the command line and the programs that it builds have in common: this process, and the library of most commands. */
import { processStopSignals } from "../control/stop_signals.ts";
import { systemClock } from "../runtime/clock.ts";
import { processInput } from "../runtime/input.ts";
import { type Process, thisProcess } from "../runtime/process.ts";
import { systemBrokers } from "./brokers.ts";
import type { CliContext, JobLibrary } from "./context.ts";

/** Colours where they are wanted: on a terminal, unless NO_COLOR is set. */
function stream(process: Process, write: (text: string) => void, isTerminal: boolean) {
  const colours = isTerminal && !process.env("NO_COLOR") && process.env("TERM") !== "dumb";
  return { write, getColorDepth: () => colours ? 4 : 1 };
}

/** What every command may need. */
export const systemContext: Pick<
  CliContext,
  "process" | "machine" | "clock" | "stopSignals" | "input" | "brokers" | "mods"
> = {
  process: {
    stdout: stream(thisProcess, thisProcess.writeOut, thisProcess.outIsTerminal),
    stderr: stream(thisProcess, thisProcess.writeError, thisProcess.errorIsTerminal),
  },
  machine: thisProcess,
  clock: systemClock,
  stopSignals: processStopSignals,
  input: processInput,
  brokers: systemBrokers,
  mods: async () => (await import("../job/run_mod.ts")).registeredMods(),
};

/** Runs a job's main to its end, and ends the process. */
export const exitWith: JobLibrary["exitWith"] = async (main, contextFile) =>
  (await import("../job/exit_with.ts")).runAndExit(main, () => contextFile);
