import { join } from "node:path";
import { z } from "../../deps/zod.ts";
import { parseDockerHost } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import type { Tools } from "../shared/tools.ts";
import { answerOf } from "./ready.ts";

const Common = { url: z.string(), host: z.string(), port: z.number(), startedAt: z.string() };

/** The PostgreSQL that `up` has left running. */
export const PostgresState = z.discriminatedUnion("engine", [
  z.strictObject({
    engine: z.enum(["installed", "npm"]),
    ...Common,
    version: z.string(),
    pid: z.number(),
    /** Only this server's command line holds it: a process id is given to another program one day. */
    mark: z.string(),
  }),
  z.strictObject({
    engine: z.literal("container"),
    ...Common,
    id: z.string(),
    /** The engine's address, as in DOCKER_HOST. */
    dockerHost: z.string(),
    image: z.string(),
  }),
]);
export type PostgresState = z.infer<typeof PostgresState>;

export const statePath = (tools: Tools) => join(tools.folder, "postgres.json");

/** The state as it was written; undefined where there is none, or none that can be read. */
export async function readState(tools: Tools): Promise<PostgresState | undefined> {
  const text = await tools.disk.readText(statePath(tools));
  if (text === undefined) return undefined;
  try {
    return PostgresState.parse(JSON.parse(text));
  } catch {
    return undefined; // of another version, or edited: as if there were none
  }
}

/** Remembers the PostgreSQL that runs. */
export const writeState = (tools: Tools, state: PostgresState): Promise<void> =>
  tools.disk.writeText(statePath(tools), `${JSON.stringify(state, undefined, 2)}\n`);

/** Forgets it. */
export const removeState = (tools: Tools): Promise<void> => tools.disk.remove(statePath(tools));

/**
 * How the PostgreSQL of `up` is doing: it answers; its process is there and does not answer; its container is there and
 * stopped (after a restart of the machine); or it is gone, whatever the state says.
 */
export type Condition = "answers" | "silent" | "stopped" | "gone";

/** Looks at what the state speaks of. */
export async function conditionOf(tools: Tools, state: PostgresState): Promise<Condition> {
  const process = state.engine === "container"
    ? await containerCondition(state)
    : (await tools.subprocesses.commandLine(state.pid)).includes(state.mark)
    ? "alive"
    : "gone";
  if (process !== "alive") return process;
  const host = state.host === "localhost" ? "127.0.0.1" : state.host;
  return await answerOf(tools.ports, host, state.port) === "ready" ? "answers" : "silent";
}

async function containerCondition(
  state: { readonly dockerHost: string; readonly id: string },
): Promise<"alive" | "stopped" | "gone"> {
  const [address] = parseDockerHost(state.dockerHost, false);
  if (typeof address !== "object") return "gone";
  const api = engineApi(address);
  if (!await api.answers()) return "gone"; // an engine that has ended runs nothing
  const found = await api.state(state.id);
  return found === "running" || found === "paused" ? "alive" : found;
}
