import { errorText } from "../core/errors.ts";
import type { LogFields, Logger } from "../core/logger.ts";
import { mistakePlace, stackLines } from "../core/stack.ts";

/** One line that says why, and where in the program if it is a mistake there; the stacks follow at DEBUG. */
export function tellFailure(
  log: Logger,
  level: "error" | "warning",
  what: string,
  error: unknown,
  fields: LogFields,
): void {
  const place = mistakePlace(error);
  log[level](what + errorText(error) + (place === undefined ? "" : ` (at ${place})`), fields);
  for (const line of stackLines(error)) log.debug(line);
}
