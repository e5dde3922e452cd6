import { JobLocal } from "../core/job_scope.ts";
import type { Outcome } from "./processor.ts";
import type { Ending } from "./ending.ts";
import type { Work } from "./work.ts";

/** Is told what happens to each message: a test of a job looks at it. Its functions return at once and do not throw. */
export interface WorkObserver {
  /** An attempt at a message begins. */
  attempting(work: Work): void;
  /** The attempt is over. */
  attempted(work: Work, outcome: Outcome): void;
  /** Another attempt follows after a wait. */
  waiting(work: Work, afterMs: number): void;
  /** The message has ended; nothing of it is committed yet. */
  ended(work: Work, ending: Ending): void;
}

/** The observer of the job that runs; as a rule there is none. */
export const workObserver: JobLocal<WorkObserver | undefined> = new JobLocal(() => undefined);
