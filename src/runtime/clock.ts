/** Time, passed in so that tests can turn it. */
export interface Clock {
  /** Milliseconds of a clock that never goes back; its zero has no meaning. */
  now(): number;
  /** Unix time in milliseconds, for people and for comparing with records' timestamps. */
  wallTime(): number;
  /** Resolves after `ms`; also, at once, when the signal fires: look at it afterwards. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back once after `ms`, unless it is disposed before. One that does not keep the process alive is forgotten when
   * nothing else is left to do.
   */
  timer(ms: number, callback: () => void, options?: { readonly keepsAlive: boolean }): Disposable;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(id);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const id = setTimeout(end, ms);
      signal?.addEventListener("abort", end);
    }),
  timer(ms, callback, { keepsAlive } = { keepsAlive: true }) {
    const id = setTimeout(callback, ms);
    if (!keepsAlive) Deno.unrefTimer(id);
    return { [Symbol.dispose]: () => clearTimeout(id) };
  },
};

/** Whether a promise settled within `ms`. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(() => true, () => true);
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(() => false);
  try {
    return await Promise.race([settled, late]);
  } finally {
    timer.abort();
  }
}
