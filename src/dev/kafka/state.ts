import { join } from "node:path";
import { z } from "../../deps/zod.ts";
import type { Tools } from "../shared/tools.ts";

const Common = { bootstrap: z.string(), startedAt: z.string() };

const Recording = z.strictObject({ from: z.string(), to: z.string() });

/** A broker's process. */
const JvmProcess = {
  pid: z.number(),
  /** Only this broker's command line holds it: a process id is given to another program one day. */
  mark: z.string(),
  recording: Recording.optional(),
};

/** The Kafka that `up` has left running. */
export const KafkaState = z.discriminatedUnion("engine", [
  z.strictObject({
    engine: z.literal("jvm"),
    ...Common,
    ...JvmProcess,
    /** The brokers after the first, in the order of `bootstrap`. */
    others: z.array(z.strictObject(JvmProcess)).optional(),
  }),
  z.strictObject({
    engine: z.literal("container"),
    ...Common,
    id: z.string(),
    /** The engine's address, as in DOCKER_HOST. */
    dockerHost: z.string(),
    image: z.string(),
    /** Where there are several brokers: the ids of the others, and of the container that holds their network. */
    others: z.array(z.string()).optional(),
    holder: z.string().optional(),
  }),
]);
export type KafkaState = z.infer<typeof KafkaState>;

/** Addresses of the brokers. */
export const addressesOf = ({ bootstrap }: Pick<KafkaState, "bootstrap">) => bootstrap.split(",");

export const statePath = (tools: Tools) => join(tools.folder, "kafka.json");

/** The state as it was written; undefined where there is none, or none that can be read. */
export async function readState(tools: Tools): Promise<KafkaState | undefined> {
  const text = await tools.disk.readText(statePath(tools));
  if (text === undefined) return undefined;
  try {
    return KafkaState.parse(JSON.parse(text));
  } catch {
    return undefined; // of another version, or edited: as if there were none
  }
}

/** Remembers the Kafka that runs. */
export const writeState = (tools: Tools, state: KafkaState): Promise<void> =>
  tools.disk.writeText(statePath(tools), `${JSON.stringify(state, undefined, 2)}\n`);

/** Forgets it. */
export const removeState = (tools: Tools): Promise<void> => tools.disk.remove(statePath(tools));
