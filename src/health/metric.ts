/** A metric as Prometheus is told of it: https://prometheus.io/docs/practices/naming/. */
export interface MetricDeclaration {
  /** `datapy_`, what is measured, and its unit; a counter ends in `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence: what is counted, and what is not. */
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** Of a histogram: upper bounds, in the metric's unit. */
  readonly buckets?: readonly number[];
  /** Why these buckets. */
  readonly why?: string;
}

/** The labels, and why none has values without end. */
export const LABELS = {
  group: "Consumer group: those of the job's `kafka_consumer` calls.",
  topic: "Topic: those that a consumer subscribes to; of sends the first 100, the others as `(other)`.",
  partition: "Partition that the consumer has now; its series ends when it is lost.",
  kind: "`record`, `permanent`, `unavailable` or `configuration`: whose fault an error is.",
  state: "`connecting`, `joining`, `waiting`, `consuming`, `draining` or `closed`.",
  step: "`connect`, `join`, `fetch`, `hand out`, `commit` or `close`.",
  mod: "Name of a mod that is registered.",
  version: "Of DataPy.",
  deno: "Version of Deno.",
} as const;

/** Name of a label. */
export type LabelName = keyof typeof LABELS;

/** From a millisecond to ten seconds, three to four bounds a decade. */
const COMMON_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Below a millisecond is pure code; 5 ms to 1 s are a database; beyond is what a watchdog or a person asks about. */
export const WORK_SECONDS = [...COMMON_SECONDS, 30, 60, 300];
/** Why. */
export const WORK_WHY =
  "From code that waits for nothing (1 ms) over databases to work of minutes (300 s), where sessions and drains have their bounds.";

/** A round trip takes 0.4 ms beside the broker and some 10 ms in a cluster; 30 s is `request.timeout.ms`. */
export const TRIP_SECONDS = [0.0005, ...COMMON_SECONDS, 30];
/** Why. */
export const TRIP_WHY =
  "One round trip: 0.5 ms beside the broker, tens of milliseconds in a cluster; 30 s is `request.timeout.ms`.";
