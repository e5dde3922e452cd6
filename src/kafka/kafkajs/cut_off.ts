import { type Clock, within } from "../../runtime/clock.ts";
import type { Broker } from "./broker.ts";
import type { Cluster } from "./internals.ts";

/**
 * Ends all connections of a cluster: gently, and after `boundMs` by force. kafkajs' own `disconnect` waits for answers
 * that may never come, and knows no way to give a connection up that is still being made. Never rejects.
 */
export async function cutOff(cluster: Cluster, clock: Clock, boundMs: number): Promise<void> {
  const sockets = brokersOf(cluster).flatMap(socketsOf);
  await within(clock, boundMs, cluster.disconnect().catch(() => {}));
  for (const socket of sockets) {
    // with an error, since only its handler ends kafkajs' timer for the connection
    if (!socket.destroyed) socket.destroy(new Error("given up"));
  }
}

function brokersOf({ brokerPool: { seedBroker, brokers } }: Cluster): Broker[] {
  return [...new Set([...(seedBroker === undefined ? [] : [seedBroker]), ...Object.values(brokers)])];
}

interface Socket {
  readonly destroyed: boolean;
  destroy(error: Error): void;
}

/** A pool has one connection for fetches and one for the rest (src/network/connectionPool.js). */
function socketsOf(broker: Broker): Socket[] {
  const { pool } = broker.connectionPool as unknown as { pool: readonly { socket?: Socket }[] };
  return pool.flatMap(({ socket }) => socket === undefined ? [] : [socket]);
}
