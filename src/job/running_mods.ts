/** The mods that a job runs now, those within a consumer's messages apart: they end with their message. */
export class RunningMods {
  readonly #running = new Map<Promise<unknown>, string>();

  /** Remembers a run until it settles; hands the same promise back. */
  track<T>(mod: string, run: Promise<T>): Promise<T> {
    this.#running.set(run, mod);
    const ended = () => void this.#running.delete(run);
    run.then(ended, ended);
    return run;
  }

  /** Their names, the oldest first. */
  get names(): readonly string[] {
    return [...this.#running.values()];
  }

  /** Resolves when all that run now have settled; never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.keys());
  }
}
