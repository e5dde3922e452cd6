import { UnavailableError } from "../../core/errors.ts";
import { rememberedEngine } from "../shared/container_engine.ts";
import { containerHost, dockerHost, engineAddresses } from "../shared/engine_address.ts";
import { removeLabelledOn } from "../shared/remove_labelled.ts";
import type { Tools } from "../shared/tools.ts";
import { listeningHost } from "../shared/until_ready.ts";
import { type DownResult, firstFreePorts, untilSilentAnswers, whileLocked } from "../shared/up.ts";
import { accountFor } from "./account.ts";
import { LABEL, startContainer, untilContainerReady, upKeeper } from "./container.ts";
import { onFirstThatWorks, postgresImage } from "./engines.ts";
import { externalPostgres } from "./external.ts";
import { untilReady } from "./ready.ts";
import { type Engine, type ServerOptions, urlOf } from "./server.ts";
import { conditionOf, type PostgresState, readState, removeState, writeState } from "./state.ts";
import { startDetachedLocal, stopDetachedLocal, upFolder } from "./up_local.ts";
import { PREFERRED_PORT } from "./versions.ts";

const POSTGRESQL = { name: "PostgreSQL", command: "postgres" };

/** Starts the PostgreSQL that stays, or finds it running. Gives its state, and whether it was started now. */
export async function up(
  tools: Tools,
  options: ServerOptions,
  engine?: Engine,
): Promise<{ state: PostgresState; fresh: boolean }> {
  using _lock = await whileLocked(tools, POSTGRESQL);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  if (state !== undefined && condition === "answers") return { state, fresh: false };
  if (state !== undefined && condition === "silent") {
    const { host, port } = state;
    const ready = untilReady(tools.ports, tools.clock, { host: listeningHost(host), port });
    await untilSilentAnswers(POSTGRESQL, `${host}:${port}`, ready);
    return { state, fresh: false };
  }
  if (state?.engine === "container" && condition === "stopped") {
    await resumeContainer(tools, state);
    return { state, fresh: true };
  }
  await removeState(tools);
  await removeContainers(tools);
  const [port = PREFERRED_PORT] = firstFreePorts(tools, PREFERRED_PORT, 1);
  const started = await onFirstThatWorks<PostgresState>(tools, engine, {
    local: (account, programs) => startDetachedLocal(tools, account, programs, options, port),
    async container(address) {
      const { id } = await startContainer(tools, address, options, port, upKeeper(tools), true);
      const host = containerHost(address);
      return {
        engine: "container",
        url: urlOf(host, port),
        host,
        port,
        startedAt: new Date(tools.clock.wallTime()).toISOString(),
        id,
        dockerHost: dockerHost(address),
        image: postgresImage(tools),
      };
    },
  });
  await writeState(tools, started);
  return { state: started, fresh: true };
}

/** Starts a container again that the machine's restart has stopped: its data are still there. */
async function resumeContainer(
  tools: Tools,
  state: Extract<PostgresState, { engine: "container" }>,
): Promise<void> {
  const api = rememberedEngine(state.dockerHost);
  if (typeof api === "string") {
    throw new UnavailableError(`Cannot reach the container engine of PostgreSQL: ${api}`);
  }
  await api.tell(state.id, "start");
  await untilContainerReady(tools, api, state.id, state.host, state.port);
}

/** Removes the container of `up`, and what an `up` that was killed has left behind. */
function removeContainers(tools: Tools): Promise<number> {
  const addresses = engineAddresses(tools.env);
  return removeLabelledOn(typeof addresses === "string" ? [] : addresses, `${LABEL}=${upKeeper(tools)}`);
}

/** Ends the PostgreSQL of `up` and removes its data. One that DATAPY_POSTGRES names is left alone. */
export async function down(tools: Tools): Promise<DownResult> {
  if (externalPostgres(tools) !== undefined) return "left_alone";
  using _lock = await whileLocked(tools, POSTGRESQL);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  if (state !== undefined && state.engine !== "container") await stopDetachedLocal(tools, state);
  const removed = await removeContainers(tools);
  const account = await accountFor(tools);
  await tools.disk.remove(account.isElsewhere ? account.folder : upFolder(account));
  await removeState(tools);
  return condition === "gone" && removed === 0 ? "was_not_running" : "stopped";
}
