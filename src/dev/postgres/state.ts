import { z } from "../../deps/zod.ts";
import { containerConditions } from "../shared/container_engine.ts";
import { isAlive } from "../shared/detached_process.ts";
import { stateFile } from "../shared/state_file.ts";
import type { Tools } from "../shared/tools.ts";
import { listeningHost } from "../shared/until_ready.ts";
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

const file = stateFile("postgres.json", PostgresState);

/** The state as it was written; undefined where there is none, or none that can be read. */
export const readState = file.read;

/** Remembers the PostgreSQL that runs. */
export const writeState = file.write;

/** Forgets it. */
export const removeState = file.remove;

/**
 * How the PostgreSQL of `up` is doing: it answers; its process is there and does not answer; its container is there and
 * stopped (after a restart of the machine); or it is gone, whatever the state says.
 */
export type Condition = "answers" | "silent" | "stopped" | "gone";

/** Looks at what the state speaks of. */
export async function conditionOf(tools: Tools, state: PostgresState): Promise<Condition> {
  const [process = "gone"] = state.engine === "container"
    ? await containerConditions(state.dockerHost, [state.id])
    : [await isAlive(tools, state) ? "alive" : "gone"] as const;
  if (process !== "alive") return process;
  return await answerOf(tools.ports, listeningHost(state.host), state.port) === "ready"
    ? "answers"
    : "silent";
}
