import { errorText, kindOf, ModError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { redactSecrets } from "../core/secret.ts";

/**
 * Tells why a job fails, in one CRITICAL line: the text of the error and its causes. The stacks follow at DEBUG, a line
 * each; not those of a configuration error, whose text says what to mend.
 */
export function tellFailure(log: Logger, error: unknown, prefix = ""): void {
  const kind = kindOf(error);
  const { mod, parameter } = error instanceof ModError ? error : { mod: undefined, parameter: undefined };
  log.critical(prefix + errorText(error), { kind, mod, parameter });
  if (kind === "configuration") return;
  for (const line of stackLines(error)) log.debug(line);
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let next = error; next instanceof Error && !seen.has(next); next = next.cause) {
    seen.add(next);
    // masked before it is split: a key has several lines
    lines.push(...redactSecrets(String(next.stack ?? next)).split("\n"));
  }
  return lines;
}
