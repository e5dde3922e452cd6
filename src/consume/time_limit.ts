import type { Clock } from "../runtime/clock.ts";

/** What the time limit of one attempt needs. Times in milliseconds. */
export interface TimeLimitPorts {
  readonly clock: Clock;
  /** Undefined is no limit. */
  readonly maxProcessingMs: number | undefined;
  /** After the signal, until the message counts as stuck. */
  readonly stuckAfterMs: number;
  /** The message did not settle although its time is up. */
  onStuck(): void;
}

/** The two bounds of `max_processing_s`: the signal fires; later the message counts as stuck. Dispose it at the end. */
export function timeLimit(
  { clock, maxProcessingMs, stuckAfterMs, onStuck }: TimeLimitPorts,
  abort: AbortController,
): Disposable & { readonly reached: boolean } {
  const limit = { reached: false, [Symbol.dispose]() {} };
  if (maxProcessingMs === undefined) return limit;
  const seconds = maxProcessingMs / 1000;
  const fire = clock.timer(maxProcessingMs, () => {
    limit.reached = true;
    abort.abort(new DOMException(`max_processing_s: ${seconds} s have passed`, "TimeoutError"));
  });
  const giveUp = clock.timer(maxProcessingMs + stuckAfterMs, onStuck);
  limit[Symbol.dispose] = () => {
    fire[Symbol.dispose]();
    giveUp[Symbol.dispose]();
  };
  return limit;
}
