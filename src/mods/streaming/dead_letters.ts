import { DeadLetterBox, type DeadLetters } from "../../consume/dead_letters.ts";
import { jobClock } from "../../control/job_clock.ts";
import type { ModContext } from "../../core/define_mod.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { jobName } from "../../core/job_name.ts";
import { setting } from "../../kafka/additional_config.ts";
import { KafkaConnection } from "../../kafka/connection.ts";
import type { TopicDetails } from "../../kafka/driver.ts";
import { producerOf } from "../../kafka/producers.ts";

/** Whose dead letters go where. */
export interface DeadLetterParams {
  readonly connection: KafkaConnection;
  /** Topics that are consumed. */
  readonly topics: readonly string[];
  readonly group: string;
  readonly deadLetterTopic: string;
}

/** How long brokers may take to acknowledge a letter before it is tried again, in milliseconds. */
const SEND_MS = 10_000;
/** How long the topics may take to be looked up, in milliseconds: as long as `kafka_connector` waits for brokers. */
const LOOK_UP_MS = 30_000;
/** A letter may be as large as its topic takes it: what the job itself sends at most does not count. In bytes. */
const LARGEST_LETTER = 64 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** Somewhere to write dead letters to; its producer ends when this is disposed. */
export interface OpenDeadLetters extends DeadLetters, AsyncDisposable {}

/**
 * Looks at the topic for dead letters, says its limits in the log, and opens it. Throws a `ConfigurationError` where it
 * cannot be used: there is no such topic, it is compacted, or it is one of those that are consumed.
 */
export async function openDeadLetters(
  { connection, topics, group, deadLetterTopic: topic }: DeadLetterParams,
  context: ModContext,
): Promise<OpenDeadLetters> {
  if (topics.includes(topic)) {
    throw new ConfigurationError(
      `dead_letter_topic is "${topic}", which is consumed: a message that fails would come again for ever`,
    );
  }
  const look = (names: readonly string[], timeoutMs: number) =>
    connection.driver.describeTopics(connection.config, names, timeoutMs, context.log);
  const found = await look([...topics, topic], LOOK_UP_MS);
  const letters = found.get(topic);
  const sources = topics.flatMap((name) => {
    const source = found.get(name);
    return source === undefined ? [] : [{ ...source, name }];
  });
  if (letters === undefined) throw new ConfigurationError(notThere(topic, connection, sources));
  if (letters.isCompacted) {
    throw new ConfigurationError(
      `Cannot write dead letters to topic "${topic}": it is compacted, which loses letters whose keys are equal ` +
        "(set its cleanup.policy to delete)",
    );
  }
  tellLimits(topic, letters, sources, context);
  const sending = forLetters(connection);
  const producer = producerOf(sending, context.log);
  const box = new DeadLetterBox({
    topic,
    sender: { job: jobName.get().name, group },
    clock: jobClock.get(),
    send: async (record) => (await producer.send(topic, [record], SEND_MS))[0]!,
    known: countsOf(found),
    partitions: async (names) => countsOf(await look(names, SEND_MS)),
  });
  return { topic, write: (dead) => box.write(dead), [Symbol.asyncDispose]: () => producer.close() };
}

/**
 * The connection that letters are sent by, and their messages when they are redriven: up to the topic's own limit, and
 * compressed, because a message may have come compressed and be too large otherwise.
 */
export function forLetters({ config, driver }: KafkaConnection): KafkaConnection {
  const { settings } = config;
  const compression = setting(settings, "compression.type");
  return new KafkaConnection({
    ...config,
    settings: {
      ...settings,
      "max.request.size": Math.max(setting(settings, "max.request.size"), LARGEST_LETTER),
      "compression.type": compression === "none" ? "gzip" : compression,
    },
  }, driver);
}

function countsOf(found: ReadonlyMap<string, TopicDetails>): ReadonlyMap<string, number> {
  return new Map([...found].map(([name, { partitions }]) => [name, partitions]));
}

type Source = TopicDetails & { readonly name: string };

function notThere(topic: string, { bootstrap_servers }: KafkaConnection, sources: readonly Source[]): string {
  const partitions = Math.max(1, ...sources.map((source) => source.partitions));
  return `Cannot write dead letters to topic "${topic}": there is no such topic, or it is hidden from this user ` +
    `(create it, with as many partitions as what is consumed: kafka-topics.sh --bootstrap-server ${bootstrap_servers} ` +
    `--create --topic ${topic} --partitions ${partitions} --config retention.ms=-1)`;
}

/** What people should know before the first message fails. */
function tellLimits(
  topic: string,
  letters: TopicDetails,
  sources: readonly Source[],
  context: ModContext,
): void {
  const { maxMessageBytes: most, retentionMs } = letters;
  const size = most === undefined ? "" : `, up to ${most} bytes each`;
  const kept = retentionMs === undefined
    ? ""
    : retentionMs < 0
    ? ", kept for ever"
    : `, kept for ${Math.round(retentionMs / DAY_MS * 10) / 10} days`;
  context.log.info(`Messages that fail by their own fault go to topic "${topic}"${size}${kept}`);
  for (const { name, partitions, maxMessageBytes } of sources) {
    if (partitions !== letters.partitions) {
      context.log.info(
        `Topic "${topic}" has ${letters.partitions} partitions and "${name}" ${partitions}: keys choose the partition of ` +
          "dead letters",
      );
    }
    if (most !== undefined && maxMessageBytes !== undefined && maxMessageBytes > most) {
      context.warn(
        `Topic "${name}" takes messages of up to ${maxMessageBytes} bytes, its dead letter topic "${topic}" of up to ` +
          `${most} (max.message.bytes): a larger one that fails is tried again, and in the end stops the job`,
      );
    }
  }
}
