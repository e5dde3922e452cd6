import type { Secret } from "../core/secret.ts";

/** Kafka's names for how a client talks to a broker. */
export const SECURITY_PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const;
export type SecurityProtocol = typeof SECURITY_PROTOCOLS[number];

/** The mechanisms that this version supports. */
export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
export type SaslMechanism = typeof SASL_MECHANISMS[number];

/** TLS material as PEM texts, read when the connector ran. */
export interface TlsConfig {
  /** Certificate authorities; the system's own where undefined. */
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: Secret | undefined;
  readonly keyPassword: Secret | undefined;
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
