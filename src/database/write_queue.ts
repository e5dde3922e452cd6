import { unlessAborted } from "../core/unless_aborted.ts";

/**
 * Runs pieces of work one after the other, in the order of their arrival. A database is written by one transaction at a
 * time: two side by side would only conflict, and be tried again.
 *
 * This is where calls that wait can later be gathered into one transaction.
 */
export class WriteQueue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs the work when everything before it has ended, well or not. Where the signal fires before its turn, it never
   * begins, and the promise rejects at once with the signal's reason.
   */
  add<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const turn = signal === undefined ? before : unlessAborted(signal, before);
    const result = turn.then(work);
    // one that was given up ends before its turn: what comes after it still waits for those before it. Its caller is
    // told how it ended, the next one only waits.
    this.#last = Promise.allSettled([before, result]);
    return result;
  }

  /** Resolves when everything that was added has ended, also what is added meanwhile. */
  async drained(): Promise<void> {
    for (let last; last !== this.#last;) await (last = this.#last);
  }
}
