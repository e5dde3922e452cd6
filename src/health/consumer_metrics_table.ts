import { type MetricDeclaration, TRIP_SECONDS, TRIP_WHY, WORK_SECONDS, WORK_WHY } from "./metric.ts";

/** What each consumer tells. */
export const CONSUMER_METRICS = [
  {
    name: "datapy_records_read_total",
    type: "counter",
    help: "Records that were read from the brokers, those that come again included.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_read_bytes_total",
    type: "counter",
    help: "Bytes of the keys and values of records that were read.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_attempts_total",
    type: "counter",
    help:
      "Attempts at messages that began: calls of message_processor, and messages that could not be decoded.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_retries_total",
    type: "counter",
    help: "Waits before another attempt, at a message or at its dead letter, for whatever reason.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_errors_total",
    type: "counter",
    help: "Attempts that failed, by whose fault it was; what a stop or a lost partition cut off included.",
    labels: ["group", "topic", "kind"],
  },
  {
    name: "datapy_records_finished_total",
    type: "counter",
    help: "Messages that may be committed: done, skipped, or in the dead letters.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_records_skipped_total",
    type: "counter",
    help: "Messages that failed by their own fault and are in no dead letters.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_dead_letters_total",
    type: "counter",
    help: "Messages that were written to the dead letters.",
    labels: ["group", "topic"],
  },
  {
    name: "datapy_processing_seconds",
    type: "histogram",
    help: "Time of one attempt at a message, waits between attempts apart.",
    labels: ["group", "topic"],
    buckets: WORK_SECONDS,
    why: WORK_WHY,
  },
  {
    name: "datapy_commit_seconds",
    type: "histogram",
    help: "Time of one commit that the group accepted; it carries the low marks of all partitions.",
    labels: ["group"],
    buckets: TRIP_SECONDS,
    why: TRIP_WHY,
  },
  {
    name: "datapy_commit_failures_total",
    type: "counter",
    help: "Commits that failed or were refused; what can be tried again is.",
    labels: ["group"],
  },
  {
    name: "datapy_rebalances_total",
    type: "counter",
    help: "Times that the group took this consumer's partitions to share them out anew, or dropped it.",
    labels: ["group"],
  },
  {
    name: "datapy_outages_total",
    type: "counter",
    help: "Times that the brokers began to count as out of reach.",
    labels: ["group"],
  },
  {
    name: "datapy_reconnects_total",
    type: "counter",
    help: "Times that the brokers answered again after they had counted as out of reach.",
    labels: ["group"],
  },
  {
    name: "datapy_consumers_made_anew_total",
    type: "counter",
    help: "Times that a consumer was made anew because a step of its own was stuck.",
    labels: ["group", "step"],
  },
  {
    name: "datapy_consumer_state",
    type: "gauge",
    help: "Consumers of the group that are in this state, in this process: one of its states is 1.",
    labels: ["group", "state"],
  },
  {
    name: "datapy_consumer_lag_records",
    type: "gauge",
    help: "Records of a partition below the last stable offset that are not done.",
    labels: ["group", "topic", "partition"],
  },
  {
    name: "datapy_oldest_unfinished_age_seconds",
    type: "gauge",
    help: "Age of the oldest message that was handed out and is not committed; 0 where there is none.",
    labels: ["group"],
  },
  {
    name: "datapy_records_in_flight",
    type: "gauge",
    help:
      "Messages that were handed out and are not committed: in the processor, in a back-off, in their dead letter.",
    labels: ["group"],
  },
  {
    name: "datapy_records_queued",
    type: "gauge",
    help: "Records that were read and wait to be handed out.",
    labels: ["group"],
  },
  {
    name: "datapy_consumer_outage",
    type: "gauge",
    help: "1 while brokers, a database or whatever a message needs count as unavailable; the log says which.",
    labels: ["group"],
  },
] as const satisfies readonly MetricDeclaration[];
