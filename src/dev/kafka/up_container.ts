import { UnavailableError } from "../../core/errors.ts";
import type { BrokerOptions } from "./broker.ts";
import type { BrokerPlace } from "./broker_properties.ts";
import { clusterPlaces, startContainers } from "./container_cluster.ts";
import {
  containerPlace,
  containerPorts,
  kafkaImage,
  LABEL,
  startContainer,
  upKeeper,
} from "./container_start.ts";
import { rememberedEngine } from "../shared/container_engine.ts";
import { dockerHost, type EngineAddress } from "../shared/engine_address.ts";
import type { EngineApi } from "../shared/engine_api.ts";
import { lastLines } from "../shared/last_lines.ts";
import { removeLabelledOn } from "../shared/remove_labelled.ts";
import { untilReady } from "./ready.ts";
import { splitAddress } from "./running.ts";
import { addScramUsers } from "./scram_users.ts";
import { addressesOf, type KafkaState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

type ContainerState = Extract<KafkaState, { engine: "container" }>;

/** Starts containers that outlive this process, with one broker for each port. */
export async function startDetachedContainer(
  tools: Tools,
  address: EngineAddress,
  options: BrokerOptions,
  ports: readonly number[],
): Promise<KafkaState> {
  const { places, ...ids } = await startAll(tools, address, options, ports);
  const state: ContainerState = {
    engine: "container",
    bootstrap: places.map(({ host, port }) => `${host}:${port}`).join(","),
    startedAt: new Date(tools.clock.wallTime()).toISOString(),
    ...ids,
    dockerHost: dockerHost(address),
    image: kafkaImage(tools),
  };
  try {
    await untilContainerReady(tools, state);
    await addScramUsers(tools, ports[0]!, options.users ?? []);
  } catch (error) {
    await removeContainers(tools, [address]);
    throw error;
  }
  return state;
}

async function startAll(
  tools: Tools,
  address: EngineAddress,
  options: BrokerOptions,
  ports: readonly number[],
): Promise<Pick<ContainerState, "id" | "others" | "holder"> & { places: BrokerPlace[] }> {
  if (ports.length === 1) {
    const place = containerPlace(address, tools.ports.free(containerPorts(options)), ports[0]!);
    const { id } = await startContainer(tools, address, place, options, upKeeper(tools), true);
    return { places: [place], id };
  }
  const alike = ports.map(() => options);
  const places = clusterPlaces(tools, address, alike, ports);
  const { holder, brokers } = await startContainers(tools, address, places, alike, upKeeper(tools), true);
  const [id = "", ...others] = brokers;
  return { places, id, others, holder: holder.id };
}

/** Starts containers again that the machine's restart, or somebody, has stopped: their topics are still there. */
export async function resumeContainer(tools: Tools, state: ContainerState): Promise<void> {
  const api = apiOf(state);
  const holder = state.holder === undefined ? [] : [state.holder]; // it lends its network to the others
  for (const id of [...holder, state.id, ...state.others ?? []]) await api.tell(id, "start");
  await untilContainerReady(tools, state);
}

/** Removes the containers of `up`, and what an `up` that was killed has left behind. */
export const removeContainers = (tools: Tools, addresses: readonly EngineAddress[]): Promise<number> =>
  removeLabelledOn(addresses, `${LABEL}=${upKeeper(tools)}`);

async function untilContainerReady(tools: Tools, state: ContainerState): Promise<void> {
  const api = apiOf(state);
  const ids = [state.id, ...state.others ?? []];
  await Promise.all(
    addressesOf(state).map((address, i) => {
      const [host, port] = splitAddress(address);
      return untilReady(tools.ports, tools.clock, {
        host,
        port,
        logTail: async () => lastLines(await api.logTail(ids[i] ?? state.id, 15)),
      });
    }),
  );
}

function apiOf(state: ContainerState): EngineApi {
  const api = rememberedEngine(state.dockerHost);
  if (typeof api !== "string") return api;
  throw new UnavailableError(`Cannot reach the container engine of ${state.dockerHost}: ${api}`);
}
