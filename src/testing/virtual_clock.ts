import { AsyncResource } from "node:async_hooks";
import type { Clock } from "../runtime/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes only when it is told to: so a wait of minutes is over at once. */
export class VirtualClock implements Clock {
  readonly #start = Date.now();
  /** In the order of their making: of those due at the same time, the first goes first. */
  readonly #timers = new Set<Timer>();
  #now = 0;
  #stopped = false;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#start + this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        timer[Symbol.dispose]();
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = this.timer(ms, end);
      signal?.addEventListener("abort", end);
    });
  }

  timer(ms: number, callback: () => void): Disposable {
    // it runs for whom it was made, as the machine's timers do
    const timer = { at: this.#now + ms, callback: AsyncResource.bind(callback) };
    if (!this.#stopped) this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Passes to the next timer and runs it; false where nobody waits for time. */
  advance(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  /** Time stands still from now on. */
  stop(): void {
    this.#stopped = true;
    this.#timers.clear();
  }
}
