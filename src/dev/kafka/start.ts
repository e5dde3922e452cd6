import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { errorText } from "../../core/errors.ts";
import type { Broker, BrokerOptions, Cluster, Engine, NodeOptions } from "./broker.ts";
import { startContainerBroker } from "./container_broker.ts";
import { startContainerCluster } from "./container_cluster.ts";
import { kafkaImage } from "./container_start.ts";
import { findEngines, type FoundEngines } from "./engines.ts";
import { startJvmBroker } from "./jvm_broker.ts";
import { startJvmCluster } from "./jvm_cluster.ts";
import type { Tools } from "../shared/tools.ts";
import { KAFKA_VERSION } from "./versions.ts";

/** Starts a broker that belongs to this process, on the engine asked for or the best that is here. */
export async function startBroker(tools: Tools, options: BrokerOptions, engine?: Engine): Promise<Broker> {
  const found = await findEngines(tools, engine);
  return await onFirstThatWorks(tools, found, {
    container: (address) => startContainerBroker(tools, address, options),
    jvm: (java) => startJvmBroker(tools, java, options),
  });
}

/**
 * Starts several brokers that are one Kafka and belong to this process; each is a controller too. Topics have as many
 * copies as there are brokers, up to three.
 */
export async function startCluster(
  tools: Tools,
  count: number,
  optionsOf: NodeOptions,
  engine?: Engine,
): Promise<Cluster> {
  const found = await findEngines(tools, engine);
  return await onFirstThatWorks(tools, found, {
    container: (address) => startContainerCluster(tools, address, count, optionsOf),
    jvm: (java) => startJvmCluster(tools, java, count, optionsOf),
  });
}

/** How each engine starts something. */
export interface Starters<T> {
  container(address: NonNullable<FoundEngines["address"]>): Promise<T>;
  jvm(java: NonNullable<FoundEngines["java"]>): Promise<T>;
}

/** Tries the engines in their order; says which one is used and, where it is not the first, why. */
export async function onFirstThatWorks<T>(
  tools: Tools,
  found: FoundEngines,
  starters: Starters<T>,
): Promise<T> {
  let problem = found.containerProblem;
  let failure: unknown;
  for (const engine of found.engines) {
    const because = problem === "" ? "" : ` (${problem})`;
    try {
      if (engine === "container" && found.address !== undefined) {
        tools.report.line(`Starting Kafka in a container of ${kafkaImage(tools)}`);
        return await starters.container(found.address);
      }
      if (engine === "jvm" && found.java !== undefined) {
        tools.report.line(`Starting Kafka ${KAFKA_VERSION} on the JVM${because}`);
        return await starters.jvm(found.java);
      }
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      failure = error;
      problem = errorText(error).split("\n")[0] ?? "";
    }
  }
  throw failure ?? new UnavailableError("Cannot start Kafka: no engine was tried");
}
