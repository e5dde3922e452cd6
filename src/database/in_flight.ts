/** Work that has begun and not ended yet: for waiting until there is none. */
export class InFlight {
  readonly #running = new Set<Promise<unknown>>();

  /** Runs the work, and knows of it until it has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    const forget = () => void this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  /** Resolves when all of it has ended, well or not, also what begins meanwhile. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
