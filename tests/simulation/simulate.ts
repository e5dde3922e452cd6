import type { Event, History, Misbehaviour } from "./history.ts";
import { historyOf } from "./history.ts";
import { play, type Result } from "./world.ts";

/** How often a failing history is tried again to make it smaller. */
const SHRINK_TRIES = 400;

/** A seed whose history breaks a law, made as small as it becomes. */
export interface Failure {
  readonly seed: string;
  readonly history: History;
  readonly result: Result;
}

/** What came of many seeds. */
export interface Summary {
  readonly histories: number;
  readonly attempts: number;
  readonly steps: number;
  readonly failure: Failure | undefined;
}

/** Plays seeds one after another until one fails, there are no more, or the time (of the machine, in ms) is over. */
export async function simulate(
  seeds: Iterable<string>,
  { budgetMs = Infinity, shrinks = true }: { readonly budgetMs?: number; readonly shrinks?: boolean } = {},
): Promise<Summary> {
  const end = performance.now() + budgetMs;
  let [histories, attempts, steps] = [0, 0, 0];
  for (const seed of seeds) {
    const history = historyOf(seed);
    const result = await play(history);
    histories++;
    attempts += result.attempts;
    steps += result.steps;
    if (result.violations.length > 0) {
      const found = shrinks ? await shrink(history, result) : { history, result };
      return { histories, attempts, steps, failure: { seed, ...found } };
    }
    if (performance.now() >= end) break;
  }
  return { histories, attempts, steps, failure: undefined };
}

/** Drops what happens, piece by piece, while the same law is still broken (or what else `isBroken` looks for). */
export async function shrink(
  history: History,
  result: Result,
  isBroken = ({ violations }: Result) => violations[0]?.law === result.violations[0]?.law,
): Promise<{ readonly history: History; readonly result: Result }> {
  let best = { history, result };
  let tries = 0;
  const attempt = async (events: readonly (Event | Misbehaviour)[]) => {
    tries++;
    const smaller = { ...history, events };
    const found = await play(smaller);
    if (!isBroken(found)) return false;
    best = { history: smaller, result: found };
    return true;
  };
  for (let size = Math.ceil(history.events.length / 2); size >= 1 && tries < SHRINK_TRIES;) {
    let dropped = false;
    for (let from = 0; from < best.history.events.length && tries < SHRINK_TRIES;) {
      const { events } = best.history;
      if (await attempt([...events.slice(0, from), ...events.slice(from + size)])) dropped = true;
      else from += size;
    }
    if (size === 1 && !dropped) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return best;
}

/** What to print of a failure: the law, how to repeat it, and all that happened. */
export function report({ seed, history, result }: Failure, lines = 200): string {
  const [violation] = result.violations;
  const trace = result.trace.slice(-lines);
  return [
    `Broken: ${violation?.law}: ${violation?.text}`,
    `Repeat it: deno task simulate --seed ${seed}`,
    `Settings: ${JSON.stringify(history.settings)}`,
    `Events (${history.events.length} are left):`,
    ...history.events.map((event) => `  ${JSON.stringify(event)}`),
    `What happened${result.trace.length > lines ? `, the last ${lines} lines` : ""}:`,
    ...trace.map((line) => `  ${line}`),
  ].join("\n");
}
