import type { StopSignals } from "../control/stop_signals.ts";
import { ConfigurationError, errorText } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { closeResources } from "../core/resources.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ProcessEvents } from "../runtime/uncaught.ts";
import { EXIT_CODES, exitCodeOf } from "./exit_codes.ts";
import { isStopRequest, tellFailure } from "./failure.ts";
import type { RunningMods } from "./running_mods.ts";

/** What running a job to its end needs from outside. */
export interface JobPorts {
  readonly log: Logger;
  readonly clock: Clock;
  readonly events: ProcessEvents;
  readonly signals: StopSignals;
  readonly running: RunningMods;
}

/** How long `main` may go on after a signal where nothing drains: as a rule it is connecting, which is over by then. */
const UNATTENDED_MS = 5_000;
/** How long the other consumers of a job that failed may drain; they have deadlines of their own. */
const DRAIN_MS = 60_000;
/** How long closing what is open may take. */
const CLOSE_MS = 10_000;

/** How a job ended; what failed has been told. */
type Ending =
  | { readonly kind: "ended" | "uncaught" | "idle" | "cut off" }
  | { readonly kind: "failed"; readonly code: number };

/**
 * Runs `main` until it ends, fails, is cut off, or something fails beside it; lets the consumers that still run drain,
 * closes what is open, and logs what went wrong. Resolves to the exit code. Never rejects, and does not end the process.
 */
export async function runToExitCode(main: () => unknown, ports: JobPorts): Promise<number> {
  const { log, events, clock, signals, running } = ports;
  const beside = Promise.withResolvers<Ending>();
  let uncaught = 0;
  using _uncaught = events.onUncaught((error) => {
    tellFailure(log, error, "An error was not handled: ");
    uncaught++;
    beside.resolve({ kind: "uncaught" });
  });
  using _idle = events.onIdle(() => beside.resolve({ kind: "idle" }));
  using _guard = guardedBy(ports, () => beside.resolve({ kind: "cut off" }));

  const ending = await Promise.race([endingOf(main, ports), beside.promise]);
  let code = codeOf(ending, log);
  if (ending.kind === "failed" || ending.kind === "uncaught") {
    signals.stopAll("the job failed");
    await Promise.race([running.settled(), clock.sleep(DRAIN_MS)]);
  }
  for (const { name, reason } of await closeResources(CLOSE_MS)) {
    log.error(`Could not close ${name}: ${errorText(reason)}`);
    code ||= EXIT_CODES.failed;
  }
  return code || (uncaught > 0 ? EXIT_CODES.failed : EXIT_CODES.stopped);
}

async function endingOf(main: () => unknown, { log, running, signals }: JobPorts): Promise<Ending> {
  try {
    await main();
    const [forgotten] = running.names;
    if (forgotten === undefined) return { kind: "ended" };
    throw new ConfigurationError(
      `The job's main returned while runMod("${forgotten}") was still running: an await before runMod is missing`,
    );
  } catch (error) {
    if (signals.received !== undefined && isStopRequest(error)) return { kind: "ended" };
    tellFailure(log, error);
    return { kind: "failed", code: exitCodeOf(error) };
  }
}

/**
 * Listens to the signals from the beginning. If nobody else does when one arrives, nobody drains: then `main` is cut off
 * after a while, unless a consumer has begun by then, which stops by itself.
 */
function guardedBy({ log, clock, signals }: JobPorts, cutOff: () => void): Disposable {
  let timer: Disposable | undefined;
  const leave = signals.join({
    requestStop(reason) {
      if (signals.received === undefined || timer !== undefined) return;
      log.info(
        reason === "SIGINT"
          ? "SIGINT: stopping; a second Ctrl+C ends the job at once"
          : `${reason}: stopping`,
      );
      const unattended = signals.size === 1;
      timer = clock.timer(UNATTENDED_MS, () => {
        if (unattended && signals.size === 1) cutOff();
      });
    },
  });
  return {
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      leave();
    },
  };
}

function codeOf(ending: Ending, log: Logger): number {
  switch (ending.kind) {
    case "ended":
      return EXIT_CODES.stopped;
    case "failed":
      return ending.code;
    case "uncaught":
      return EXIT_CODES.failed;
    case "idle":
      log.critical("The job waits for something that can no longer happen: a promise that nobody settles");
      return EXIT_CODES.failed;
    case "cut off":
      log.critical(`The job did not end within ${UNATTENDED_MS / 1000} s of the signal: its work is cut off`);
      return EXIT_CODES.interrupted;
  }
}
