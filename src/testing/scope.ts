import { jobObservers, Observers } from "../consume/observer.ts";
import { settingSources } from "../context/current.ts";
import { jobClock } from "../control/job_clock.ts";
import { jobStopSignals } from "../control/stop_signals.ts";
import { JobScope } from "../core/job_scope.ts";
import { redactSecrets } from "../core/secret.ts";
import { modInPlace } from "../job/run_mod.ts";
import { jobDriver } from "../kafka/job_driver.ts";
import { textLine } from "../logging/format.ts";
import { logCapture } from "../logging/logging.ts";
import { thisProcess } from "../runtime/process.ts";
import type { RunOptions } from "./options.ts";
import { overlaySettings } from "./settings.ts";
import type { TestJob } from "./test_job.ts";

/** The scope of a job in a test: what stands in for all that it would find in its process. */
export function scopeOf(job: TestJob, { settings = {}, env = {}, print = false }: RunOptions): JobScope {
  const variable = (name: string) => Object.hasOwn(env, name) ? env[name] : undefined;
  const observers = new Observers();
  observers.add(job.recorder);
  return new JobScope()
    .set(jobClock, job.clock)
    .set(jobDriver, job.driver)
    .set(jobStopSignals, job.signals.stopSignals)
    .set(jobObservers, observers)
    .set(modInPlace, job.standIns.inPlaceOf)
    .set(settingSources, { env: variable, overlay: (values) => overlaySettings(values, settings) })
    .set(logCapture, {
      env: variable,
      take(event) {
        if (job.isDead) return;
        const { level, mod, message, fields } = event;
        job.log.push({ level, mod, message: redactSecrets(message), fields });
        if (print) thisProcess.writeError(textLine(event, false));
      },
    });
}
