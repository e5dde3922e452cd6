import { type Logger, silentLogger } from "../../core/logger.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { ConnectionConfig } from "../connection.ts";
import type { TopicDetails } from "../driver.ts";
import { AdminSession } from "./admin_session.ts";
import type { Broker, TopicMetadata } from "./broker.ts";
import { errorFromCode } from "./internals.ts";
import { rawRequest } from "./raw_request.ts";
import { UNKNOWN_TOPIC } from "./unknown_topic.ts";

/** A DescribeConfigs answer (src/protocol/requests/describeConfigs/v1/response.js). */
interface DescribedConfigs {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

/** ConfigResource.Type.TOPIC of Kafka's clients. */
const TOPIC = 2;
const CONFIGS = ["max.message.bytes", "retention.ms", "cleanup.policy"];

/** Looks topics up, see `KafkaDriver`. Their settings are unknown to a user without DESCRIBE_CONFIGS. */
export async function describeTopics(
  connection: ConnectionConfig,
  topics: readonly string[],
  timeoutMs: number,
  log: Logger = silentLogger,
): Promise<ReadonlyMap<string, TopicDetails>> {
  if (topics.length === 0) return new Map(); // to brokers, none is all
  const session = await AdminSession.open(connection, { timeoutMs, log }, systemClock);
  try {
    const named = topics.map((topic) => `"${topic}"`).join(", ");
    return await session.call(`look up the topic ${named}`, async ({ brokerPool }) => {
      const broker = brokerPool.seedBroker!;
      const found = await metadataOf(broker, topics);
      const configs = await configsOf(broker, found.map(({ topic }) => topic));
      return new Map(found.map(({ topic, partitionMetadata }) => {
        const config = configs.get(topic);
        return [topic, {
          partitions: partitionMetadata.length,
          maxMessageBytes: numberOf(config?.get("max.message.bytes")),
          retentionMs: numberOf(config?.get("retention.ms")),
          isCompacted: config?.get("cleanup.policy")?.includes("compact") ?? false,
        }];
      }));
    });
  } finally {
    await session.close();
  }
}

async function metadataOf(broker: Broker, topics: readonly string[]): Promise<readonly TopicMetadata[]> {
  const request = { topics, allowAutoTopicCreation: false };
  const { topicMetadata } = await rawRequest<{ topicMetadata: readonly TopicMetadata[] }>(
    broker,
    "Metadata",
    request,
  );
  return topicMetadata.filter(({ topic, topicErrorCode }) => {
    if (topicErrorCode === 0) return true;
    const error = errorFromCode(topicErrorCode);
    if (error.type === UNKNOWN_TOPIC) return false;
    throw Object.assign(error, { topic });
  });
}

/** Settings by topic and name; none of a topic whose settings the user may not know. */
async function configsOf(
  broker: Broker,
  topics: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  if (topics.length === 0) return new Map();
  const resources = topics.map((name) => ({ type: TOPIC, name, configNames: CONFIGS }));
  const answer = await rawRequest<DescribedConfigs>(broker, "DescribeConfigs", { resources });
  return new Map(
    answer.resources.filter(({ errorCode }) => errorCode === 0).map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue ?? ""])),
    ]),
  );
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
