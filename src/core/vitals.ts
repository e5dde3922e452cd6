import { JobLocal } from "./job_scope.ts";

/** What a consumer does as a whole. */
export type ConsumerState =
  /** It looks for brokers and topics, for the first time. */
  | "connecting"
  /** It waits for the group to share out the partitions. */
  | "joining"
  /** It is a member that was given no partitions. */
  | "waiting"
  /** It has partitions, and reads them. */
  | "consuming"
  /** A stop was requested: what is in work may finish. */
  | "draining"
  /** It has ended. */
  | "closed";

/** A step of the consumer's own, as against the work of the job's processor. Only these are judged by a watchdog. */
export type OwnStep = "connect" | "join" | "fetch" | "hand out" | "commit" | "close";

/** A step that is under way. Times are those of the job's clock, in milliseconds. */
export interface StepUnderWay {
  readonly step: OwnStep;
  /** What it waits for, in words such as `the answer of group "orders-to-db"`. */
  readonly waitsFor: string;
  /** When it began, or last moved. */
  readonly since: number;
  /** After how long without a move something is wrong. */
  readonly boundMs: number;
}

/** Where a message is on its way: in the job's code, in a wait before it is tried again, in its dead letter, in its commit. */
export type WorkStage = "processor" | "back-off" | "dead letter" | "commit";

/** A message that was handed out and is not committed. It is never a reason to restart: only own steps are. */
export interface WorkUnderWay {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When it was handed out, by the job's clock. */
  readonly since: number;
  readonly stage: WorkStage;
  /** The mods that run for it, oldest first; empty where the processor itself is at work. */
  readonly running: readonly string[];
}

/** A partition as its consumer knows it. */
export interface PartitionVitals {
  readonly topic: string;
  readonly partition: number;
  /** Offset after what was read. */
  readonly position: bigint;
  /** The last low mark that the group accepted, or what it had before; null where there is none. */
  readonly committed: bigint | null;
  /** The last stable offset; undefined before the first answer. */
  readonly end: bigint | undefined;
  /** Records below the last stable offset that are not done. */
  readonly lag: bigint;
  /** Records that were read and wait to be handed out. */
  readonly queued: number;
}

/** How a consumer is, as health, metrics and the log look at it. Reading it costs something: not for each message. */
export interface ConsumerVitals {
  readonly group: string;
  readonly topics: readonly string[];
  readonly state: ConsumerState;
  /** Since when, by the job's clock. */
  readonly stateSince: number;
  readonly steps: readonly StepUnderWay[];
  readonly work: readonly WorkUnderWay[];
  readonly partitions: readonly PartitionVitals[];
  /** Why brokers or a database count as unavailable now, in one line; undefined where nothing does. */
  readonly outage: string | undefined;
}

/** The consumers of a job that runs, in the order in which they began. */
export const jobConsumers: JobLocal<Set<ConsumerVitals>> = new JobLocal(() => new Set());
