/** Something was at `done` at a time. */
interface Look {
  readonly at: number;
  readonly done: number;
}

const RECENT_MS = 3000;

/**
 * How fast a number grows, from looks at it: over the last seconds, and on the whole. Standing still before the first
 * and after the last step is not counted: a job that starts is not slow.
 */
export class Rate {
  #looks: Look[] = [];
  #first: Look | undefined;
  #last: Look | undefined;

  /** @param now In milliseconds. */
  look(now: number, done: number): void {
    const before = this.#looks.at(-1);
    this.#looks = [...this.#looks.filter(({ at }) => now - at <= RECENT_MS), { at: now, done }];
    if (before === undefined || done === before.done) return;
    if (this.#first === undefined) {
      this.#first = before;
      this.#looks = [before, { at: now, done }];
    }
    this.#last = { at: now, done };
  }

  /** A second, over the last three of them; undefined where nothing has moved yet. */
  get recent(): number | undefined {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at || last.done === first.done) {
      return undefined;
    }
    return (last.done - first.done) / ((last.at - first.at) / 1000);
  }

  /** What moved in all, and for how long. */
  get whole(): { readonly done: number; readonly ms: number } {
    if (this.#first === undefined || this.#last === undefined) return { done: 0, ms: 0 };
    return { done: this.#last.done - this.#first.done, ms: this.#last.at - this.#first.at };
  }
}
