import { UnavailableError } from "../core/errors.ts";
import type { ConsumerVitals } from "../core/vitals.ts";
import type { Assignment, ConsumerEvents, FetchedRecords } from "../kafka/driver.ts";
import { within } from "../runtime/clock.ts";
import { Assignments } from "./assignments.ts";
import { commitDue, PER_MESSAGE } from "./commit_rule.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Ending, isFinal } from "./ending.ts";
import type { Link } from "./link.ts";
import type { Observers, PartitionsEnd } from "./observer.ts";
import type { PartitionState } from "./partition_state.ts";
import type { ConsumePorts, ConsumeSettings } from "./settings.ts";
import type { Stats } from "./stats.ts";
import type { Work } from "./work.ts";

/** How long a revoked partition's message may take to settle before its low mark is committed, in milliseconds. */
const REVOKE_SETTLE_MS = 1_000;

/** What reading needs besides what the consumer was given. */
export interface ReadingPorts extends ConsumePorts {
  readonly settings: ConsumeSettings;
  readonly stats: Stats;
  readonly observers: Observers;
  readonly consumer: ConsumerVitals;
  /** The session with the group, as it is now. */
  link(): Link;
  /** Whether a stop was requested: what arrives is not taken any more. */
  isStopping(): boolean;
  /** A message was counted. */
  counted(): void;
  /** The job must end. */
  fail(error: unknown): void;
}

/** From what the group gives to the commits of what is done: an assignment, its records, their work, and its end. */
export class Reading {
  readonly assignments: Assignments;
  readonly dispatcher: Dispatcher;
  readonly #ports: ReadingPorts;
  #movedAt: number;

  constructor(ports: ReadingPorts) {
    const { settings } = ports;
    this.#ports = ports;
    this.#movedAt = ports.clock.now();
    this.assignments = new Assignments(ports.log);
    this.dispatcher = new Dispatcher({
      maxConcurrency: settings.maxConcurrency,
      isOpen: () => ports.link().isOpen,
      handedOut: ({ partition, record }) => (partition.handedOut(record), this.#flow(partition)),
      ended: (work, ending) => this.#messageEnded(work, ending),
      work: {
        ...ports,
        ...settings,
        stuckAfterMs: settings.drainTimeoutMs,
        onStuck: (work) =>
          ports.fail(new UnavailableError(`${work.place} did not settle after max_processing_s`)),
      },
    });
  }

  /** When a message was read, or dealt with, last. */
  get movedAt(): number {
    return this.#movedAt;
  }

  /** What the group tells. */
  events(): ConsumerEvents {
    const { observers, consumer, fail } = this.#ports;
    return {
      assigned: (partitions) => {
        this.assignments.add(partitions);
        observers.assigned(consumer, partitions);
      },
      records: (fetched) => this.#received(fetched),
      revoking: (partitions) => this.#revoking(partitions),
      lost: (partitions, reason) => this.lose(partitions, reason),
      crashed: fail,
      outageBegan: (why) => observers.outageBegan(consumer, why),
      outageOver: (ms) => observers.outageOver(consumer, ms),
    };
  }

  /** The assignments have ended: what is in work of them finishes into nothing. */
  lose(assignments: readonly Assignment[], reason: PartitionsEnd): void {
    const { observers, consumer } = this.#ports;
    const states = this.assignments.remove(assignments, reason);
    if (assignments.length > 0) observers.lost(consumer, assignments, reason);
    if (reason === "out_of_range") return; // the log has lost it, but what was read is here: it is worked off
    const works = this.dispatcher.revoke(states);
    const why = reason === "made_anew" ? "lost as the consumer is made anew" : "lost to a rebalance";
    for (const work of works) work.abort(`${work.place} was ${why}`);
  }

  #received(fetched: FetchedRecords): void {
    const { clock, observers, consumer, isStopping } = this.#ports;
    const partition = this.assignments.of(fetched);
    if (partition === undefined || partition.revoked || isStopping()) return;
    const bytes = partition.fetched(fetched);
    this.#movedAt = clock.now();
    observers.fetched(consumer, fetched, fetched.records.length, bytes);
    for (const record of fetched.records) this.dispatcher.add({ partition, record });
    this.#flow(partition);
    this.dispatcher.pump(); // where it was faster than the session, who opens it hands out
    this.#commitIfDue(); // gaps move the position although nothing is processed
  }

  async #messageEnded(work: Work, ending: Ending): Promise<void> {
    const { partition, record } = work.task;
    if (ending.kind === "failed") {
      this.#ports.fail(new Error(`Cannot process ${work.place}`, { cause: ending.error }));
    }
    if (partition.lost) return; // the fence: late work finishes into nothing
    if (!isFinal(ending)) return;
    partition.finish(record.offset);
    this.#movedAt = this.#ports.clock.now();
    this.#ports.stats.processed();
    this.#ports.counted();
    await this.#commitIfDue();
  }

  #commitIfDue(): Promise<void> | undefined {
    const link = this.#ports.link();
    const lastAt = link.lastCommitAt;
    if (lastAt === undefined) return undefined;
    const state = { pending: this.assignments.pending, lastAt };
    return commitDue(PER_MESSAGE, state, this.#ports.clock.now()) ? link.flush() : undefined;
  }

  #flow(partition: PartitionState): void {
    const link = this.#ports.link();
    if (!link.isOpen || partition.lost) return;
    const change = partition.flow(this.assignments.count);
    if (change !== undefined) link.flow(change, partition.assignment);
  }

  async #revoking(assignments: readonly Assignment[]): Promise<void> {
    const works = this.dispatcher.revoke(this.assignments.revoke(assignments));
    for (const work of works) work.leave();
    await within(this.#ports.clock, REVOKE_SETTLE_MS, this.dispatcher.settled(works));
    await this.#ports.link().flush();
  }
}
