import { endHost, launchContainer, type StartedContainer } from "../shared/container_launch.ts";
import type { HostRequest } from "../shared/container_protocol.ts";
import { containerHost, type EngineAddress } from "../shared/engine_address.ts";
import { type EngineApi, engineApi } from "../shared/engine_api.ts";
import type { Tools } from "../shared/tools.ts";
import { listeningHost, READY_TIMEOUT_MS } from "../shared/until_ready.ts";
import { postgresImage } from "./engines.ts";
import { untilReady } from "./ready.ts";
import { type Server, type ServerOptions, urlOf } from "./server.ts";
import { DATABASE, PASSWORD, USER } from "./versions.ts";

/** All containers of ours have this label, with who keeps them: a process, or `up` of a folder. */
export const LABEL = "datapy.postgres";

/** The label's value for what `up` has left running. */
export const upKeeper = (tools: Tools) => `up ${tools.folder}`;

/** The port that PostgreSQL's image exposes. */
const IMAGE_PORT = 5432;

/** Starts a container, and resolves when it answers. */
export async function startContainer(
  tools: Tools,
  address: EngineAddress,
  options: ServerOptions,
  port: number,
  keeper: string,
  detached: boolean,
): Promise<StartedContainer> {
  const own = crypto.randomUUID();
  const settings = Object.entries(options.settings ?? {});
  const request: HostRequest = {
    image: postgresImage(tools),
    ports: [{ container: IMAGE_PORT, host: port }],
    command: settings.length === 0 ? [] : ["postgres", ...settings.flatMap(([k, v]) => ["-c", `${k}=${v}`])],
    environment: { POSTGRES_USER: USER, POSTGRES_PASSWORD: PASSWORD, POSTGRES_DB: DATABASE },
    labels: { [LABEL]: keeper, "datapy.postgres.id": own },
    ownLabel: `datapy.postgres.id=${own}`,
    startTimeoutMs: READY_TIMEOUT_MS,
    // it starts twice: once to make its database, and then for everybody
    readyLog: "database system is ready to accept connections",
    readyLogTimes: 2,
    detached,
  };
  const started = await launchContainer(tools, address, "PostgreSQL", request);
  try {
    await untilContainerReady(tools, engineApi(address), started.id, containerHost(address), port);
    return started;
  } catch (error) {
    await engineApi(address).remove(started.id);
    await endHost(started.host);
    throw error;
  }
}

/** Resolves when the server in a container answers. */
export function untilContainerReady(
  tools: Tools,
  api: EngineApi,
  id: string,
  host: string,
  port: number,
): Promise<void> {
  return untilReady(tools.ports, tools.clock, {
    host: listeningHost(host),
    port,
    logTail: () => api.logTail(id, 15),
  });
}

/** Starts a server in a container that belongs to this process. */
export async function startContainerServer(
  tools: Tools,
  address: EngineAddress,
  options: ServerOptions,
): Promise<Server> {
  const [port = 0] = tools.ports.free(1);
  const { id, host } = await startContainer(tools, address, options, port, `process-${tools.pid}`, false);
  const api = engineApi(address);
  const name = containerHost(address);
  return {
    engine: "container",
    port,
    url: urlOf(name, port),
    stop: () => api.tell(id, "stop"),
    crash: () => api.tell(id, "kill"),
    async restart() {
      await api.tell(id, "start");
      await untilContainerReady(tools, api, id, name, port);
    },
    logTail: () => api.logTail(id, 30),
    [Symbol.asyncDispose]: () => endHost(host),
  };
}
