import { join } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { containerHost, dockerHost, engineAddresses, parseDockerHost } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import { withSeconds } from "../shared/progress.ts";
import type { Tools } from "../shared/tools.ts";
import { accountFor } from "./account.ts";
import { LABEL, startContainer, untilContainerReady, upKeeper } from "./container.ts";
import { onFirstThatWorks, postgresImage } from "./engines.ts";
import { externalPostgres } from "./external.ts";
import { untilReady } from "./ready.ts";
import { type Engine, type ServerOptions, urlOf } from "./server.ts";
import { conditionOf, type PostgresState, readState, removeState, writeState } from "./state.ts";
import { startDetachedLocal, stopDetachedLocal, upFolder } from "./up_local.ts";
import { PREFERRED_PORT } from "./versions.ts";

/** Another command may be downloading PostgreSQL. */
const LOCK_TIMEOUT_MS = 15 * 60_000;

const whileLocked = (tools: Tools) =>
  withSeconds(
    tools,
    "Waiting for another command on the same PostgreSQL",
    tools.disk.lock(join(tools.folder, "postgres.lock"), LOCK_TIMEOUT_MS),
  );

/** Starts the PostgreSQL that stays, or finds it running. Gives its state, and whether it was started now. */
export async function up(
  tools: Tools,
  options: ServerOptions,
  engine?: Engine,
): Promise<{ state: PostgresState; fresh: boolean }> {
  using _lock = await whileLocked(tools);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  if (state !== undefined && condition === "answers") return { state, fresh: false };
  if (state !== undefined && condition === "silent") {
    await untilAnswers(tools, state);
    return { state, fresh: false };
  }
  if (state?.engine === "container" && condition === "stopped") {
    await resumeContainer(tools, state);
    return { state, fresh: true };
  }
  await removeState(tools);
  await removeContainers(tools);
  const port = firstFreePort(tools);
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

/** A server may be silent because the command that started it was interrupted; give it the time that it needs. */
async function untilAnswers(tools: Tools, { host, port }: PostgresState): Promise<void> {
  const never = new Promise<string>(() => {});
  const here = host === "localhost" ? "127.0.0.1" : host;
  await untilReady(tools.ports, tools.clock, {
    host: here,
    port,
    died: never,
    logTail: () => Promise.resolve(""),
  })
    .catch((cause) => {
      throw new UnavailableError(
        `PostgreSQL runs but does not answer at ${host}:${port}: end it by "postgres down", then start it again`,
        { cause },
      );
    });
}

/** Starts a container again that the machine's restart has stopped: its data are still there. */
async function resumeContainer(
  tools: Tools,
  state: Extract<PostgresState, { engine: "container" }>,
): Promise<void> {
  const [address] = parseDockerHost(state.dockerHost, false);
  if (typeof address !== "object") {
    throw new UnavailableError("Cannot reach the container engine of PostgreSQL");
  }
  const api = engineApi(address);
  await api.tell(state.id, "start");
  await untilContainerReady(tools, api, state.id, state.host, state.port);
}

/** Removes the container of `up`, and what an `up` that was killed has left behind. */
async function removeContainers(tools: Tools): Promise<number> {
  const addresses = engineAddresses(tools.env);
  let removed = 0;
  for (const address of typeof addresses === "string" ? [] : addresses) {
    const api = engineApi(address);
    if (address.kind === "unix" && !await tools.disk.exists(address.path)) continue;
    if (!await api.answers()) continue;
    for (const id of await api.labelled(`${LABEL}=${upKeeper(tools)}`)) {
      await api.remove(id);
      removed++;
    }
  }
  return removed;
}

/** The port that everybody expects, or else the next one that is free. */
function firstFreePort(tools: Tools): number {
  for (let port = PREFERRED_PORT; port < PREFERRED_PORT + 100; port++) {
    if (tools.ports.isFree(port)) return port;
  }
  return tools.ports.free(1)[0] ?? PREFERRED_PORT;
}

/** What `down` has done. */
export type DownResult = "stopped" | "was_not_running" | "left_alone";

/** Ends the PostgreSQL of `up` and removes its data. One that DATAPY_POSTGRES names is left alone. */
export async function down(tools: Tools): Promise<DownResult> {
  if (externalPostgres(tools) !== undefined) return "left_alone";
  using _lock = await whileLocked(tools);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  if (state !== undefined && state.engine !== "container") await stopDetachedLocal(tools, state);
  const removed = await removeContainers(tools);
  const account = await accountFor(tools);
  await tools.disk.remove(account.isElsewhere ? account.folder : upFolder(account));
  await removeState(tools);
  return condition === "gone" && removed === 0 ? "was_not_running" : "stopped";
}
