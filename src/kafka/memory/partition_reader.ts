import type { Assignment, ConsumerEvents, SessionStep } from "../driver.ts";
import type { MemoryBroker } from "./broker.ts";
import type { PartitionLog } from "./partition_log.ts";
import { Wakeup } from "./timing.ts";

/** Reads one assigned partition and hands its records on, until it is stopped. */
export class PartitionReader {
  readonly #wakeup = new Wakeup();
  #unwatch: (() => void) | undefined;
  #position: bigint;
  #paused = false;
  #halted = false;
  #stopped = false;
  #isAsking = false;
  #moves = 0;

  constructor(
    private readonly broker: MemoryBroker,
    private readonly log: PartitionLog,
    readonly assignment: Assignment,
    private readonly events: ConsumerEvents,
    private readonly outOfRange: (reader: PartitionReader) => void,
  ) {
    this.#position = assignment.position;
  }

  /** Offset of the next record to read. */
  get position(): bigint {
    return this.#position;
  }

  /** The answer that it waits for: none while it is paused, or has read all there is. */
  get underWay(): SessionStep | undefined {
    if (!this.#isAsking || this.#paused || this.#halted) return undefined;
    const { topic, partition, epoch } = this.assignment;
    const waitsFor = `the answer of the broker for ${topic}[${partition}]`;
    return { id: `fetch ${epoch}`, step: "fetch", waitsFor, moves: this.#moves };
  }

  /** Fetches nothing until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#moves++;
    this.#wakeup.notify();
  }

  /** Fetches nothing any more, whatever is resumed: the assignment is about to end. */
  halt(): void {
    this.#halted = true;
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true;
    this.#unwatch?.();
    this.#wakeup.notify();
  }

  /** Reads until it is stopped, or the log has left its position behind. */
  async run(): Promise<void> {
    if (this.#stopped) return;
    this.#unwatch = this.log.watch(() => this.#wakeup.notify());
    while (!this.#stopped) {
      this.#isAsking = true;
      this.#moves++;
      await this.broker.turn();
      await this.broker.requests.fetch.gate.pass();
      this.#isAsking = false;
      if (this.#stopped) return;
      if (this.#halted || this.#paused) {
        await this.#wakeup.wait();
      } else if (!this.log.holds(this.#position)) {
        this.stop();
        this.outOfRange(this);
      } else if (this.#position < this.log.end) {
        this.#deliver();
      } else {
        await this.#wakeup.wait();
      }
    }
  }

  #deliver(): void {
    const { topic, partition, epoch } = this.assignment;
    const { records, nextOffset } = this.log.read(this.#position, this.broker.maxFetchRecords);
    this.#position = nextOffset;
    this.events.records({ topic, partition, epoch, records, nextOffset, endOffset: this.log.end });
  }
}
