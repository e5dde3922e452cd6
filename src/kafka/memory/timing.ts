import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../runtime/clock.ts";

/** Lets everything else that is ready run first. Not a delay: an answer from a broker never comes in the same turn. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}

/** Waits for a promise, however it settles, but at most `ms`: false if it was late. */
export async function settlesWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  using _timer = clock.timer(ms, () => late.resolve(false));
  const done = work.then(() => true, () => true);
  return await Promise.race([done, late.promise]);
}

/** Something to wait for that happens again and again; what happened while nobody waited is not forgotten. */
export class Wakeup {
  #pending = false;
  #resolve: (() => void) | undefined;

  /** Ends the wait, or the next one. */
  notify(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Waits for a notification since the last wait. */
  async wait(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => this.#resolve = resolve);
    this.#pending = false;
    this.#resolve = undefined;
  }
}
