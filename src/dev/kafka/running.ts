import { parseDockerHost } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import { answersKafka } from "./ready.ts";
import { addressesOf, type KafkaState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

/**
 * How the Kafka of `up` is doing: it answers; its process is there and does not answer; its container is there and stopped
 * (after a restart of the machine); some of its brokers have ended; or it is gone, whatever the state says.
 */
export type Condition = "answers" | "silent" | "stopped" | "partly" | "gone";

/** Looks at what the state speaks of. */
export async function conditionOf(tools: Tools, state: KafkaState): Promise<Condition> {
  const processes = state.engine === "jvm"
    ? await Promise.all([state, ...state.others ?? []].map((process) => jvmCondition(tools, process)))
    : await containerConditions(state);
  if (processes.every((process) => process === "gone")) return "gone";
  if (!processes.includes("alive")) return "stopped";
  if (processes.some((process) => process !== "alive")) return "partly";
  return (await silentOf(tools, state)).length === 0 ? "answers" : "silent";
}

/** Addresses at which no broker answers. */
export async function silentOf(tools: Tools, state: KafkaState): Promise<string[]> {
  const addresses = addressesOf(state);
  const answers = await Promise.all(
    addresses.map((address) => answersKafka(tools.ports, ...splitAddress(address))),
  );
  return addresses.filter((_, i) => !answers[i]);
}

type ProcessCondition = "alive" | "stopped" | "gone";

async function jvmCondition(tools: Tools, state: { pid: number; mark: string }): Promise<ProcessCondition> {
  return (await tools.subprocesses.commandLine(state.pid)).includes(state.mark) ? "alive" : "gone";
}

async function containerConditions(
  { dockerHost, id, others = [] }: Extract<KafkaState, { engine: "container" }>,
): Promise<ProcessCondition[]> {
  const [address] = parseDockerHost(dockerHost, false);
  if (typeof address !== "object") return ["gone"];
  const api = engineApi(address);
  if (!await api.answers()) return ["gone"]; // an engine that has ended runs nothing
  const found = await Promise.all([id, ...others].map((container) => api.state(container)));
  return found.map((state) => state === "running" || state === "paused" ? "alive" : state);
}

/** The first of the addresses in `host:port,host:port`; `localhost` as 127.0.0.1, where our brokers listen. */
export function splitAddress(bootstrap: string): [host: string, port: number] {
  const first = bootstrap.split(",")[0] ?? "";
  const colon = first.lastIndexOf(":");
  const host = first.slice(0, colon);
  return [host === "localhost" ? "127.0.0.1" : host, Number(first.slice(colon + 1))];
}
