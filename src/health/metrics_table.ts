import { CONSUMER_METRICS } from "./consumer_metrics_table.ts";
import { JOB_METRICS } from "./job_metrics_table.ts";

/**
 * All metrics, declared once: /metrics and docs/metrics.md come from here. Alerts and dashboards are written by these names:
 * they stay.
 */
export const METRICS = [...CONSUMER_METRICS, ...JOB_METRICS] as const;

/** One of the metrics. */
export type MetricName = typeof METRICS[number]["name"];
