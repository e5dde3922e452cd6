import { chooseContextFile } from "../context/current.ts";
import { processStopSignals } from "../control/stop_signals.ts";
import { loggerFor } from "../logging/logging.ts";
import { systemClock } from "../runtime/clock.ts";
import { thisProcess } from "../runtime/process.ts";
import { processEvents } from "../runtime/uncaught.ts";
import { contextOption } from "./context_option.ts";
import { serveHealth } from "./health.ts";
import { runningMods } from "./run_mod.ts";
import { runToExitCode } from "./run_to_exit_code.ts";

/**
 * Runs a job's `main`, closes what is open, and ends the process, even where work is stuck. The exit code says how it
 * ended: 0 as asked, 1 failed, 78 wrong configuration, 130 interrupted (see exit_codes.ts).
 *
 * ```ts ignore
 * if (import.meta.main) exitWith(main);
 * ```
 *
 * Why it failed is one CRITICAL line; at DEBUG the stack follows. Errors that nobody handled, and a `main` that waits for
 * something that can no longer happen, end the process with 1; the consumers that still run drain before. A signal is
 * heard from the beginning: while the job connects it ends with 0; where no consumer is there to drain, `main` has five
 * seconds to end by itself, then its work is cut off with 130.
 *
 * Where the variable HEALTH_PORT is set, probes and metrics are answered at that port while the job runs, on all addresses.
 *
 * `--context FILE` among the words that the job was started with takes the place of the file that it gives to
 * `setupContext`.
 */
export function exitWith(main: () => unknown): Promise<never> {
  return runAndExit(main, () => contextOption(thisProcess.args));
}

/** The same, with the context file that whoever starts the job has chosen; undefined is the job's own. */
export async function runAndExit(
  main: () => unknown,
  chosenContext: () => string | undefined,
): Promise<never> {
  processStopSignals.keep();
  const start = () => {
    const file = chosenContext();
    if (file !== undefined) chooseContextFile(file);
    serveHealth();
    return main();
  };
  const code = await runToExitCode(start, {
    log: loggerFor(),
    clock: systemClock,
    events: processEvents,
    signals: processStopSignals,
    running: runningMods.get(),
  });
  return thisProcess.exit(code);
}
