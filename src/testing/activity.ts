import { setImmediate } from "node:timers/promises";

/** Turns of the event loop without anything noted after which nothing is under way: an answer takes at most three. */
const QUIET_TURNS = 10;

/** Notes that something happened in a job; so it can be told when nothing happens any more. */
export class Activity {
  #count = 0;
  #ended = false;
  #happened = Promise.withResolvers<void>();

  /** How much was noted so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether the job is over. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  note(): void {
    this.#count++;
    this.#happened.resolve();
    this.#happened = Promise.withResolvers();
  }

  /** The job is over: nobody waits any more. */
  end(): void {
    this.#ended = true;
    this.note();
  }

  /** Waits until something is noted, but at most `ms` of real time. Whether something was. */
  async next(ms?: number): Promise<boolean> {
    if (this.#ended) return true;
    const before = this.#count;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = ms === undefined ? [] : [new Promise<void>((resolve) => timer = setTimeout(resolve, ms))];
    await Promise.race([this.#happened.promise, ...late]);
    clearTimeout(timer);
    return this.#count !== before;
  }

  /** Waits until nothing was noted for a few turns of the event loop. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS && !this.#ended;) {
      const before = this.#count;
      await setImmediate();
      turns = this.#count === before ? turns + 1 : 0;
    }
  }
}
