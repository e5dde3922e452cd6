import type { ConnectionConfig, SaslConfig, TlsConfig } from "../connection.ts";

/** kafkajs' options for connections, made from ours. Holds secrets: never print it. */
export interface KafkajsClientConfig {
  readonly brokers: string[];
  readonly clientId: string;
  readonly ssl: object | undefined;
  readonly sasl: { mechanism: string; username: string; password: string } | undefined;
  readonly connectionTimeout: number;
  readonly authenticationTimeout: number;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: true;
  readonly metadataMaxAge: number;
}

/** What kafkajs needs to connect. A new object each time: kafkajs writes into the one for SASL. */
export function clientConfig(connection: ConnectionConfig): KafkajsClientConfig {
  return {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ssl: connection.tls === undefined ? undefined : tlsOptions(connection.tls),
    sasl: connection.sasl === undefined ? undefined : saslOptions(connection.sasl),
    connectionTimeout: numeric(connection, "socket.connection.setup.timeout.ms", 10_000),
    authenticationTimeout: numeric(connection, "socket.connection.setup.timeout.ms", 10_000),
    requestTimeout: numeric(connection, "request.timeout.ms", 30_000),
    enforceRequestTimeout: true,
    metadataMaxAge: numeric(connection, "metadata.max.age.ms", 300_000),
  };
}

function numeric(connection: ConnectionConfig, name: string, fallback: number): number {
  const value = connection.settings[name];
  return typeof value === "number" ? value : fallback;
}

function saslOptions(sasl: SaslConfig) {
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() };
}

function tlsOptions(tls: TlsConfig): object {
  return {
    ...(tls.ca === undefined ? {} : { ca: [tls.ca] }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    ...(tls.keyPassword === undefined ? {} : { passphrase: tls.keyPassword.reveal() }),
    ...(tls.verifyHostName ? {} : { checkServerIdentity: () => undefined }),
  };
}
