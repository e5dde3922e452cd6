import { INTERRUPTED } from "../control/stop_signals.ts";
import { kindOf } from "../core/errors.ts";

/** What a job's exit code says. 64 and 78 are EX_USAGE and EX_CONFIG of BSD's sysexits.h. */
export const EXIT_CODES = {
  /** It did all it had to, or stopped as it was asked to, with nothing left unfinished. */
  stopped: 0,
  /** It failed; what was not committed comes again. */
  failed: 1,
  /** The command line was wrong. */
  usage: 64,
  /** The job is set up wrongly: starting it again does not help. */
  configuration: 78,
  /** It was ended by a second Ctrl+C, or stopped with work that nobody could drain. */
  interrupted: INTERRUPTED,
} as const;

/** The exit code of a job that ended with this error. */
export function exitCodeOf(error: unknown): number {
  return kindOf(error) === "configuration" ? EXIT_CODES.configuration : EXIT_CODES.failed;
}
