import { ConfigurationError } from "../../core/errors.ts";
import { type Engine, ENGINES } from "./broker.ts";
import { kafkaImage } from "./container_start.ts";
import { dockerHost, type EngineAddress, engineAddresses } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
import { chooseEngine, type Findings } from "./engine_choice.ts";
import { findJava, hasMaven, type Java } from "./jvm_java.ts";
import { hasJars } from "./jvm_jars.ts";
import type { Tools } from "../shared/tools.ts";

/** The engines to try, best first, and what starting on them needs. */
export interface FoundEngines {
  readonly engines: readonly Engine[];
  readonly address: EngineAddress | undefined;
  readonly java: Java | undefined;
  /** Why a container is not the first choice, in words; empty where it is. */
  readonly containerProblem: string;
}

/**
 * Looks for a container engine and a JVM. Throws a `ConfigurationError` where nothing can run Kafka: it says what to
 * install.
 */
export async function findEngines(tools: Tools, wanted?: Engine): Promise<FoundEngines> {
  const [container, java, maven, jars] = await Promise.all([
    findContainerEngine(tools),
    findJava(tools),
    hasMaven(tools),
    hasJars(tools),
  ]);
  const findings: Findings = {
    container: {
      reachable: container.address !== undefined,
      imageHere: container.imageHere,
      problem: container.problem,
    },
    java: { version: java?.version },
    maven,
    jars,
  };
  const choice = chooseEngine(findings, wanted ?? forcedEngine(tools));
  if (choice.kind === "none") throw new ConfigurationError(`Cannot start Kafka: ${choice.reason}`);
  return { engines: choice.engines, address: container.address, java, containerProblem: container.problem };
}

/** The engine that DATAPY_KAFKA_ENGINE asks for. Throws a `ConfigurationError` where it names none. */
export function forcedEngine(tools: Tools): Engine | undefined {
  const text = tools.env("DATAPY_KAFKA_ENGINE");
  if (text === undefined) return undefined;
  const engine = ENGINES.find((name) => name === text);
  if (engine === undefined) {
    throw new ConfigurationError(`DATAPY_KAFKA_ENGINE is "${text}": expected ${ENGINES.join(" or ")}`);
  }
  return engine;
}

interface ContainerEngine {
  readonly address: EngineAddress | undefined;
  readonly imageHere: boolean;
  readonly problem: string;
}

/** The first container engine that answers. */
export async function findContainerEngine(tools: Tools): Promise<ContainerEngine> {
  const addresses = engineAddresses(tools.env);
  const none = (problem: string) => ({ address: undefined, imageHere: false, problem });
  if (typeof addresses === "string") return none(addresses);
  for (const address of addresses) {
    if (address.kind === "unix" && !await tools.disk.exists(address.path)) continue;
    const api = engineApi(address);
    if (!await api.answers()) continue;
    const image = kafkaImage(tools);
    const imageHere = await api.hasImage(image);
    return { address, imageHere, problem: imageHere ? "" : `the image ${image} is not on this machine` };
  }
  const named = tools.env("DOCKER_HOST") !== undefined && addresses[0] !== undefined;
  return none(
    named ? `no container engine answers at ${dockerHost(addresses[0]!)}` : "there is no container engine",
  );
}
