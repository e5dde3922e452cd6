import { jobClock } from "../control/job_clock.ts";
import { healthPort } from "../health/health_port.ts";
import { openHealthServer } from "../health/health_server.ts";
import { timedMods } from "../health/job_metrics.ts";
import { loggerFor } from "../logging/logging.ts";
import { systemHttp } from "../runtime/http_server.ts";
import { thisProcess } from "../runtime/process.ts";
import { modInPlace } from "./run_mod.ts";

/** Answers probes and Prometheus at the port of the variable HEALTH_PORT; does nothing where it is not set. */
export function serveHealth(): void {
  const port = healthPort(thisProcess.env("HEALTH_PORT"));
  if (port === undefined) return;
  const registry = openHealthServer(port, { http: systemHttp, log: loggerFor("health") });
  const [timed, inPlace] = [timedMods(registry, jobClock.get()), modInPlace.get()];
  modInPlace.set((mod) => timed(inPlace(mod)));
}
