import type { Broker } from "./broker.ts";
import { factsOf } from "./error_facts.ts";
import type { Cluster } from "./internals.ts";

/** Whether a request was sent and never answered: the connection may be half open. */
export function isUnanswered(error: unknown): boolean {
  return factsOf(error).names.includes("KafkaJSRequestTimeoutError");
}

/**
 * Forgets a broker's connections, so that the next request makes new ones. Those that were made meanwhile stay: kafkajs
 * removes by host and port (src/cluster/brokerPool.js), and nobody would ever close what it removed in their place.
 */
export function hangUp(cluster: Cluster, broker: Broker): void {
  if (Object.values(cluster.brokerPool.brokers).includes(broker)) cluster.removeBroker(broker.connectionPool);
  broker.disconnect().catch(() => {}); // it waits for answers that may never come: not awaited
}

/** Sends a request; a connection on which it is not answered is not used again. */
export async function answeredBy<T>(cluster: Cluster, broker: Broker, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (isUnanswered(error)) hangUp(cluster, broker);
    throw error;
  }
}
