import { z } from "../../deps/zod.ts";
import { unlessStopped } from "../../control/unless_stopped.ts";
import { artifact, defineMod, type ModContext } from "../../core/define_mod.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { secretParam } from "../../core/params.ts";
import { readAdditionalConfig, setting } from "../../kafka/additional_config.ts";
import { parseBootstrapServers } from "../../kafka/bootstrap.ts";
import {
  type ConnectionConfig,
  KafkaConnection,
  SASL_MECHANISMS,
  type SaslMechanism,
  SECURITY_PROTOCOLS,
  type SecurityProtocol,
} from "../../kafka/connection.ts";
import type { KafkaDriver } from "../../kafka/driver.ts";
import { jobDriver } from "../../kafka/job_driver.ts";
import { checkSecurity, given, usesSasl, usesTls } from "../../kafka/security.ts";
import { readTlsFiles } from "../../kafka/tls_files.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { type Files, systemFiles } from "../../runtime/files.ts";

/** What the connector needs from outside. */
export interface ConnectorPorts {
  readonly driver: KafkaDriver;
  readonly files: Files;
  readonly clock: Pick<Clock, "wallTime">;
}

const protocol = z.custom<SecurityProtocol>(
  (value) => SECURITY_PROTOCOLS.includes(value as SecurityProtocol),
  {
    error: `expected one of ${SECURITY_PROTOCOLS.join(", ")}`,
  },
);

const mechanism = z.custom<SaslMechanism>((value) => SASL_MECHANISMS.includes(value as SaslMechanism), {
  error: ({ input }) => {
    const isKnown = ["GSSAPI", "OAUTHBEARER", "AWS_MSK_IAM"].includes(String(input));
    return `${isKnown ? "not supported in this version: " : ""}expected one of ${SASL_MECHANISMS.join(", ")}`;
  },
});

const params = z.strictObject({
  bootstrap_servers: z.string().min(1).describe(
    "Brokers to ask first, as `host:port,host:port`; any that is up names the others.",
  ),
  security_protocol: protocol.default("PLAINTEXT").meta({
    description:
      "How to talk to the brokers: PLAINTEXT, SSL (TLS), SASL_PLAINTEXT (a login, not encrypted) or " +
      "SASL_SSL (a login over TLS).",
    enum: SECURITY_PROTOCOLS,
  }),
  sasl_mechanism: mechanism.default("PLAIN").meta({
    description: "How to log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.",
    enum: SASL_MECHANISMS,
  }),
  sasl_username: z.string().optional().describe("User of a SASL protocol; required with one."),
  sasl_password: secretParam("Password of a SASL protocol; required with one."),
  ssl_ca_location: z.string().optional().describe(
    "PEM file of the authorities that sign the brokers' certificates. Without it those that Deno brings count, or those " +
      "of the machine where DENO_TLS_CA_STORE=system is set.",
  ),
  ssl_cert_location: z.string().optional().describe("PEM file of the client's certificate, for mutual TLS."),
  ssl_key_location: z.string().optional().describe("PEM file of the key of `ssl_cert_location`."),
  ssl_key_password: secretParam("Password of `ssl_key_location` where it is encrypted."),
  additional_config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({})
    .describe(
      "More settings by Kafka's names, such as `session.timeout.ms`, for the consumers and producers of this connection too.",
    ),
  connect_timeout_s: z.number().positive().default(30).describe(
    "How long to wait for brokers that are not there yet, in seconds. A login that is refused, or TLS that does not fit, " +
      "fails at once; connections that are closed as soon as they are made are tried for a sixth of it, at least 5 s.",
  ),
});

type Params = z.output<typeof params>;

/** The mod, with another driver or other files than the real ones: for tests. */
export function kafkaConnectorWith(ports: ConnectorPorts) {
  return defineMod({
    name: "kafka_connector",
    description:
      "Connects to Kafka: checks the settings, reads the certificates, and lists the topics to see that it works.",
    params,
    artifacts: {
      connection: artifact<KafkaConnection>("What kafka_consumer and kafka_producer take as `connection`."),
    },
    async run(given, context) {
      const config = await configOf(given, ports, context);
      const { driver } = ports;
      const topics = await unlessStopped(() =>
        driver.listTopics(config, given.connect_timeout_s * 1000, context.log)
      );
      const connection = new KafkaConnection(config, driver);
      context.log.info(
        `Connected to ${connection.bootstrap_servers} by ${connection.security_protocol}, ${topics.length} topic${
          topics.length === 1 ? "" : "s"
        }`,
      );
      return { artifacts: { connection }, metrics: { topics: topics.length } };
    },
  });
}

/** Connects to Kafka: the successor of Talend's tKafkaConnection. */
export const kafkaConnector = kafkaConnectorWith({
  get driver() {
    return jobDriver.get();
  },
  files: systemFiles,
  clock: systemClock,
});

/** Everything that can be wrong without asking a broker is found here, first of all. */
async function configOf(
  params: Params,
  ports: ConnectorPorts,
  context: ModContext,
): Promise<ConnectionConfig> {
  const brokers = parseBootstrapServers(params.bootstrap_servers);
  const security = {
    ...params,
    ssl_ca_location: given(params.ssl_ca_location),
    ssl_cert_location: given(params.ssl_cert_location),
    ssl_key_location: given(params.ssl_key_location),
    ssl_key_password: given(params.ssl_key_password?.reveal()) === undefined
      ? undefined
      : params.ssl_key_password,
    sasl_username: params.sasl_username,
    sasl_password: params.sasl_password,
  };
  const sasl = checkSecurity(security);
  const settings = settingsOf(params);
  const { security_protocol: securityProtocol } = params;
  const verifyHostName = setting(settings, "ssl.endpoint.identification.algorithm") === "https";
  const material = usesTls(securityProtocol) && ports.driver.isInMemory !== true
    ? await readTlsFiles(security, ports.files, ports.clock.wallTime())
    : undefined;
  for (const warning of material?.warnings ?? []) context.warn(warning);
  if (securityProtocol === "SASL_PLAINTEXT" && params.sasl_mechanism === "PLAIN") {
    context.warn(
      "SASL_PLAINTEXT with PLAIN sends the password readable over the network: SASL_SSL encrypts it",
    );
  }
  if (usesTls(securityProtocol) && !verifyHostName) {
    context.warn("ssl.endpoint.identification.algorithm is none: brokers' host names are not checked");
  }
  return {
    brokers,
    securityProtocol,
    sasl: usesSasl(securityProtocol) ? sasl : undefined,
    tls: material === undefined ? undefined : { ...material.tls, verifyHostName },
    clientId: setting(settings, "client.id"),
    settings,
  };
}

function settingsOf({ additional_config }: Params) {
  try {
    return readAdditionalConfig(additional_config);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`parameter "additional_config": ${error.message}`, { cause: error.cause });
  }
}
