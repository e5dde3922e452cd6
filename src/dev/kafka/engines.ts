import { ConfigurationError } from "../../core/errors.ts";
import { findContainerEngine, forcedEngine } from "../shared/container_engine.ts";
import type { EngineAddress } from "../shared/engine_address.ts";
import { type Engine, ENGINES } from "./broker.ts";
import { kafkaImage } from "./container_start.ts";
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
    findContainerEngine(tools, kafkaImage(tools)),
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
  const choice = chooseEngine(findings, wanted ?? forcedEngine(tools, "DATAPY_KAFKA_ENGINE", ENGINES));
  if (choice.kind === "none") throw new ConfigurationError(`Cannot start Kafka: ${choice.reason}`);
  return { engines: choice.engines, address: container.address, java, containerProblem: container.problem };
}
