import { join } from "node:path";
import type { BrokerOptions } from "./broker.ts";
import { asCluster } from "./cluster_node.ts";
import { portsFor } from "./jvm_cluster.ts";
import type { Java } from "./jvm_java.ts";
import { jvmLogTail, jvmPlace, jvmPorts, type JvmSetup, keepRecording, setUpJvm } from "./jvm_setup.ts";
import { untilReady } from "./ready.ts";
import { addScramUsers } from "./scram_users.ts";
import { type KafkaState, removeState, writeState } from "./state.ts";
import { type DetachedProcess, endDetached, whileItLives } from "../shared/detached_process.ts";
import type { Tools } from "../shared/tools.ts";

type JvmState = Extract<KafkaState, { engine: "jvm" }>;

/** Where the Kafka of `up` keeps its settings, data and log. */
export const upFolder = (tools: Tools) => join(tools.folder, "kafka");

/**
 * Starts brokers that outlive this process, one for each port, on the data of the last ones if those were not ended by
 * `down`. They are remembered before they are ready: a command that is interrupted leaves no broker that nobody knows of.
 */
export async function startDetachedJvm(
  tools: Tools,
  java: Java,
  options: BrokerOptions,
  ports: readonly number[],
): Promise<KafkaState> {
  const setups = await setUpAll(tools, java, options, ports);
  const processes = setups.map((setup) => ({
    pid: tools.subprocesses.startDetached(setup.command, setup.outputFile),
    mark: setup.mark,
    ...(setup.recording === undefined ? {} : { recording: setup.recording }),
  }));
  const [first, ...others] = processes;
  const state: JvmState = {
    engine: "jvm",
    bootstrap: setups.map(({ place: { host, port } }) => `${host}:${port}`).join(","),
    startedAt: new Date(tools.clock.wallTime()).toISOString(),
    ...first!,
    ...(others.length === 0 ? {} : { others }),
  };
  await writeState(tools, state);
  try {
    await Promise.all(setups.map((setup, i) => untilUp(tools, setup, processes[i]!)));
    await addScramUsers(tools, ports[0]!, options.users ?? []);
    return state;
  } catch (error) {
    for (const { pid } of processes) await tools.subprocesses.signal(pid, "KILL");
    await removeState(tools);
    throw error;
  }
}

async function setUpAll(
  tools: Tools,
  java: Java,
  options: BrokerOptions,
  ports: readonly number[],
): Promise<JvmSetup[]> {
  const top = upFolder(tools);
  const folders = ports.length === 1 ? [top] : ports.map((_, i) => join(top, `${ports.length}-${i + 1}`));
  const free = portsFor(tools, ports.map(() => jvmPorts(options)));
  const places = folders.map((folder, i) => jvmPlace(folder, free[i]!, ports[i]!));
  const nodes = ports.length === 1 ? places : asCluster(places);
  const formatted = await Promise.all(
    folders.map((folder) => tools.disk.exists(join(folder, "data", "meta.properties"))),
  );
  for (const [i, folder] of folders.entries()) {
    // where not all were made, the rest is of another cluster than those that will be
    if (formatted[i] && formatted.includes(false)) await tools.disk.remove(folder);
    await tools.disk.makeFolder(folder);
  }
  return await Promise.all(nodes.map((place, i) => setUpJvm(tools, java, folders[i]!, place, options)));
}

const untilUp = (tools: Tools, setup: JvmSetup, process: DetachedProcess): Promise<void> =>
  whileItLives(tools, process, (died) =>
    untilReady(tools.ports, tools.clock, {
      host: setup.place.bind,
      port: setup.place.port,
      died,
      logTail: () => jvmLogTail(tools, setup.folder),
    }));

/** Ends brokers that were started so, if they still run; their data stay. */
export async function stopDetachedJvm(tools: Tools, state: JvmState): Promise<void> {
  await Promise.all([state, ...state.others ?? []].map((process) => stopOne(tools, process)));
}

async function stopOne(tools: Tools, process: DetachedProcess & Pick<JvmState, "recording">): Promise<void> {
  const inOrder = await endDetached(tools, process, "TERM", "KILL");
  if (inOrder) await keepRecording(tools, { recording: process.recording });
}
