import type { Mod } from "../../core/define_mod.ts";
import { Secret } from "../../core/secret.ts";
import { KafkaConnection } from "../../kafka/connection.ts";
import type { KafkaDriver } from "../../kafka/driver.ts";
import { kafkaConnectorWith } from "../../mods/streaming/kafka_connector.ts";
import { systemClock } from "../../runtime/clock.ts";
import { systemFiles } from "../../runtime/files.ts";
import type { DatabaseSettings, PlannedCall } from "./report.ts";

/** Mods that only compute: they run as they are, so that main goes on as it will. */
const PURE = ["json_parser", "data_mapper", "data_splitter"];

/** A driver that connects to nothing. */
const nowhere: KafkaDriver = {
  listTopics: () => Promise.resolve([]),
  describeTopics: () => Promise.resolve(new Map()),
  consume: () => Promise.reject(new Error("a plan consumes nothing")),
  produce: () => Promise.reject(new Error("a plan sends nothing")),
};

/**
 * What takes a mod's place while a job is planned: its parameters are checked as they will be, and noted; nothing is
 * opened, read or written. A connector gives a connection that leads nowhere, a consumer never ends, the artifacts of all
 * others are empty lists.
 */
export function standInFor(mod: Mod, note: (call: PlannedCall) => void): Mod {
  if (PURE.includes(mod.name)) {
    return { ...mod, run: (...given) => (note({ kind: "other" }), mod.run(...given)) };
  }
  return {
    ...mod,
    async run(params, context) {
      // a connector says more by itself: its settings against each other, its certificates
      const connected = mod.name === "kafka_connector"
        ? await connector.run(params as never, context)
        : undefined;
      note(plannedCall(mod.name, params));
      const letters = params["dead_letter_topic"];
      if (typeof letters === "string") note({ kind: "producer", topic: letters });
      if (connected !== undefined) return connected;
      if (mod.name === "kafka_consumer") return await new Promise<never>(() => {});
      return { artifacts: Object.fromEntries(Object.keys(mod.artifacts).map((name) => [name, []])) };
    },
  };
}

const connector = kafkaConnectorWith({ driver: nowhere, files: systemFiles, clock: systemClock });

function plannedCall(mod: string, params: Readonly<Record<string, unknown>>): PlannedCall {
  const { topics, topic, group_id: group } = params;
  switch (mod) {
    case "kafka_connector":
      return { kind: "connector", params: revealed(params) };
    case "kafka_consumer":
      return { kind: "consumer", topics: topics as string[], group: String(group) };
    case "kafka_producer":
      return { kind: "producer", topic: String(topic) };
    default:
      return typeof params["url"] === "string"
        ? { kind: "database", settings: databaseIn(params) }
        : { kind: "other" };
  }
}

/** Settings of a database that say how it is opened. */
export const DATABASE_SETTINGS = [
  "url",
  "password",
  "connect_timeout_s",
  "ssl_mode",
  "ssl_ca_location",
  "ssl_cert_location",
  "ssl_key_location",
];

function databaseIn(params: Readonly<Record<string, unknown>>): DatabaseSettings {
  const given = Object.entries(revealed(params)).filter(([name, value]) =>
    DATABASE_SETTINGS.includes(name) && value !== undefined
  );
  return Object.fromEntries(given) as DatabaseSettings;
}

/** Secrets as they are: the process that asked for the plan connects with them. Connections are not for it. */
function revealed(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => !(value instanceof KafkaConnection))
      .map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}
