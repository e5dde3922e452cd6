import { setting } from "../additional_config.ts";
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
    connectionTimeout: setting(connection.settings, "socket.connection.setup.timeout.ms"),
    authenticationTimeout: setting(connection.settings, "socket.connection.setup.timeout.ms"),
    requestTimeout: setting(connection.settings, "request.timeout.ms"),
    enforceRequestTimeout: true,
    metadataMaxAge: setting(connection.settings, "metadata.max.age.ms"),
  };
}

function saslOptions(sasl: SaslConfig) {
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() };
}

function tlsOptions(tls: TlsConfig): object {
  return {
    ...(tls.ca === undefined ? {} : { ca: [tls.ca] }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    ...(tls.verifyHostName ? {} : { checkServerIdentity: () => undefined }),
  };
}
