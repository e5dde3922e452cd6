import { z } from "../../deps/zod.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { artifact, defineMod, type ModContext } from "../../core/define_mod.ts";
import { unlessAborted } from "../../core/unless_aborted.ts";
import type { MessageProcessor } from "../../consume/processor.ts";
import { stepBounds } from "../../consume/bounds.ts";
import { jobObservers } from "../../consume/observer.ts";
import type { ConsumerStats } from "../../consume/stats.ts";
import { PollLoop } from "../../consume/poll_loop.ts";
import type { ConsumeSettings } from "../../consume/settings.ts";
import { jobClock } from "../../control/job_clock.ts";
import { jobStopSignals } from "../../control/stop_signals.ts";
import { StreamController } from "../../control/stream_controller.ts";
import { setting } from "../../kafka/additional_config.ts";
import { KafkaConnection } from "../../kafka/connection.ts";
import { type OpenDeadLetters, openDeadLetters } from "./dead_letters.ts";
import { topicName } from "./topic_name.ts";

/** Bound of the last commit before partitions are given back in a rebalance, in milliseconds. */
const REVOKE_TIMEOUT_MS = 2_000;

const params = z.strictObject({
  connection: z.instanceof(KafkaConnection, { error: "expected the connection artifact of kafka_connector" })
    .describe("The `connection` artifact of `kafka_connector`."),
  topics: z.array(topicName).min(1).readonly().describe("Topics to consume, at least one."),
  group_id: z.string().min(1).describe(
    "Consumer group: its committed offsets say where to go on after a restart.",
  ),
  message_processor: z.custom<MessageProcessor>((value) => typeof value === "function", {
    error: "expected a function (message, { signal, controller }) => { status }",
  }).describe(
    'Called for each message; answers `{ status: "success" }` or `{ status: "error", error }`. Throwing is an error too. ' +
      "Anything else stops the job, as does a `runMod` that still runs when it answers.",
  ),
  auto_offset_reset: z.enum(["earliest", "latest", "none"]).default("earliest").describe(
    "Where to begin where the group has committed nothing, or where that offset is gone; `none` stops the job instead. " +
      "Partitions that are added while the job runs always begin at earliest.",
  ),
  commit_strategy: z.enum(["per_message"]).default("per_message").describe(
    "`per_message`: each message is committed before the next begins.",
  ),
  on_error: z.enum(["continue", "retry", "stop"]).default("continue").describe(
    "What to do with a message that fails by its own fault: log and skip it, try it again and then skip it, or stop the " +
      "job with the message uncommitted (Talend's Die on error). Outages and configuration errors are never skipped.",
  ),
  dead_letter_topic: topicName.optional().describe(
    "Topic that a message which fails by its own fault is written to before it is committed, its bytes as they were and " +
      "headers behind its own that say why. It must exist. A message whose letter cannot be written waits, as in an " +
      "outage. Without it, failed messages are lost; with `on_error: stop`, nothing is written.",
  ),
  max_retries: z.int().min(0).default(3).describe("With `on_error: retry`: attempts after the first one."),
  retry_backoff_ms: z.array(z.int().min(0)).min(1).readonly().default([100, 200, 400]).describe(
    "With `on_error: retry`: waits before each further attempt, in milliseconds; the last one repeats.",
  ),
  recovery_timeout_s: z.number().positive().default(300).describe(
    "How long brokers or a database may be unavailable before the job ends with exit code 1, in seconds.",
  ),
  controller: z.instanceof(StreamController, { error: "expected a StreamController" }).nullable().default(
    null,
  )
    .describe(
      "Of the job, to look at `shouldStop()` or to stop several consumers together; made by itself if null.",
    ),
  shutdown_drain_timeout_s: z.number().min(0).default(30).describe(
    "How long a message in work may take when a stop is requested, in seconds; beyond it the job ends with exit code 1.",
  ),
  max_processing_s: z.number().positive().optional().describe(
    "Time for one attempt at a message, in seconds; then its signal fires. Unbounded by default.",
  ),
  log_summary_interval: z.int().min(1).default(1000).describe(
    "Log a summary every so many messages, and at least once a minute while anything moves.",
  ),
  value_format: z.enum(["auto", "string", "bytes"]).default("auto").describe(
    "How values reach the processor; `auto` is a string where the bytes are valid UTF-8, else the bytes.",
  ),
});

/** The endless loop over a topic: the successor of Talend's tKafkaInput. */
export const kafkaConsumer = defineMod({
  name: "kafka_consumer",
  description:
    "Consumes topics without end: calls message_processor for each message, commits it, drains on SIGTERM.",
  params,
  artifacts: {
    stats: artifact<ConsumerStats>(
      "What was counted until the stop was requested; `dead_lettered` where there is a `dead_letter_topic`.",
    ),
  },
  async run(given, context) {
    warnOfLosses(given, context);
    const own = given.controller === null ? new StreamController() : undefined;
    const control = given.controller ?? own as StreamController;
    let letters: OpenDeadLetters | undefined;
    try {
      const settings = settingsOf(given, context);
      letters = await deadLettersOf(given, control, context);
      const loop = new PollLoop(settings, {
        control,
        clock: jobClock.get(),
        log: context.log,
        deadLetters: letters,
        observers: jobObservers.get(),
      });
      const stats = await loop.run();
      return { artifacts: { stats }, metrics: { ...stats } };
    } catch (error) {
      // the job's other consumers drain as well, whether or not the job awaits this one
      jobStopSignals.get().stopAll(`a consumer of group "${given.group_id}" failed`);
      throw error;
    } finally {
      await letters?.[Symbol.asyncDispose]();
      own?.[Symbol.dispose]();
    }
  },
});

function settingsOf(given: z.output<typeof params>, context: ModContext): ConsumeSettings {
  const { settings } = given.connection.config;
  const recoveryTimeoutMs = given.recovery_timeout_s * 1000;
  if (new Set(given.topics).size < given.topics.length) {
    throw new ConfigurationError(`topics names a topic twice: ${given.topics.join(", ")}`);
  }
  return {
    connection: given.connection,
    processor: given.message_processor,
    valueFormat: given.value_format,
    errors: {
      onError: given.on_error,
      maxRetries: given.max_retries,
      retryBackoffMs: given.retry_backoff_ms,
      recoveryTimeoutMs,
    },
    maxConcurrency: 1,
    drainTimeoutMs: given.shutdown_drain_timeout_s * 1000,
    maxProcessingMs: given.max_processing_s === undefined ? undefined : given.max_processing_s * 1000,
    summaryInterval: given.log_summary_interval,
    bounds: stepBounds({
      connectTimeoutMs: setting(settings, "socket.connection.setup.timeout.ms"),
      requestTimeoutMs: setting(settings, "request.timeout.ms"),
      fetchMaxWaitMs: setting(settings, "fetch.max.wait.ms"),
      sessionTimeoutMs: setting(settings, "session.timeout.ms"),
      rebalanceTimeoutMs: setting(settings, "max.poll.interval.ms"),
    }),
    options: {
      groupId: given.group_id,
      topics: given.topics,
      autoOffsetReset: given.auto_offset_reset,
      sessionTimeoutMs: setting(settings, "session.timeout.ms"),
      heartbeatIntervalMs: setting(settings, "heartbeat.interval.ms"),
      rebalanceTimeoutMs: setting(settings, "max.poll.interval.ms"),
      revokeTimeoutMs: REVOKE_TIMEOUT_MS,
      recoveryTimeoutMs,
      log: context.log,
    },
  };
}

/** Undefined where there are none, or a stop was requested first: then nothing will be consumed. */
async function deadLettersOf(
  { connection, topics, group_id: group, dead_letter_topic: deadLetterTopic }: z.output<typeof params>,
  { signal }: StreamController,
  context: ModContext,
): Promise<OpenDeadLetters | undefined> {
  if (deadLetterTopic === undefined || signal.aborted) return undefined;
  const opening = openDeadLetters({ connection, topics, group, deadLetterTopic }, context);
  try {
    return await unlessAborted(signal, opening);
  } catch (error) {
    if (error !== signal.reason) throw error;
    return undefined;
  }
}

function warnOfLosses(
  { on_error: onError, dead_letter_topic: letters }: z.output<typeof params>,
  context: ModContext,
): void {
  if (onError === "stop") {
    if (letters !== undefined) {
      context.warn(`on_error is "stop": nothing will be written to dead_letter_topic "${letters}"`);
    }
    return;
  }
  if (letters !== undefined) return;
  const when = onError === "continue" ? "" : " when their retries are used up";
  context.warn(`on_error is "${onError}": messages that fail by their own fault will be skipped${when}`);
}
