import { setImmediate } from "node:timers";
import type { Clock } from "../../src/runtime/clock.ts";
import type { Random } from "./random.ts";

interface Entry {
  readonly at: number;
  /** Decides among those that are due at the same time. */
  readonly rank: number;
  run: (() => void) | undefined;
}

const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.rank < b.rank);

/** Answers of a broker, in virtual milliseconds: most at once, some late. */
function latency(random: Random): number {
  const kind = random.next();
  if (kind < 0.5) return 0;
  if (kind < 0.9) return random.int(1, 3);
  return kind < 0.99 ? random.int(4, 20) : random.int(50, 200);
}

/**
 * Owns all waits of a history: time, and the turns of the event loop. Between two of its steps all promises that can
 * settle have settled; which step comes next is decided by the time at which it is due and, of several, by the seed.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #heap: Entry[] = [];
  #waiting = 0;
  #now = 0;
  #steps = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Virtual time in milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** How many steps were made. */
  get steps(): number {
    return this.#steps;
  }

  /** How many waits there are. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs something after `ms`, unless it is disposed before. */
  after(ms: number, run: () => void): Disposable {
    const entry: Entry = { at: this.#now + Math.max(0, ms), rank: this.#random.next(), run };
    this.#waiting++;
    this.#push(entry);
    return { [Symbol.dispose]: () => void this.#take(entry) };
  }

  /** A turn of the event loop, or an answer that comes over the wire. */
  turn = (): Promise<void> => new Promise((resolve) => void this.after(latency(this.#random), resolve));

  /** Makes one step; false where nobody waits. */
  async step(): Promise<boolean> {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      const run = this.#take(entry);
      if (run === undefined) continue;
      this.#now = Math.max(this.#now, entry.at);
      this.#steps++;
      run();
      await new Promise<void>((resolve) => setImmediate(resolve)); // all promises settle
      return true;
    }
    return false;
  }

  #take(entry: Entry): (() => void) | undefined {
    const { run } = entry;
    entry.run = undefined;
    if (run !== undefined) this.#waiting--;
    return run;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[i] = heap[parent] as Entry;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let i = 0;
    while (true) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!before(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

/** The clock of one process: it can stand still (SIGSTOP), and it ends with its process (SIGKILL). */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #open = new Set<Disposable>();
  /** What came due while the process stood still. */
  readonly #missed: (() => void)[] = [];
  #frozen = false;
  #dead = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Timers that have neither fired nor been disposed. */
  get open(): number {
    return this.#open.size;
  }

  /** Whether the process stands still. */
  get isFrozen(): boolean {
    return this.#frozen;
  }

  now(): number {
    return this.#scheduler.now;
  }

  wallTime(): number {
    return 1_700_000_000_000 + this.#scheduler.now;
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
    if (this.#dead) return { [Symbol.dispose]() {} };
    const timer = {
      [Symbol.dispose]: () => {
        this.#open.delete(timer);
        entry[Symbol.dispose]();
      },
    };
    const entry = this.#scheduler.after(ms, () =>
      this.whenRunning(() => {
        if (this.#open.delete(timer)) callback();
      }));
    this.#open.add(timer);
    return timer;
  }

  /** Runs something now, or when the process goes on; never once it is dead. All of it in the order of its coming. */
  whenRunning(run: () => void): void {
    if (this.#dead) return;
    if (this.#frozen || this.#missed.length > 0) this.#missed.push(run);
    else run();
  }

  /** The process stands still. */
  freeze(): void {
    this.#frozen = true;
  }

  /** The process goes on: what it missed comes one by one. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#catchUp();
  }

  #catchUp(): void {
    if (this.#missed.length === 0) return;
    this.#scheduler.after(0, () => {
      if (this.#dead || this.#frozen) return;
      const next = this.#missed[0];
      next?.();
      this.#missed.shift();
      this.#catchUp();
    });
  }

  /** The process has ended. */
  kill(): void {
    this.#dead = true;
    this.#missed.length = 0;
    for (const timer of [...this.#open]) timer[Symbol.dispose]();
  }
}
