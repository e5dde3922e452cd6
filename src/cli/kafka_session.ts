import { ConfigurationError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { didYouMean } from "../core/nearest.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import type { KafkaConnection } from "../kafka/connection.ts";
import type { CliContext } from "./context.ts";
import type { KafkaFlags } from "./flags.ts";
import { say } from "./output.ts";
import { connectionText } from "./text/connection.ts";

/** Does some work with the Kafka that the flags name; its connections end whatever happens. */
export async function withAdmin<T>(
  context: CliContext,
  flags: KafkaFlags,
  work: (admin: KafkaAdmin, connection: KafkaConnection) => Promise<T>,
): Promise<T> {
  const log = warningsTo(context);
  const connection = await context.brokers.connection(flags, log);
  const admin = await context.brokers.openAdmin(connection.config, { timeoutMs: flags.timeout * 1000, log });
  try {
    return await work(admin, connection);
  } finally {
    await admin.close();
  }
}

/** A log of which people see the warnings only. */
export function warningsTo(context: CliContext): Logger {
  const shown = (message: string) => say(context, message);
  return { debug() {}, info() {}, warning: shown, error: shown, critical: shown };
}

/**
 * Numbers of a topic's partitions. Throws a `ConfigurationError` that suggests a topic where there is none of that name, and
 * ends in some advice.
 */
export async function partitionsOf(
  admin: KafkaAdmin,
  topic: string,
  advice = "",
): Promise<readonly number[]> {
  const topics = await admin.topics();
  const found = topics.find(({ name }) => name === topic);
  if (found !== undefined) return found.partitions;
  const names = topics.filter(({ isInternal }) => !isInternal).map(({ name }) => name);
  throw new ConfigurationError(connectionText.noTopic(topic, didYouMean(topic, names) + advice));
}

/** The partitions that were asked for: all where none were named. Throws a `ConfigurationError` for one that is not there. */
export function chosenPartitions(
  topic: string,
  all: readonly number[],
  asked: readonly number[] | undefined,
): readonly number[] {
  if (asked === undefined || asked.length === 0) return all;
  const missing = asked.find((partition) => !all.includes(partition));
  if (missing === undefined) return [...new Set(asked)].sort((a, b) => a - b);
  throw new ConfigurationError(connectionText.noPartition(topic, missing, all.length));
}
