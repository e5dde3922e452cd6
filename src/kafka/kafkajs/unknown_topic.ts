/**
 * How long a topic may be unknown, in milliseconds from the first such answer in a row: one that was just made is not
 * known to all brokers at once, and a broker that has just started knows none.
 */
export const UNKNOWN_TOPIC_MS = 5_000;
/** Kafka's name of that answer. */
export const UNKNOWN_TOPIC = "UNKNOWN_TOPIC_OR_PARTITION";
