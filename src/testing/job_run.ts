import type { ErrorKind } from "../core/errors.ts";
import type { LogFields } from "../core/logger.ts";
import type { Metrics } from "../core/define_mod.ts";
import type { MemoryConnection } from "./memory_connection.ts";
import type { TopicMessage } from "./messages.ts";

/** What became of a message. */
export type MessageOutcome =
  /** The processor answered success. */
  | "processed"
  /** It failed by its own fault, and the job went on without it. */
  | "skipped"
  /** It failed by its own fault and lies in the consumer's `dead_letter_topic`. */
  | "dead_lettered"
  /** The job ended because of it; it is not committed and comes again. */
  | "failed"
  /** A stop or a crash came in between; it is not committed and comes again. */
  | "unfinished";

/** One message that was handed to the job's processor, and what became of it. */
export interface MessageRun {
  /** Where it lies. */
  readonly topic: string;
  /** The partition of that topic. */
  readonly partition: number;
  /** Its place in the partition. */
  readonly offset: number;
  /** Null where it has none. */
  readonly key: string | null;
  /** How often the processor was tried on it. */
  readonly attempts: number;
  /** The waits between them, in milliseconds of the job's time. */
  readonly waitsMs: readonly number[];
  /** What became of it. */
  readonly outcome: MessageOutcome;
  /** The error of its last attempt; undefined where that succeeded. */
  readonly error: unknown;
  /** Whose fault that is. */
  readonly kind: ErrorKind | undefined;
}

/** One run of a mod. */
export interface ModRun {
  /** Its name. */
  readonly mod: string;
  /** What it was given: references filled in, defaults too. */
  readonly params: unknown;
  /** What it counted; nothing where it failed, has not ended, or a stand-in took its place. */
  readonly metrics: Metrics;
  /** What it warned of. */
  readonly warnings: readonly string[];
  /** What it threw; undefined where it succeeded or has not ended. */
  readonly error: unknown;
}

/** One line of the job's log. */
export interface LogLine {
  /** How important it is. */
  readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";
  /** The mod that told it, or the name of the job. */
  readonly mod: string;
  /** What was told, secrets masked. */
  readonly message: string;
  /** What belongs to it, such as topic and offset. */
  readonly fields: LogFields;
}

/** What a job did in a test. */
export interface JobRun {
  /** The exit code that the job would have had: 0 stopped, 1 failed, 78 configuration, 130 interrupted; 137 a crash. */
  readonly exitCode: number;
  /** What `main` threw; undefined where it returned, or never did. */
  readonly error: unknown;
  /** What the job sent in this run, by topic, in its order. */
  readonly produced: Readonly<Record<string, readonly TopicMessage[]>>;
  /**
   * What is committed of each topic that the job consumed: partition to the offset at which its group goes on. Two groups
   * on one topic: see `kafka.committed`.
   */
  readonly committed: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** All messages that were handed to the processor, in that order. */
  readonly messages: readonly MessageRun[];
  /** Those of them that were processed. */
  readonly processed: readonly MessageRun[];
  /** Those that took more than one attempt. */
  readonly retried: readonly MessageRun[];
  /** Those that were skipped, with their errors. */
  readonly skipped: readonly MessageRun[];
  /** Those that were written to the dead letters, with their errors; the letters themselves are in `produced`. */
  readonly deadLettered: readonly MessageRun[];
  /** The mods that ran, in the order of their beginning. */
  readonly mods: readonly ModRun[];
  /** The job's log, at the level that the job has set. */
  readonly log: readonly LogLine[];
  /** The messages of the log's lines at WARNING. */
  readonly warnings: readonly string[];
  /** How much time passed for the job, in milliseconds: its waits, not its work. */
  readonly elapsedMs: number;
  /** The topics, to look at or to run a job on them again. */
  readonly kafka: MemoryConnection;
}
