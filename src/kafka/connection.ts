import type { Secret } from "../core/secret.ts";
import type { KafkaDriver } from "./driver.ts";

/** Kafka's names for how a client talks to a broker: plain or by TLS (`SSL`), without or with a login (`SASL_`). */
export type SecurityProtocol = "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
export const SECURITY_PROTOCOLS: readonly SecurityProtocol[] = [
  "PLAINTEXT",
  "SSL",
  "SASL_PLAINTEXT",
  "SASL_SSL",
];

/** The mechanisms that this version supports. */
export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
export type SaslMechanism = typeof SASL_MECHANISMS[number];

/** Where the parts of {@link TlsConfig} were read from; for `config_dict`. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** TLS material as PEM texts, read when the connector ran. */
export interface TlsConfig {
  /** Certificate authorities; those that the runtime brings where undefined. */
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  /** Not encrypted: it was decrypted when it was read. */
  readonly key: Secret | undefined;
  readonly files?: TlsFiles;
  /** False only where `ssl.endpoint.identification.algorithm` is `none`. */
  readonly verifyHostName: boolean;
}

/** Who connects. */
export interface SaslConfig {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: Secret;
}

/** Settings by Kafka's dotted names that both consumers and producers read, parsed: see additional_config.ts. */
export type ClientSettings = Readonly<Record<string, string | number | boolean>>;

/** Everything a driver needs to connect. Prints without secrets. */
export interface ConnectionConfig {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly securityProtocol: SecurityProtocol;
  readonly sasl: SaslConfig | undefined;
  readonly tls: TlsConfig | undefined;
  readonly clientId: string;
  /** `additional_config`, by Kafka's names. */
  readonly settings: ClientSettings;
}

const MASKED = "***";

/**
 * What `kafka_connector` hands on as `connection`; consumers and producers take it. Its `config_dict`,
 * `bootstrap_servers` and `security_protocol` are the seed's; the secrets in them are masked.
 */
export class KafkaConnection {
  /** `host:port`, separated by commas. */
  readonly bootstrap_servers: string;
  /** How it talks to the brokers. */
  readonly security_protocol: SecurityProtocol;
  /** Every setting that was given, by librdkafka's name, secrets masked. */
  readonly config_dict: Readonly<Record<string, string | number | boolean>>;

  /** @internal kafka_connector makes them, and memoryConnection for tests. */
  constructor(
    /** @internal What a driver needs; its secrets print as `***`. */
    readonly config: ConnectionConfig,
    /** @internal What talks to the brokers: kafkajs, or the memory of a test. */
    readonly driver: KafkaDriver,
  ) {
    this.bootstrap_servers = config.brokers.join(",");
    this.security_protocol = config.securityProtocol;
    this.config_dict = configDict(config);
  }
}

function configDict(config: ConnectionConfig): Record<string, string | number | boolean> {
  const dict: Record<string, string | number | boolean> = {
    "bootstrap.servers": config.brokers.join(","),
    "security.protocol": config.securityProtocol,
    "client.id": config.clientId,
    ...config.settings,
  };
  if (config.sasl !== undefined) {
    dict["sasl.mechanism"] = config.sasl.mechanism;
    dict["sasl.username"] = config.sasl.username;
    dict["sasl.password"] = MASKED;
  }
  const { ca, certificate, key } = config.tls?.files ?? {};
  if (ca !== undefined) dict["ssl.ca.location"] = ca;
  if (certificate !== undefined) dict["ssl.certificate.location"] = certificate;
  if (key !== undefined) dict["ssl.key.location"] = key;
  return dict;
}
