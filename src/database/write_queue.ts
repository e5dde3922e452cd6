/**
 * Runs pieces of work one after the other, in the order of their arrival. A database is written by one transaction at a
 * time: two side by side would only conflict, and be tried again.
 *
 * This is where calls that wait can later be gathered into one transaction.
 */
export class WriteQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the work when everything before it has ended, well or not. */
  add<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {}); // its caller is told; the next one only waits
    return result;
  }

  /** Resolves when everything that was added has ended, also what is added meanwhile. */
  async drained(): Promise<void> {
    for (let last; last !== this.#last;) await (last = this.#last);
  }
}
