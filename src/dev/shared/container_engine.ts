import { ConfigurationError } from "../../core/errors.ts";
import { dockerHost, type EngineAddress, engineAddresses, parseDockerHost } from "./engine_address.ts";
import { type EngineApi, engineApi } from "./engine_api.ts";
import type { Tools } from "./tools.ts";

/** A container engine that answers, and whether it has an image; `problem` says why it is not to be used. */
export interface ContainerEngine {
  readonly address: EngineAddress | undefined;
  readonly imageHere: boolean;
  readonly problem: string;
}

/** The first container engine that answers. */
export async function findContainerEngine(tools: Tools, image: string): Promise<ContainerEngine> {
  const addresses = engineAddresses(tools.env);
  const none = (problem: string) => ({ address: undefined, imageHere: false, problem });
  if (typeof addresses === "string") return none(addresses);
  for (const address of addresses) {
    if (address.kind === "unix" && !await tools.disk.exists(address.path)) continue;
    const api = engineApi(address);
    if (!await api.answers()) continue;
    const imageHere = await api.hasImage(image);
    return { address, imageHere, problem: imageHere ? "" : `the image ${image} is not on this machine` };
  }
  const named = tools.env("DOCKER_HOST") !== undefined && addresses[0] !== undefined;
  return none(
    named ? `no container engine answers at ${dockerHost(addresses[0]!)}` : "there is no container engine",
  );
}

/** The engine that a variable of the environment asks for. Throws a `ConfigurationError` where it names none. */
export function forcedEngine<E extends string>(
  tools: Tools,
  variable: string,
  engines: readonly E[],
): E | undefined {
  const text = tools.env(variable);
  const engine = engines.find((name) => name === text);
  if (text !== undefined && engine === undefined) {
    throw new ConfigurationError(`${variable} is "${text}": expected ${engines.join(" or ")}`);
  }
  return engine;
}

/** The engine that a state remembers, as DOCKER_HOST holds its address; a text says why it cannot be reached. */
export function rememberedEngine(address: string): EngineApi | string {
  const addresses = parseDockerHost(address, false);
  if (typeof addresses === "string") return addresses;
  return addresses[0] === undefined ? "it has no address" : engineApi(addresses[0]);
}

/** What became of what `up` has started: a process or a container. */
export type ProcessCondition = "alive" | "stopped" | "gone";

/** What became of containers, in their order; one `gone` where their engine has ended. */
export async function containerConditions(
  address: string,
  ids: readonly string[],
): Promise<ProcessCondition[]> {
  const api = rememberedEngine(address);
  if (typeof api === "string" || !await api.answers()) return ["gone"]; // an engine that has ended runs nothing
  const found = await Promise.all(ids.map((id) => api.state(id)));
  return found.map((state) => state === "running" || state === "paused" ? "alive" : state);
}
