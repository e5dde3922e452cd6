import { containerConditions, type ProcessCondition } from "../shared/container_engine.ts";
import { type DetachedProcess, isAlive } from "../shared/detached_process.ts";
import { answersKafka } from "./ready.ts";
import { addressesOf, type KafkaState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";
import { listeningHost } from "../shared/until_ready.ts";

/**
 * How the Kafka of `up` is doing: it answers; its process is there and does not answer; its container is there and stopped
 * (after a restart of the machine); some of its brokers have ended; or it is gone, whatever the state says.
 */
export type Condition = "answers" | "silent" | "stopped" | "partly" | "gone";

/** Looks at what the state speaks of. */
export async function conditionOf(tools: Tools, state: KafkaState): Promise<Condition> {
  const processes = state.engine === "jvm"
    ? await Promise.all([state, ...state.others ?? []].map((process) => jvmCondition(tools, process)))
    : await containerConditions(state.dockerHost, [state.id, ...state.others ?? []]);
  if (processes.every((process) => process === "gone")) return "gone";
  if (!processes.includes("alive")) return "stopped";
  if (processes.some((process) => process !== "alive")) return "partly";
  return (await silentOf(tools, state)).length === 0 ? "answers" : "silent";
}

const jvmCondition = async (tools: Tools, process: DetachedProcess): Promise<ProcessCondition> =>
  await isAlive(tools, process) ? "alive" : "gone";

/** Addresses at which no broker answers. */
export async function silentOf(tools: Tools, state: KafkaState): Promise<string[]> {
  const addresses = addressesOf(state);
  const answers = await Promise.all(
    addresses.map((address) => answersKafka(tools.ports, ...splitAddress(address))),
  );
  return addresses.filter((_, i) => !answers[i]);
}

/** The first of the addresses in `host:port,host:port`; `localhost` as 127.0.0.1, where our brokers listen. */
export function splitAddress(bootstrap: string): [host: string, port: number] {
  const first = bootstrap.split(",")[0] ?? "";
  const colon = first.lastIndexOf(":");
  return [listeningHost(first.slice(0, colon)), Number(first.slice(colon + 1))];
}
