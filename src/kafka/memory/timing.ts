import { setImmediate } from "node:timers/promises";

/** Lets everything else that is ready run first. Not a delay: an answer from a broker never comes in the same turn. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
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
