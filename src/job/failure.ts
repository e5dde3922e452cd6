import { StopRequest } from "../control/stream_controller.ts";
import { errorText, kindOf, ModError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { chainOf, mistakePlace, stackLines } from "../core/stack.ts";

/**
 * Tells why a job fails, in one CRITICAL line: the text of the error and its causes, and where in the program it is if it
 * is a mistake there. The stacks follow at DEBUG, a line
 * each; not those of a configuration error, whose text says what to mend.
 */
export function tellFailure(log: Logger, error: unknown, prefix = ""): void {
  const kind = kindOf(error);
  const { mod, parameter } = error instanceof ModError ? error : { mod: undefined, parameter: undefined };
  const place = mistakePlace(error);
  log.critical(prefix + errorText(error) + (place === undefined ? "" : ` (at ${place})`), {
    kind,
    mod,
    parameter,
  });
  if (kind === "configuration") return;
  for (const line of stackLines(error)) log.debug(line);
}

/** Whether somebody gave up because a stop was requested: `kafka_connector`, or a `fetch` with a controller's signal. */
export function isStopRequest(error: unknown): boolean {
  return chainOf(error).some((link) => link instanceof StopRequest);
}
