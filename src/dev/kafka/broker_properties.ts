import type { BrokerOptions, BrokerUser, ListenerOptions } from "./broker.ts";
import { type ClusterNode, replication, single } from "./cluster_node.ts";

/** Where a broker stands: what its options do not say. */
export interface BrokerPlace {
  /** Address it listens on: 127.0.0.1, or all within a container. */
  readonly bind: string;
  /** Name under which clients, and the broker itself, reach it. */
  readonly host: string;
  readonly port: number;
  /** Where it listens for that port: another one within a container. */
  readonly listenPort: number;
  /** Where it reaches itself, where that is not {@link BrokerPlace.port}. */
  readonly internalPort?: number;
  readonly controllerPort: number;
  /** Ports of the further listeners, in their order. */
  readonly listenerPorts: readonly number[];
  readonly dataFolder: string;
  /** Its place among several brokers; none where it is alone. */
  readonly node?: ClusterNode;
}

/**
 * The properties of a node that is broker and controller. The further listeners are called L0, L1 and so on:
 * apache/kafka's start script takes a name with SSL or SASL in it for its own conventions and refuses to start.
 */
export function brokerProperties(options: BrokerOptions, place: BrokerPlace): Record<string, string> {
  const further = options.listeners ?? [];
  const ports = place.listenerPorts;
  const names = further.map((_, i) => `L${i}`);
  const internal = place.internalPort === undefined ? [] : [`INTERNAL://localhost:${place.internalPort}`];
  const told = [
    `PLAINTEXT://${place.host}:${place.port}`,
    ...internal,
    ...further.map((listener, i) => `${names[i]}://${place.host}:${listener.advertisedPort ?? ports[i]}`),
  ];
  const listeners = [
    `PLAINTEXT://${place.bind}:${place.listenPort}`,
    ...internal,
    ...names.map((name, i) => `${name}://${place.bind}:${ports[i]}`),
    `CONTROLLER://localhost:${place.controllerPort}`,
  ];
  const node = place.node ?? single(place);
  return {
    "process.roles": "broker,controller",
    "node.id": String(node.id),
    "controller.quorum.voters": node.voters,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": internal.length > 0 ? "INTERNAL" : "PLAINTEXT",
    "listeners": listeners.join(","),
    "advertised.listeners": told.join(","),
    "listener.security.protocol.map": [
      "CONTROLLER:PLAINTEXT",
      "INTERNAL:PLAINTEXT",
      "PLAINTEXT:PLAINTEXT",
      ...further.map((listener, i) => `${names[i]}:${listener.protocol}`),
    ].join(","),
    "log.dirs": place.dataFolder,
    "num.partitions": String(options.partitions ?? 3),
    // after a power cut the controller waits this long before it believes that a broker is gone, or is back
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.num.partitions": "3",
    ...replication(node.brokers),
    ...Object.assign(
      {},
      ...further.map((listener, i) => listenerProperties(listener, `l${i}`, options.users ?? [])),
    ),
    ...options.properties,
  };
}

function listenerProperties(listener: ListenerOptions, name: string, users: readonly BrokerUser[]) {
  const own: Record<string, string> = {};
  if (listener.mechanisms !== undefined) {
    own["sasl.enabled.mechanisms"] = listener.mechanisms.join(",");
    for (const mechanism of listener.mechanisms) {
      const jaas = jaasConfig(mechanism, users);
      if (jaas !== undefined) own[`${mechanism.toLowerCase()}.sasl.jaas.config`] = jaas;
    }
  }
  if (listener.tls !== undefined) {
    own["ssl.keystore.type"] = "PEM";
    own["ssl.keystore.certificate.chain"] = listener.tls.certificate;
    own["ssl.keystore.key"] = listener.tls.key;
    own["ssl.client.auth"] = listener.tls.clientAuth ?? "none";
    if (listener.tls.clientAuthorities !== undefined) {
      own["ssl.truststore.type"] = "PEM";
      own["ssl.truststore.certificates"] = listener.tls.clientAuthorities;
    }
  }
  const all = Object.entries({ ...own, ...listener.properties });
  return Object.fromEntries(all.map(([key, value]) => [`listener.name.${name}.${key}`, value]));
}

function jaasConfig(mechanism: string, users: readonly BrokerUser[]): string | undefined {
  if (mechanism.startsWith("SCRAM-")) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  }
  if (mechanism !== "PLAIN") return undefined; // OAUTHBEARER: the listener's own properties say
  const known = users.filter((user) => user.mechanism === "PLAIN");
  const entries = known.map((user) =>
    ` user_${user.username}="${user.password.replaceAll(/["\\]/g, "\\$&")}"`
  );
  return `org.apache.kafka.common.security.plain.PlainLoginModule required${entries.join("")};`;
}

/** A value as Java's properties files hold it: backslashes doubled, ends of lines as `\n` and `\r`. */
export const propertyValue = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");

/** A properties file. */
export function propertiesFile(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties).map(([key, value]) => `${key}=${propertyValue(value)}\n`).join("");
}

/**
 * The properties as apache/kafka's image takes them from its environment: `advertised.listeners` is
 * KAFKA_ADVERTISED_LISTENERS, `_` is doubled, `-` is three of them; values go into a properties file as they are.
 */
export function propertiesEnvironment(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const name = key.replaceAll("_", "__").replaceAll("-", "___").replaceAll(".", "_").toUpperCase();
      return [`KAFKA_${name}`, propertyValue(value)];
    }),
  );
}
