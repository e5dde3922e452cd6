import { redactSecrets } from "./secret.ts";

/** An error and its causes, outermost first. */
export function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let next = error; next instanceof Error && !chain.includes(next); next = next.cause) chain.push(next);
  return chain;
}

/** The stacks of an error and its causes, line by line, secrets masked. */
export function stackLines(error: unknown): readonly string[] {
  // masked before it is split: a key has several lines
  return chainOf(error).flatMap((link) => redactSecrets(String(link.stack ?? link)).split("\n"));
}

/**
 * Where an error came from that is a mistake in the program, such as a `TypeError`: the first place of its stack.
 * Undefined for errors that were thrown on purpose, whose text says enough.
 */
export function mistakePlace(error: unknown): string | undefined {
  const mistake = chainOf(error).find((link) => link instanceof TypeError || link instanceof ReferenceError);
  return /^\s+at (.*)$/m.exec(mistake?.stack ?? "")?.[1];
}
