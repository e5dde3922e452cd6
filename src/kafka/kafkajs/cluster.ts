import type { Logger } from "../../core/logger.ts";
import type { ConnectionConfig } from "../connection.ts";
import { clientConfig } from "./client_config.ts";
import { Cluster, socketFactory } from "./internals.ts";
import { quietLogger } from "./quiet.ts";

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
  return new Cluster({
    ...config,
    ...(options.unverifiedTls ? { ssl: { rejectUnauthorized: false }, sasl: undefined } : {}),
    logger: quietLogger(options.log),
    socketFactory: socketFactory(),
    metadataMaxAge: options.metadataMaxAgeMs ?? config.metadataMaxAge,
    isolationLevel: ISOLATION_LEVELS[options.isolationLevel ?? "read_committed"],
    allowAutoTopicCreation: options.autoCreateTopics ?? false,
    maxInFlightRequests: null,
    retry: { retries: options.retries ?? 0, initialRetryTime: 200, maxRetryTime: 1000 },
  });
}
