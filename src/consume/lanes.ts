/**
 * What may run side by side. Work of one lane runs in its order and never overlaps; the lanes take turns. With `ordering:
 * partition` a lane is a partition. Pure: no clock, no await.
 */
export class Lanes<T> {
  readonly #laneOf: (task: T) => string;
  readonly #queues = new Map<string, Queue<T>>();
  /** Lanes that have work and are not busy, in the order of their turn. */
  readonly #ready = new Set<string>();
  readonly #busy = new Set<string>();

  /** @param laneOf The lane of a task: equal names never run side by side. */
  constructor(laneOf: (task: T) => string) {
    this.#laneOf = laneOf;
  }

  /** Queues a task behind those of its lane. */
  add(task: T): void {
    const lane = this.#laneOf(task);
    let queue = this.#queues.get(lane);
    if (queue === undefined) this.#queues.set(lane, queue = new Queue());
    queue.push(task);
    if (!this.#busy.has(lane)) this.#ready.add(lane);
  }

  /** Whether there is a task that may run now. */
  get hasNext(): boolean {
    return this.#ready.size > 0;
  }

  /** The next task, whose lane is then busy until it is released; undefined where nothing may run now. */
  next(): T | undefined {
    for (const lane of this.#ready) {
      this.#ready.delete(lane);
      const task = this.#queues.get(lane)?.shift();
      if (task === undefined) continue;
      this.#busy.add(lane);
      return task;
    }
    return undefined;
  }

  /** A task has ended: its lane is free again, and waits for its turn behind the others. */
  release(task: T): void {
    const lane = this.#laneOf(task);
    this.#busy.delete(lane);
    const queue = this.#queues.get(lane);
    if (queue === undefined || queue.size === 0) this.#queues.delete(lane);
    else this.#ready.add(lane);
  }

  /** Drops queued tasks; those that run are not touched. */
  drop(unwanted: (task: T) => boolean): void {
    for (const [lane, queue] of this.#queues) {
      queue.filter((task) => !unwanted(task));
      if (queue.size > 0) continue;
      this.#ready.delete(lane);
      this.#queues.delete(lane);
    }
  }
}

/** First in, first out, without moving what is left at each step. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined; // let it be collected
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  filter(wanted: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter((item) => wanted(item as T));
    this.#head = 0;
  }
}
