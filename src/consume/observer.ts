import { JobLocal } from "../core/job_scope.ts";
import type { ConsumerVitals, OwnStep } from "../core/vitals.ts";
import type { LostReason, OffsetCommit, TopicPartition } from "../kafka/driver.ts";
import type { Outcome } from "./processor.ts";
import type { Ending } from "./ending.ts";
import type { Work } from "./work.ts";

/** Why a consumer has partitions no more; `made_anew`: it made itself anew, because one of its own steps was stuck. */
export type PartitionsEnd = LostReason | "made_anew";

/**
 * Is told what a consumer does: a test of a job, or metrics. Each function is optional, returns at once and does not
 * throw. Times are in milliseconds, sizes in bytes.
 */
export interface ConsumerObserver {
  /** An attempt at a message begins. */
  attempting?(work: Work): void;
  /** The attempt is over; a failure carries its kind. */
  attempted?(work: Work, outcome: Outcome, ms: number): void;
  /** Another attempt, at the message or at its dead letter, follows after a wait. */
  waiting?(work: Work, afterMs: number): void;
  /** The message has ended: done, skipped, in the dead letters, or none of these; nothing of it is committed yet. */
  ended?(work: Work, ending: Ending): void;
  /** Partitions were given to a consumer. */
  assigned?(consumer: ConsumerVitals, partitions: readonly TopicPartition[]): void;
  /** Partitions were taken away, or given back. */
  lost?(consumer: ConsumerVitals, partitions: readonly TopicPartition[], reason: PartitionsEnd): void;
  /** Records of a partition were read; possibly none, where only gaps were. Bytes are those of keys and values. */
  fetched?(consumer: ConsumerVitals, partition: TopicPartition, records: number, bytes: number): void;
  /** The group has accepted low marks. */
  committed?(consumer: ConsumerVitals, offsets: readonly OffsetCommit[], ms: number): void;
  /** A commit has failed, or was refused; what can be tried again is. */
  commitFailed?(consumer: ConsumerVitals, error: unknown, ms: number): void;
  /** The brokers count as out of reach: what failed has failed more than now and then. */
  outageBegan?(consumer: ConsumerVitals, why: string): void;
  /** They answer again, after so long. */
  outageOver?(consumer: ConsumerVitals, ms: number): void;
  /** A consumer was made anew, because this step was stuck. */
  madeAnew?(consumer: ConsumerVitals, step: OwnStep): void;
}

/** Tells all who look. Costs next to nothing where nobody does. */
export class Observers implements Required<ConsumerObserver> {
  #all: readonly ConsumerObserver[] = [];

  /** Tells this one too, from now on, until it is disposed. */
  add(observer: ConsumerObserver): Disposable {
    this.#all = [...this.#all, observer];
    return { [Symbol.dispose]: () => void (this.#all = this.#all.filter((one) => one !== observer)) };
  }

  attempting(work: Work): void {
    for (const one of this.#all) one.attempting?.(work);
  }

  attempted(work: Work, outcome: Outcome, ms: number): void {
    for (const one of this.#all) one.attempted?.(work, outcome, ms);
  }

  waiting(work: Work, afterMs: number): void {
    for (const one of this.#all) one.waiting?.(work, afterMs);
  }

  ended(work: Work, ending: Ending): void {
    for (const one of this.#all) one.ended?.(work, ending);
  }

  assigned(consumer: ConsumerVitals, partitions: readonly TopicPartition[]): void {
    for (const one of this.#all) one.assigned?.(consumer, partitions);
  }

  lost(consumer: ConsumerVitals, partitions: readonly TopicPartition[], reason: PartitionsEnd): void {
    for (const one of this.#all) one.lost?.(consumer, partitions, reason);
  }

  fetched(consumer: ConsumerVitals, partition: TopicPartition, records: number, bytes: number): void {
    for (const one of this.#all) one.fetched?.(consumer, partition, records, bytes);
  }

  committed(consumer: ConsumerVitals, offsets: readonly OffsetCommit[], ms: number): void {
    for (const one of this.#all) one.committed?.(consumer, offsets, ms);
  }

  commitFailed(consumer: ConsumerVitals, error: unknown, ms: number): void {
    for (const one of this.#all) one.commitFailed?.(consumer, error, ms);
  }

  outageBegan(consumer: ConsumerVitals, why: string): void {
    for (const one of this.#all) one.outageBegan?.(consumer, why);
  }

  outageOver(consumer: ConsumerVitals, ms: number): void {
    for (const one of this.#all) one.outageOver?.(consumer, ms);
  }

  madeAnew(consumer: ConsumerVitals, step: OwnStep): void {
    for (const one of this.#all) one.madeAnew?.(consumer, step);
  }
}

/** Who looks at the consumers of the job that runs; as a rule nobody. */
export const jobObservers: JobLocal<Observers> = new JobLocal(() => new Observers());
