import { setImmediate } from "node:timers";
import type { Clock } from "../../src/runtime/clock.ts";

/** Lets everything that is ready run: promises, and what they set off. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that a test turns by hand. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return 1_700_000_000_000 + this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = this.timer(ms, resolve);
      signal?.addEventListener("abort", () => (timer[Symbol.dispose](), resolve()), { once: true });
    });
  }

  timer(ms: number, callback: () => void): Disposable {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Time passes in which nothing can run: the event loop is held. What came due runs at the next {@link advance}. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Turns the clock; timers that come due run in their order, and what they set off runs before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (true) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}
