import type { Logger } from "../../core/logger.ts";
import type { ConnectionConfig } from "../connection.ts";
import type { Broker } from "./broker.ts";
import { clientConfig } from "./client_config.ts";
import "./codecs.ts"; // so that records are read whatever they are compressed by
import "./half_connected.ts"; // so that a broker that hung is connected anew
import { Cluster, errorFromCode } from "./internals.ts";
import { quietLogger, quietSocketFactory } from "./quiet.ts";
import { rawRequest } from "./raw_request.ts";

/** kafkajs' numbers of Kafka's isolation levels. */
export const ISOLATION_LEVELS = { read_uncommitted: 0, read_committed: 1 } as const;

/** How a cluster behaves that {@link createCluster} makes. */
export interface ClusterOptions {
  /** How often kafkajs itself tries again before it rejects; 0 by default: our own loops decide. */
  readonly retries?: number;
  /** What `fetchTopicsOffset` counts as the end; read_committed by default. */
  readonly isolationLevel?: keyof typeof ISOLATION_LEVELS;
  /** Age in milliseconds at which `refreshMetadataIfNecessary` reads anew; `metadata.max.age.ms` by default. */
  readonly metadataMaxAgeMs?: number;
  /** Whether asking for the metadata of a topic may create it, if the broker is set to; false by default. */
  readonly autoCreateTopics?: boolean;
  /** For diagnosis only: accepts any certificate. Nothing secret may be sent, so there is no login either. */
  readonly unverifiedTls?: boolean;
  readonly log: Logger;
}

/** The brokers of a connection. Nothing is sent before `connect()`. */
export function createCluster(connection: ConnectionConfig, options: ClusterOptions): Cluster {
  const config = clientConfig(connection);
  const autoCreate = options.autoCreateTopics ?? false;
  const cluster = new Cluster({
    ...config,
    ...(options.unverifiedTls ? { ssl: { rejectUnauthorized: false }, sasl: undefined } : {}),
    logger: quietLogger(options.log),
    socketFactory: quietSocketFactory(),
    metadataMaxAge: options.metadataMaxAgeMs ?? config.metadataMaxAge,
    isolationLevel: ISOLATION_LEVELS[options.isolationLevel ?? "read_committed"],
    allowAutoTopicCreation: autoCreate,
    maxInFlightRequests: null,
    retry: { retries: options.retries ?? 0, initialRetryTime: 200, maxRetryTime: 1000 },
  });
  const pool = cluster.brokerPool as unknown as { createBroker(options: object): Broker };
  const createBroker = pool.createBroker;
  pool.createBroker = (brokerOptions) => {
    const broker = createBroker(brokerOptions);
    return Object.assign(broker, {
      metadata: (topics?: readonly string[]) => readMetadata(broker, topics, autoCreate),
    });
  };
  return cluster;
}

/**
 * kafkajs refuses the whole answer when one partition has no leader, and then works with none of the topics. Here only
 * an error of a topic is one; a partition without a leader has `-1` for it, as Java's client has it.
 */
async function readMetadata(
  broker: Broker,
  topics: readonly string[] = [],
  allowAutoTopicCreation: boolean,
): ReturnType<Broker["metadata"]> {
  const request = { topics, allowAutoTopicCreation };
  const metadata = await rawRequest<Awaited<ReturnType<Broker["metadata"]>>>(broker, "Metadata", request);
  const failed = topics.length === 0
    ? undefined
    : metadata.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
  if (failed !== undefined) {
    throw Object.assign(errorFromCode(failed.topicErrorCode), { topic: failed.topic });
  }
  return metadata;
}
