import type { BrokerOptions, Cluster, NodeOptions } from "./broker.ts";
import { type BrokerPlace, brokerProperties, propertiesEnvironment } from "./broker_properties.ts";
import { asCluster } from "./cluster_node.ts";
import { ContainerBroker } from "./container_broker.ts";
import { containerPlace, containerPorts, kafkaImage, LABEL } from "./container_start.ts";
import { clusterOf, portsFor } from "./jvm_cluster.ts";
import { READY_TIMEOUT_MS } from "../shared/until_ready.ts";
import { addScramUsers } from "./scram_users.ts";
import { endHost, launchContainer, type StartedContainer } from "../shared/container_launch.ts";
import type { EngineAddress } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import type { Tools } from "../shared/tools.ts";

/** Containers of brokers that share a network. */
export interface ClusterContainers {
  /** Lends its network to the brokers and has their ports; with it all of them go. */
  readonly holder: StartedContainer;
  /** Ids, in the order of the places. */
  readonly brokers: readonly string[];
}

/** Starts several brokers in containers that belong to this process. */
export async function startContainerCluster(
  tools: Tools,
  address: EngineAddress,
  count: number,
  optionsOf: NodeOptions,
): Promise<Cluster> {
  const options = Array.from({ length: count }, (_, i) => optionsOf(i + 1));
  const places = clusterPlaces(tools, address, options);
  const { holder, brokers: ids } = await startContainers(
    tools,
    address,
    places,
    options,
    `process-${tools.pid}`,
    false,
  );
  const end = () => endHost(holder.host); // with the holder go all that have its label
  try {
    const api = engineApi(address);
    const brokers = ids.map((id, i) => new ContainerBroker(tools, api, places[i]!, options[i]!, id, end));
    await Promise.all(brokers.map((broker) => broker.ready()));
    await addScramUsers(tools, places[0]!.port, options[0]!.users ?? []);
    return clusterOf("container", brokers, end);
  } catch (error) {
    await end();
    throw error;
  }
}

/** Where the brokers stand, with ports that are free now, or with these. */
export function clusterPlaces(
  tools: Tools,
  address: EngineAddress,
  options: readonly BrokerOptions[],
  ports?: readonly number[],
): BrokerPlace[] {
  const free = portsFor(tools, options.map(containerPorts));
  return asCluster(options.map((_, i) => {
    const place = containerPlace(address, free[i]!, ports?.[i]);
    // they share one network: only one of them can listen at the image's port
    return i === 0 ? place : { ...place, listenPort: place.port };
  }));
}

/**
 * Starts a container that does nothing but hold a network, and in that network one for each broker: they reach each other
 * by `localhost`, and each may be paused and killed without the others. Rejects with an `UnavailableError`.
 */
export async function startContainers(
  tools: Tools,
  address: EngineAddress,
  places: readonly BrokerPlace[],
  options: readonly BrokerOptions[],
  keeper: string,
  detached: boolean,
): Promise<ClusterContainers> {
  const image = kafkaImage(tools);
  const own = crypto.randomUUID();
  const labels = { [LABEL]: keeper, "datapy.kafka.id": own };
  const holder = await launchContainer(tools, address, "Kafka", {
    image,
    ports: places.flatMap((place) => [
      { container: place.listenPort, host: place.port },
      ...place.listenerPorts.map((port) => ({ container: port, host: port })),
    ]),
    entrypoint: ["sh", "-c"],
    command: ["echo holding; exec sleep 2147483647"],
    environment: {},
    labels,
    ownLabel: `datapy.kafka.id=${own}`,
    startTimeoutMs: READY_TIMEOUT_MS,
    readyLog: "holding",
    readyLogTimes: 1,
    detached,
  });
  const api = engineApi(address);
  const brokers: string[] = [];
  try {
    for (const [i, place] of places.entries()) {
      const id = await api.create({
        image,
        environment: {
          ...propertiesEnvironment(brokerProperties(options[i]!, place)),
          CLUSTER_ID: place.node?.clusterId ?? "",
          KAFKA_HEAP_OPTS: `-Xmx${options[i]!.heapMb ?? 256}m`,
        },
        labels,
        networkOf: holder.id,
      });
      brokers.push(id);
      await api.tell(id, "start");
    }
    return { holder, brokers };
  } catch (error) {
    for (const id of brokers) await api.remove(id);
    if (detached) await api.remove(holder.id);
    else await endHost(holder.host);
    throw error;
  }
}
