import type { BrokerPlace } from "./broker_properties.ts";

/** A broker's place among those of its cluster, all of which are controllers too. */
export interface ClusterNode {
  /** From 1 on. */
  readonly id: number;
  /** How many brokers there are. */
  readonly brokers: number;
  /** All controllers, as `controller.quorum.voters` names them. */
  readonly voters: string;
  /** The same in all of them: 22 characters. */
  readonly clusterId: string;
}

/** Most copies of a partition that a cluster for development keeps. */
const MOST_REPLICAS = 3;

/** A node that is alone. */
export function single({ controllerPort }: Pick<BrokerPlace, "controllerPort">): ClusterNode {
  return { id: 1, brokers: 1, voters: `1@localhost:${controllerPort}`, clusterId: newClusterId() };
}

/** The places of brokers that know each other, with node ids in their order. */
export function asCluster(places: readonly BrokerPlace[]): (BrokerPlace & { readonly node: ClusterNode })[] {
  const voters = places.map(({ controllerPort }, i) => `${i + 1}@localhost:${controllerPort}`).join(",");
  const clusterId = newClusterId();
  return places.map((place, i) => ({
    ...place,
    node: { id: i + 1, brokers: places.length, voters, clusterId },
  }));
}

/**
 * How often each partition is there, Kafka's own topics included: up to three times, and one copy fewer must have what is
 * acknowledged, so that one broker of three may be gone.
 */
export function replication(brokers: number): Record<string, string> {
  const factor = Math.min(brokers, MOST_REPLICAS);
  const inSync = String(Math.max(1, factor - 1));
  const copies = String(factor);
  return {
    "default.replication.factor": copies,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": inSync,
  };
}

function newClusterId(): string {
  const id = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  return id.replaceAll("+", "A").replaceAll("/", "A").slice(0, 22);
}
