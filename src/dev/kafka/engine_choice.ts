import type { Engine } from "./broker.ts";
import { MINIMUM_JAVA } from "./versions.ts";

/** What this machine has. */
export interface Findings {
  /** The container engine; `problem` says why it cannot be used, in words that follow "because". */
  readonly container: { readonly reachable: boolean; readonly imageHere: boolean; readonly problem: string };
  readonly java: { readonly version: number | undefined };
  readonly maven: boolean;
  /** Kafka's jars were downloaded before. */
  readonly jars: boolean;
}

/** The engines to try, best first; or why there is none and what to install. */
export type EngineChoice =
  | { readonly kind: "use"; readonly engines: readonly Engine[] }
  | { readonly kind: "none"; readonly reason: string };

/**
 * Which engine starts a broker soonest. A container where its image is at hand; else the JVM, because Kafka's jars are a
 * tenth of an image to download; else a container whose image is pulled. The order, for a newcomer's patience.
 */
export function chooseEngine(findings: Findings, forced: Engine | undefined): EngineChoice {
  const jvmProblem = whyNoJvm(findings);
  if (forced === "container") {
    return findings.container.reachable
      ? { kind: "use", engines: ["container"] }
      : { kind: "none", reason: `DATAPY_KAFKA_ENGINE is container, but ${findings.container.problem}` };
  }
  if (forced === "jvm") {
    return jvmProblem === undefined
      ? { kind: "use", engines: ["jvm"] }
      : { kind: "none", reason: `DATAPY_KAFKA_ENGINE is jvm, but ${jvmProblem}` };
  }
  const engines: Engine[] = [];
  if (findings.container.reachable && findings.container.imageHere) engines.push("container");
  if (jvmProblem === undefined) engines.push("jvm");
  if (findings.container.reachable && !findings.container.imageHere) engines.push("container");
  if (engines.length > 0) return { kind: "use", engines };
  return {
    kind: "none",
    reason:
      `${findings.container.problem}, and ${jvmProblem}; install Docker or Podman, or Java ${MINIMUM_JAVA} ` +
      `or newer with Maven, or set DATAPY_KAFKA=host:port to use a Kafka that runs elsewhere`,
  };
}

function whyNoJvm({ java, maven, jars }: Findings): string | undefined {
  if (java.version === undefined) return "there is no Java";
  if (java.version < MINIMUM_JAVA) return `Java is version ${java.version} and Kafka needs ${MINIMUM_JAVA}`;
  if (!maven && !jars) return "there is Java but no Maven (mvn) to download Kafka with";
  return undefined;
}
