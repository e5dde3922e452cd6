import { z } from "../../deps/zod.ts";
import { stateFile } from "../shared/state_file.ts";

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

const file = stateFile("kafka.json", KafkaState);

/** The state as it was written; undefined where there is none, or none that can be read. */
export const readState = file.read;

/** Remembers the Kafka that runs. */
export const writeState = file.write;

/** Forgets it. */
export const removeState = file.remove;
