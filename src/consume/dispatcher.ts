import { Lanes } from "./lanes.ts";
import type { PartitionState } from "./partition_state.ts";
import type { Ending } from "./ending.ts";
import { type Task, Work, type WorkPorts } from "./work.ts";

/** What a dispatcher needs. */
export interface DispatcherPorts {
  readonly work: WorkPorts;
  /** Messages in work at the same time. */
  readonly maxConcurrency: number;
  /** Whether there is a session by which what is done can be committed: before, nothing is handed out. */
  isOpen(): boolean;
  /** A queued record of this partition was handed out: there is room for more. */
  handedOut(task: Task): void;
  /** A message has ended. Its lane and its slot stay taken until this resolves: so the next waits for its commit. */
  ended(work: Work, ending: Ending): Promise<void>;
}

/** Hands queued records out to work, as many at a time as may run side by side. */
export class Dispatcher {
  readonly #ports: DispatcherPorts;
  /** `ordering: partition`. The lane outlives an assignment: what still runs of a lost one is not started twice. */
  readonly #lanes = new Lanes<Task>(({ partition }) => partition.name);
  readonly #inFlight = new Map<Work, Promise<void>>();
  #closed = false;
  #handedOut = 0;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
  }

  /** What is in work now. */
  get inFlight(): readonly Work[] {
    return [...this.#inFlight.keys()];
  }

  /** How many records were handed out. */
  get handedOut(): number {
    return this.#handedOut;
  }

  /** Whether a record waits that may run now, and there is room for it. */
  get couldHandOut(): boolean {
    return !this.#closed && this.#inFlight.size < this.#ports.maxConcurrency && this.#lanes.hasNext;
  }

  /** Queues a record. Call {@link Dispatcher.pump} after the last. */
  add(task: Task): void {
    if (!this.#closed) this.#lanes.add(task);
  }

  /** Hands out what may run now. */
  pump(): void {
    if (!this.#ports.isOpen()) return;
    while (!this.#closed && this.#inFlight.size < this.#ports.maxConcurrency) {
      const task = this.#lanes.next();
      if (task === undefined) return;
      this.#handedOut++;
      this.#ports.handedOut(task);
      const work = new Work(task, this.#ports.work);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#inFlight.set(work, promise); // before it runs: it may ask for a stop at once
      void this.#run(work).then(resolve);
    }
  }

  /** Drops what is queued of these partitions, also by their older assignments; returns what is in work of them. */
  revoke(partitions: ReadonlySet<PartitionState>): readonly Work[] {
    const names = new Set([...partitions].map(({ name }) => name));
    this.#lanes.drop((task) => names.has(task.partition.name));
    return this.inFlight.filter((work) => names.has(work.task.partition.name));
  }

  /** Resolves when these messages have ended. Never rejects. */
  async settled(works: readonly Work[] = this.inFlight): Promise<void> {
    await Promise.all(works.map((work) => this.#inFlight.get(work)));
  }

  /** Hands out nothing more, and ends all back-offs. What is in work goes on. */
  close(): void {
    this.#closed = true;
    for (const work of this.#inFlight.keys()) work.leave();
  }

  async #run(work: Work): Promise<void> {
    const ending = await work.run();
    await this.#ports.ended(work, ending);
    this.#inFlight.delete(work);
    this.#lanes.release(work.task);
    this.pump();
  }
}
