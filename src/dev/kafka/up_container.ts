import { UnavailableError } from "../../core/errors.ts";
import type { BrokerOptions } from "./broker.ts";
import { containerPlace, kafkaImage, LABEL, startContainer, upKeeper } from "./container_start.ts";
import { dockerHost, type EngineAddress, parseDockerHost } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import { lastLines } from "../shared/last_lines.ts";
import { untilReady } from "./ready.ts";
import { splitAddress } from "./running.ts";
import { addScramUsers } from "./scram_users.ts";
import type { KafkaState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

type ContainerState = Extract<KafkaState, { engine: "container" }>;

/** Starts a container that outlives this process. */
export async function startDetachedContainer(
  tools: Tools,
  address: EngineAddress,
  options: BrokerOptions,
  port: number,
): Promise<KafkaState> {
  const place = containerPlace(tools, address, options, port);
  const { id } = await startContainer(tools, address, place, options, upKeeper(tools), true);
  const state: ContainerState = {
    engine: "container",
    bootstrap: `${place.host}:${place.port}`,
    startedAt: new Date(tools.clock.wallTime()).toISOString(),
    id,
    dockerHost: dockerHost(address),
    image: kafkaImage(tools),
  };
  try {
    await untilContainerReady(tools, state);
    await addScramUsers(tools, place.port, options.users ?? []);
  } catch (error) {
    await engineApi(address).remove(id);
    throw error;
  }
  return state;
}

/** Starts a container again that the machine's restart has stopped: its topics are still there. */
export async function resumeContainer(tools: Tools, state: ContainerState): Promise<void> {
  await apiOf(state).tell(state.id, "start");
  await untilContainerReady(tools, state);
}

/** Removes the container of `up`, and what an `up` that was killed has left behind. */
export async function removeContainers(tools: Tools, addresses: readonly EngineAddress[]): Promise<number> {
  let removed = 0;
  for (const address of addresses) {
    const api = engineApi(address);
    if (!await api.answers()) continue;
    for (const id of await api.labelled(`${LABEL}=${upKeeper(tools)}`)) {
      await api.remove(id);
      removed++;
    }
  }
  return removed;
}

async function untilContainerReady(tools: Tools, state: ContainerState): Promise<void> {
  const api = apiOf(state);
  const [host, port] = splitAddress(state.bootstrap);
  await untilReady(tools.ports, tools.clock, {
    host,
    port,
    died: new Promise(() => {}), // it has said that it started
    logTail: async () => lastLines(await api.logTail(state.id, 15)),
  });
}

function apiOf(state: ContainerState) {
  const addresses = parseDockerHost(state.dockerHost, false);
  if (typeof addresses === "string" || addresses[0] === undefined) {
    throw new UnavailableError(`Cannot reach the container engine of ${state.dockerHost}: ${addresses}`);
  }
  return engineApi(addresses[0]);
}
