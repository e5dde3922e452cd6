import type { BrokerOptions } from "./broker.ts";
import { type BrokerPlace, brokerProperties, propertiesEnvironment } from "./broker_properties.ts";
import { launchContainer, type StartedContainer } from "../shared/container_launch.ts";
import type { HostRequest } from "../shared/container_protocol.ts";
import { containerHost, type EngineAddress } from "../shared/engine_address.ts";
import type { Tools } from "../shared/tools.ts";
import { READY_TIMEOUT_MS } from "../shared/until_ready.ts";
import { DEFAULT_IMAGE } from "./versions.ts";

/** All containers of ours have this label, with who keeps them: a process, or `up` of a folder. */
export const LABEL = "datapy.kafka";

/** The label's value for what `up` has left running. */
export const upKeeper = (tools: Tools) => `up ${tools.folder}`;

/**
 * The port that apache/kafka's image exposes. Podman lists it among the bound ports even where it is not, and
 * testcontainers then waits for it in vain: so it is the one that is bound.
 */
const IMAGE_PORT = 9092;

/** The image that is started. */
export const kafkaImage = (tools: Tools) => tools.env("DATAPY_KAFKA_IMAGE") ?? DEFAULT_IMAGE;

/** How many ports a broker in a container needs. */
export const containerPorts = (options: BrokerOptions) => 3 + (options.listeners?.length ?? 0);

/** Where a broker in a container stands. */
export function containerPlace(address: EngineAddress, ports: readonly number[], port?: number): BrokerPlace {
  const [first = 0, controllerPort = 0, internalPort = 0, ...listenerPorts] = ports;
  return {
    bind: "0.0.0.0",
    host: containerHost(address),
    port: port ?? first,
    listenPort: IMAGE_PORT,
    internalPort,
    controllerPort,
    listenerPorts,
    dataFolder: "/tmp/kafka-data", // every image lets its user write there
  };
}

/**
 * Starts a container by a host process of its own. Rejects with an `UnavailableError` that holds the end of the broker's log.
 */
export async function startContainer(
  tools: Tools,
  address: EngineAddress,
  place: BrokerPlace,
  options: BrokerOptions,
  keeper: string,
  detached: boolean,
): Promise<StartedContainer> {
  const image = kafkaImage(tools);
  const own = crypto.randomUUID();
  const request: HostRequest = {
    image,
    ports: [
      { container: place.listenPort, host: place.port },
      ...place.listenerPorts.map((port) => ({ container: port, host: port })),
    ],
    command: [],
    environment: {
      ...propertiesEnvironment(brokerProperties(options, place)),
      CLUSTER_ID: own.replaceAll("-", "").slice(0, 22),
      KAFKA_HEAP_OPTS: `-Xmx${options.heapMb ?? 256}m`,
    },
    labels: { [LABEL]: keeper, "datapy.kafka.id": own },
    ownLabel: `datapy.kafka.id=${own}`,
    startTimeoutMs: READY_TIMEOUT_MS,
    readyLog: "Kafka Server started",
    readyLogTimes: 1,
    detached,
  };
  return await launchContainer(tools, address, "Kafka", request);
}
