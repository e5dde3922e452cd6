/**
 * A Kafka for development: a container where there is an engine, or else the JVM. `startKafka` is what the command line,
 * the demo and the tests use.
 */
import { silentReport } from "../shared/report.ts";
import type { BrokerOptions, Engine } from "./broker.ts";
import { externalKafka, untilExternalAnswers } from "./external.ts";
import { startBroker, startCluster } from "./start.ts";
import { type KafkaStatus, status } from "./status.ts";
import { systemTools } from "../shared/tools.ts";
import type { DownResult, Place } from "../shared/up.ts";
import { down, up } from "./up.ts";

export type { Report } from "../shared/report.ts";
export type {
  Broker,
  BrokerOptions,
  BrokerUser,
  Cluster,
  Engine,
  ListenerOptions,
  NodeOptions,
} from "./broker.ts";
export type { DownResult, Place as KafkaPlace } from "../shared/up.ts";
export type { KafkaState } from "./state.ts";
export type { KafkaStatus } from "./status.ts";
export { startBroker, startCluster } from "./start.ts";
export { systemTools } from "../shared/tools.ts";

/** How to start a Kafka for development. */
export interface StartOptions extends Place, BrokerOptions {
  /** How many brokers; each topic has up to three copies. Default 1, or as many as the Kafka that stays had before. */
  readonly brokers?: number;
  /**
   * True: it belongs to this process and is gone with it, even by SIGKILL. False (the default): it stays until
   * {@link stopKafka}, and one that runs already is used.
   */
  readonly ephemeral?: boolean;
  /** Default: DATAPY_KAFKA_ENGINE, or else what starts soonest on this machine. */
  readonly engine?: Engine;
}

/** A Kafka that runs. Disposing of it ends an ephemeral one, and leaves every other alone. */
export interface Kafka extends AsyncDisposable {
  /** `external`: DATAPY_KAFKA names it. */
  readonly engine: Engine | "external";
  /** `host:port`, or several separated by commas. */
  readonly bootstrap: string;
  /** Further listeners by their names; of an ephemeral one only. */
  readonly listeners: Readonly<Record<string, string>>;
  /** Whether it was started now. */
  readonly fresh: boolean;
}

const stays = { listeners: {}, [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * Starts a Kafka, and resolves when it answers. Rejects with a `ConfigurationError` where nothing here can run one (it
 * says what to install), with an `UnavailableError` where it does not start (with the end of its log).
 */
export async function startKafka(options: StartOptions = {}): Promise<Kafka> {
  const tools = systemTools(options.folder, options.report ?? silentReport);
  const external = externalKafka(tools);
  if (external !== undefined) {
    await untilExternalAnswers(tools, external);
    return { engine: "external", bootstrap: external, fresh: false, ...stays };
  }
  if (options.ephemeral !== true) {
    const { state, fresh } = await up(tools, options, options.engine);
    return { engine: state.engine, bootstrap: state.bootstrap, fresh, ...stays };
  }
  const several = (options.brokers ?? 1) > 1;
  const kafka = several
    ? await startCluster(tools, options.brokers ?? 1, () => options, options.engine)
    : await startBroker(tools, options, options.engine);
  return {
    engine: kafka.engine,
    bootstrap: kafka.bootstrap,
    listeners: "listeners" in kafka ? kafka.listeners : {},
    fresh: true,
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  };
}

/** Ends the Kafka that stays, and removes its topics. */
export function stopKafka(place: Place = {}): Promise<DownResult> {
  return down(systemTools(place.folder, place.report));
}

/** How the Kafka that stays is doing. */
export function kafkaStatus(place: Place = {}): Promise<KafkaStatus> {
  return status(systemTools(place.folder, place.report));
}
