import type { Broker, Cluster, NodeOptions } from "./broker.ts";
import { asCluster } from "./cluster_node.ts";
import { JvmBroker, onFreePorts } from "./jvm_broker.ts";
import type { Java } from "./jvm_java.ts";
import { jvmPlace, jvmPorts, setUpJvm } from "./jvm_setup.ts";
import { addScramUsers } from "./scram_users.ts";
import { ownTempFolder, type Tools } from "../shared/tools.ts";

/** Starts several brokers on the JVM that belong to this process. */
export function startJvmCluster(
  tools: Tools,
  java: Java,
  count: number,
  optionsOf: NodeOptions,
): Promise<Cluster> {
  const options = Array.from({ length: count }, (_, i) => optionsOf(i + 1));
  return onFreePorts(async () => {
    const brokers: JvmBroker[] = [];
    const folders: string[] = [];
    try {
      for (let i = 0; i < count; i++) folders.push(await ownTempFolder(tools, "kafka"));
      const ports = portsFor(tools, options.map(jvmPorts));
      const places = asCluster(folders.map((folder, i) => jvmPlace(folder, ports[i]!)));
      const setups = await Promise.all(
        places.map((place, i) => setUpJvm(tools, java, folders[i]!, place, options[i]!)),
      );
      brokers.push(...setups.map((setup, i) => new JvmBroker(tools, setup, options[i]!)));
      await Promise.all(brokers.map((broker) => broker.restart())); // none answers before most are there
      await addScramUsers(tools, places[0]!.port, options[0]!.users ?? []);
      return clusterOf("jvm", brokers, () => endAll(brokers));
    } catch (error) {
      await endAll(brokers);
      for (const folder of folders) await tools.disk.remove(folder);
      throw error;
    }
  });
}

/** Ports that are free now, all different: so many for each. */
export function portsFor(tools: Tools, counts: readonly number[]): number[][] {
  const all = tools.ports.free(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  return counts.map((count) => all.slice(at, at += count));
}

/** Brokers as one Kafka. */
export function clusterOf(
  engine: Cluster["engine"],
  brokers: readonly Broker[],
  end: () => Promise<void>,
): Cluster {
  const bootstrap = brokers.map((broker) => broker.bootstrap).join(",");
  return { engine, brokers, bootstrap, [Symbol.asyncDispose]: end };
}

async function endAll(brokers: readonly JvmBroker[]): Promise<void> {
  await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
}
