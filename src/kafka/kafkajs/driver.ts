import type { Logger } from "../../core/logger.ts";
import { systemClock } from "../../runtime/clock.ts";
import { setting } from "../additional_config.ts";
import type { ConnectionConfig } from "../connection.ts";
import type {
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  KafkaDriver,
  ProducerSession,
  TopicDetails,
} from "../driver.ts";
import { createCluster, ISOLATION_LEVELS } from "./cluster.ts";
import { describeTopics } from "./describe_topics.ts";
import type { FetchSettings } from "./fetch_request.ts";
import { listTopics } from "./list_topics.ts";
import { openProducer } from "./producer.ts";
import { KafkajsSession } from "./session.ts";

/** Kafka by kafkajs' connections and protocol; the loops of the consumer are our own: see docs/decisions/0002. */
export class KafkajsDriver implements KafkaDriver {
  listTopics(connection: ConnectionConfig, timeoutMs: number, log?: Logger): Promise<readonly string[]> {
    return listTopics(connection, timeoutMs, log);
  }

  describeTopics(
    connection: ConnectionConfig,
    topics: readonly string[],
    timeoutMs: number,
    log?: Logger,
  ): Promise<ReadonlyMap<string, TopicDetails>> {
    return describeTopics(connection, topics, timeoutMs, log);
  }

  consume(
    connection: ConnectionConfig,
    options: ConsumerOptions,
    events: ConsumerEvents,
  ): Promise<ConsumerSession> {
    const cluster = createCluster(connection, { log: options.log });
    const fetch = fetchSettings(connection);
    const session = new KafkajsSession({ cluster, options, fetch, events, clock: systemClock });
    session.start();
    return Promise.resolve(session);
  }

  produce(connection: ConnectionConfig, log: Logger): Promise<ProducerSession> {
    return openProducer(connection, log);
  }
}

function fetchSettings({ settings }: ConnectionConfig): FetchSettings {
  return {
    maxWaitMs: setting(settings, "fetch.max.wait.ms"),
    minBytes: setting(settings, "fetch.min.bytes"),
    maxBytes: setting(settings, "fetch.max.bytes"),
    maxPartitionBytes: setting(settings, "max.partition.fetch.bytes"),
    isolationLevel: ISOLATION_LEVELS[setting(settings, "isolation.level") as keyof typeof ISOLATION_LEVELS],
  };
}
