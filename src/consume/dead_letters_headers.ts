import type { RawRecord } from "../kafka/driver.ts";

/**
 * The headers of a dead letter. The first are those that Kafka Connect writes where
 * `errors.deadletterqueue.context.headers.enable` is true (org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter),
 * so that tools for its dead letters read ours; Connect's `task.id` is left out, because a consumer has no number. They
 * stand behind the message's own headers.
 */
export const CONNECT = {
  /** Where the message lay. */
  topic: "__connect.errors.topic",
  partition: "__connect.errors.partition",
  offset: "__connect.errors.offset",
  /** Name of the job. */
  connector: "__connect.errors.connector.name",
  /** One of {@link STAGES}, which are Connect's words. */
  stage: "__connect.errors.stage",
  /** The mod that failed, else `message_processor`. */
  executing: "__connect.errors.class.name",
  exception: "__connect.errors.exception.class.name",
  message: "__connect.errors.exception.message",
  stacktrace: "__connect.errors.exception.stacktrace",
} as const;

/** What we add to Connect's. */
export const OURS = {
  job: "__datapy.errors.job",
  group: "__datapy.errors.group",
  /** How often the processor was tried. */
  attempts: "__datapy.errors.attempts",
  /** When the letter was written: ISO 8601 in UTC. */
  time: "__datapy.errors.time",
  /** `record` or `permanent`. */
  kind: "__datapy.errors.kind",
  /** The message's own timestamp, Unix time in milliseconds. */
  timestamp: "__datapy.errors.timestamp",
  /** How many headers are the message's own: these stand first. */
  headers: "__datapy.errors.headers",
  /** What was left out because the letter was too large for the topic: `stacktrace`, or `error` for all about the error. */
  without: "__datapy.errors.without",
} as const;

/** What a redriven message carries behind its own headers. */
export const REDRIVE = {
  /** The letter that it was, as `orders.dlq/0/12`. */
  from: "__datapy.redrive.from",
  /** How often the message was redriven, this time included. */
  count: "__datapy.redrive.count",
  /** When: ISO 8601 in UTC. */
  time: "__datapy.redrive.time",
} as const;

/** Of Connect's stages those that a consumer knows: the value could not be decoded; the processor failed. */
export const STAGES = { decode: "VALUE_CONVERTER", process: "TASK_PUT" } as const;

type Headers = RawRecord["headers"];
const decoder = new TextDecoder();

/** The last header of a name as text; undefined where there is none. */
export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers.findLast(([one]) => one === name)?.[1];
  return value === undefined || value === null ? undefined : decoder.decode(value);
}

/**
 * The message's own headers: without those that made it a dead letter. Letters of Kafka Connect itself do not tell how
 * many these are, and lose all of Connect's names.
 */
export function ownHeaders(headers: Headers): Headers {
  const told = headerText(headers, OURS.headers);
  const count = told === undefined || !/^\d{1,9}$/.test(told) ? undefined : Number(told);
  if (count !== undefined && count <= headers.length) return headers.slice(0, count);
  return headers.filter(([name]) => !name.startsWith("__connect.errors.") && !isOurs(name));
}

function isOurs(name: string): boolean {
  return name.startsWith("__datapy.errors.");
}
