import { parseDockerHost } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import { answersKafka } from "./ready.ts";
import type { KafkaState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

/**
 * How the Kafka of `up` is doing: it answers; its process is there and does not answer; its container is there and stopped
 * (after a restart of the machine); or it is gone, whatever the state says.
 */
export type Condition = "answers" | "silent" | "stopped" | "gone";

/** Looks at what the state speaks of. */
export async function conditionOf(tools: Tools, state: KafkaState): Promise<Condition> {
  const process = state.engine === "jvm" ? await jvmCondition(tools, state) : await containerCondition(state);
  if (process !== "alive") return process;
  const [host, port] = splitAddress(state.bootstrap);
  return await answersKafka(tools.ports, host, port) ? "answers" : "silent";
}

async function jvmCondition(tools: Tools, state: { pid: number; mark: string }): Promise<"alive" | "gone"> {
  return (await tools.subprocesses.commandLine(state.pid)).includes(state.mark) ? "alive" : "gone";
}

async function containerCondition(
  state: { dockerHost: string; id: string },
): Promise<"alive" | "stopped" | "gone"> {
  const [address] = parseDockerHost(state.dockerHost, false);
  if (typeof address !== "object") return "gone";
  const api = engineApi(address);
  if (!await api.answers()) return "gone"; // an engine that has ended runs nothing
  const found = await api.state(state.id);
  return found === "running" || found === "paused" ? "alive" : found;
}

/** The first of the addresses in `host:port,host:port`; `localhost` as 127.0.0.1, where our brokers listen. */
export function splitAddress(bootstrap: string): [host: string, port: number] {
  const first = bootstrap.split(",")[0] ?? "";
  const colon = first.lastIndexOf(":");
  const host = first.slice(0, colon);
  return [host === "localhost" ? "127.0.0.1" : host, Number(first.slice(colon + 1))];
}
