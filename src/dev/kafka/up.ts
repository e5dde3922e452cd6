import { ConfigurationError } from "../../core/errors.ts";
import type { BrokerOptions, Engine } from "./broker.ts";
import { findEngines } from "./engines.ts";
import { engineAddresses } from "../shared/engine_address.ts";
import { externalKafka } from "./external.ts";
import { untilReady } from "./ready.ts";
import { conditionOf, splitAddress } from "./running.ts";
import { addressesOf, type KafkaState, readState, removeState, writeState } from "./state.ts";
import { onFirstThatWorks } from "./start.ts";
import type { Tools } from "../shared/tools.ts";
import { type DownResult, firstFreePorts, untilSilentAnswers, whileLocked } from "../shared/up.ts";
import { removeContainers, resumeContainer, startDetachedContainer } from "./up_container.ts";
import { startDetachedJvm, stopDetachedJvm, upFolder } from "./up_jvm.ts";
import { PREFERRED_PORT } from "./versions.ts";

const KAFKA = { name: "Kafka", command: "kafka" };

/** How to start the Kafka that stays. */
export interface UpOptions extends BrokerOptions {
  /** How many brokers it has; by default as many as it had, or 1. */
  readonly brokers?: number;
}

/**
 * Starts the Kafka that stays, or finds it running. Gives its state, and whether it was started now. Rejects with a
 * `ConfigurationError` where one runs with another number of brokers.
 */
export async function up(
  tools: Tools,
  options: UpOptions,
  engine?: Engine,
): Promise<{ state: KafkaState; fresh: boolean }> {
  using _lock = await whileLocked(tools, KAFKA);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  const before = state === undefined ? 1 : addressesOf(state).length;
  const brokers = options.brokers ?? before;
  if (condition !== "gone" && brokers !== before) {
    throw new ConfigurationError(
      `Cannot start Kafka with ${brokers} broker${brokers === 1 ? "" : "s"}: it is up with ${before}; ` +
        `end it by "kafka down" first`,
    );
  }
  if (state !== undefined && condition === "answers") return { state, fresh: false };
  if (state !== undefined && condition === "silent") {
    await untilAllAnswer(tools, state);
    return { state, fresh: false };
  }
  if (state?.engine === "container" && (condition === "stopped" || condition === "partly")) {
    await resumeContainer(tools, state);
    return { state, fresh: true };
  }
  if (state?.engine === "jvm") await stopDetachedJvm(tools, state); // what is left where some brokers have ended
  await removeState(tools);
  const found = await findEngines(tools, engine);
  if (found.address !== undefined) await removeContainers(tools, [found.address]);
  const ports = firstFreePorts(tools, PREFERRED_PORT, brokers);
  const started = await onFirstThatWorks(tools, found, {
    container: (address) => startDetachedContainer(tools, address, options, ports),
    jvm: (java) => startDetachedJvm(tools, java, options, ports),
  });
  await writeState(tools, started);
  return { state: started, fresh: true };
}

/** Each broker is given the time that it needs. */
async function untilAllAnswer(tools: Tools, state: KafkaState): Promise<void> {
  await Promise.all(
    addressesOf(state).map((address) => {
      const [host, port] = splitAddress(address);
      return untilSilentAnswers(KAFKA, address, untilReady(tools.ports, tools.clock, { host, port }));
    }),
  );
}

/** Ends the Kafka of `up` and removes its data. One that DATAPY_KAFKA names is left alone. */
export async function down(tools: Tools): Promise<DownResult> {
  if (externalKafka(tools) !== undefined) return "left_alone";
  using _lock = await whileLocked(tools, KAFKA);
  const state = await readState(tools);
  const condition = state === undefined ? "gone" : await conditionOf(tools, state);
  if (state?.engine === "jvm") await stopDetachedJvm(tools, state);
  const addresses = engineAddresses(tools.env);
  const removed = typeof addresses === "string" ? 0 : await removeContainers(tools, addresses);
  await tools.disk.remove(upFolder(tools));
  await removeState(tools);
  return condition === "gone" && removed === 0 ? "was_not_running" : "stopped";
}
