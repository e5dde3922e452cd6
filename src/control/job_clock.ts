import { JobLocal } from "../core/job_scope.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";

/** The clock that a job's waits and deadlines go by: the machine's, or in a test one that does not let it wait. */
export const jobClock: JobLocal<Clock> = new JobLocal(() => systemClock);
