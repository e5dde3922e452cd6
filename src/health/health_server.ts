import { jobObservers } from "../consume/observer.ts";
import { jobClock } from "../control/job_clock.ts";
import { ConfigurationError, errorText } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { trackResource } from "../core/resources.ts";
import { jobSendObservers } from "../core/sends.ts";
import { type ConsumerVitals, jobConsumers } from "../core/vitals.ts";
import type { HttpServer } from "../runtime/http_server.ts";
import { ConsumerMetrics } from "./consumer_metrics.ts";
import { exposition } from "./exposition.ts";
import { SendMetrics } from "./job_metrics.ts";
import { type MetricName, METRICS } from "./metrics_table.ts";
import { ProcessMetrics } from "./process_metrics.ts";
import { Registry } from "./registry.ts";
import { answerTo } from "./routes.ts";

/** What the health server needs from outside. */
export interface HealthPorts {
  readonly http: HttpServer;
  readonly log: Logger;
}

/**
 * Answers probes and Prometheus from now on, until the job has ended: the last resource that is closed, so that probes are
 * answered while it drains. Returns what counts, for those who have more to count.
 *
 * Throws a `ConfigurationError` where the port cannot be had.
 */
export function openHealthServer(port: number, { http, log }: HealthPorts): Registry<MetricName> {
  const clock = jobClock.get();
  const consumers = jobConsumers.get();
  const registry = new Registry<MetricName>(METRICS);
  const ofConsumers = new ConsumerMetrics(registry);
  const ofProcess = new ProcessMetrics(registry, clock);
  const joined = new WeakSet<ConsumerVitals>();
  let anyHasJoined = false;
  const counted = jobObservers.get().add(ofConsumers);
  const seen = jobObservers.get().add({
    assigned: (consumer) => (joined.add(consumer), anyHasJoined = true),
  });
  const sends = new SendMetrics(registry);
  jobSendObservers.get().add(sends);
  const sources = {
    condition: () => ({
      consumers: [...consumers],
      hasJoined: (consumer: ConsumerVitals) => joined.has(consumer),
      anyHasJoined,
      now: clock.now(),
    }),
    metrics: (format: Parameters<typeof exposition>[1]) => {
      ofConsumers.refresh(consumers, clock.now());
      ofProcess.refresh();
      return exposition(registry, format);
    },
  };
  const letGo = () => {
    for (const one of [counted, seen, ofProcess]) one[Symbol.dispose]();
    jobSendObservers.get().delete(sends);
  };
  try {
    const server = http.listen(port, (request) => answerTo(request, sources));
    trackResource({ name: `the health server at port ${port}`, close: () => (letGo(), server.close()) });
    log.info(
      `Health and metrics at port ${server.port}: /health/started, /health/ready, /health/live, /metrics`,
    );
    return registry;
  } catch (cause) {
    letGo();
    throw new ConfigurationError(
      `Cannot listen on port ${port} (HEALTH_PORT): ${
        errorText(cause)
      } (choose another port, or end who has it)`,
      { cause },
    );
  }
}
