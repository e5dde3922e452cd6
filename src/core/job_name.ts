import { JobLocal } from "./job_scope.ts";

/** The name that the job gave itself by `setupLogging`; `job` until it does. */
export const jobName: JobLocal<{ readonly name: string }> = new JobLocal(() => ({ name: "job" }));
