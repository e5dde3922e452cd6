import { type MetricDeclaration, TRIP_SECONDS, TRIP_WHY, WORK_SECONDS, WORK_WHY } from "./metric.ts";

const LAG_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const LAG_WHY =
  "A timer is 1 ms late by itself; 15 s is a third of the session timeout, from which on stalls are logged.";

/** What the job tells besides its consumers: its sends, its mods, its process. */
export const JOB_METRICS = [
  {
    name: "datapy_sent_records_total",
    type: "counter",
    help: "Records of kafka_producer that all in-sync replicas have.",
    labels: ["topic"],
  },
  {
    name: "datapy_sent_bytes_total",
    type: "counter",
    help: "Bytes of the keys and values of records of kafka_producer that all in-sync replicas have.",
    labels: ["topic"],
  },
  {
    name: "datapy_send_failures_total",
    type: "counter",
    help: "Sends of kafka_producer that failed, by whose fault it was; of some the outcome is unknown.",
    labels: ["topic", "kind"],
  },
  {
    name: "datapy_send_seconds",
    type: "histogram",
    help: "Time of one send of kafka_producer until it was acknowledged, retries included.",
    labels: ["topic"],
    buckets: TRIP_SECONDS,
    why: TRIP_WHY,
  },
  {
    name: "datapy_mod_seconds",
    type: "histogram",
    help:
      "Time of one run of a mod that did not fail; database_insert, for instance, until its rows are durable.",
    labels: ["mod"],
    buckets: WORK_SECONDS,
    why: WORK_WHY,
  },
  {
    name: "datapy_mod_failures_total",
    type: "counter",
    help: "Runs of a mod that failed, by whose fault it was.",
    labels: ["mod", "kind"],
  },
  {
    name: "datapy_event_loop_lag_seconds",
    type: "histogram",
    help: "How late a timer of a second was: how long code of the job holds everything else.",
    labels: [],
    buckets: LAG_SECONDS,
    why: LAG_WHY,
  },
  {
    name: "datapy_build_info",
    type: "gauge",
    help: "Always 1; its labels say what runs.",
    labels: ["version", "deno"],
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Memory of the process that is in RAM.",
    labels: [],
  },
  {
    name: "process_heap_bytes",
    type: "gauge",
    help: "Memory of JavaScript's heap that is in use.",
    labels: [],
  },
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "Processor time of the process, of user and system together.",
    labels: [],
  },
  {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When the job began, in Unix time.",
    labels: [],
  },
] as const satisfies readonly MetricDeclaration[];
