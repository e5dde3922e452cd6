import { Context } from "../context/context.ts";
import { readContextFile } from "../context/context_file.ts";
import type { Outside } from "../context/environment.ts";
import { ConfigurationError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { ModRegistry } from "../core/registry.ts";
import { createRunner } from "../core/runner.ts";
import type { ReferenceResolver } from "../core/settings.ts";
import type { KafkaConnection, SecurityProtocol } from "../kafka/connection.ts";
import type { KafkaDriver } from "../kafka/driver.ts";
import { usesSasl, usesTls } from "../kafka/security.ts";
import type {} from "../mods/builtins.ts"; // so that ModMap has the connector
import { kafkaConnectorWith } from "../mods/streaming/kafka_connector.ts";
import type { Files } from "../runtime/files.ts";
import { connectionText } from "./text/connection.ts";

/** What a connection is made from. */
export interface ConnectionPorts {
  readonly env: Outside["env"];
  readonly files: Files;
  readonly driver: KafkaDriver;
  readonly clock: { wallTime(): number };
  readonly log: Logger;
}

/** Keys of the context's section `kafka`, as the jobs read them, by the connector's parameters. */
const KEYS: readonly [parameter: string, keys: readonly string[], when: (p: string) => boolean][] = [
  ["bootstrap_servers", ["bootstrap_servers"], () => true],
  ["security_protocol", ["security_protocol"], () => true],
  ["sasl_mechanism", ["sasl_mechanism"], isSasl],
  ["sasl_username", ["username", "sasl_username"], isSasl],
  ["sasl_password", ["password", "sasl_password"], isSasl],
  ["ssl_ca_location", ["ca_cert", "ssl_ca_location"], isTls],
  ["ssl_cert_location", ["client_cert", "ssl_cert_location"], isTls],
  ["ssl_key_location", ["client_key", "ssl_key_location"], isTls],
  ["ssl_key_password", ["client_key_password", "ssl_key_password"], isTls],
  ["additional_config", ["additional_config"], () => true],
];

/**
 * The connection that jobs make of the same context: `kafka.*` of the file, variables such as KAFKA_USERNAME before it,
 * `bootstrap` before both. Keys that the security protocol does not use are left alone. Connects to nothing. Throws a
 * `ConfigurationError` that says what is missing or wrong.
 */
export async function connectionOf(
  given: { readonly context?: string; readonly bootstrap?: string },
  ports: ConnectionPorts,
): Promise<KafkaConnection> {
  const { env, files } = ports;
  const file = given.context;
  const context = new Context({
    env,
    files,
    ...(file === undefined ? {} : { file, values: readContextFile(file, files) }),
  });
  const valueOf = (key: string) => context.value(`kafka.${key}`) ?? undefined;
  const protocol = String(valueOf("security_protocol") ?? "PLAINTEXT");
  const params: Record<string, unknown> = {};
  for (const [parameter, keys, applies] of KEYS) {
    if (!applies(protocol)) continue;
    if (parameter === "bootstrap_servers" && given.bootstrap !== undefined) continue;
    const key = keys.find((key) => ![undefined, ""].includes(valueOf(key) as string | undefined));
    if (key !== undefined) params[parameter] = `\${kafka.${key}}`; // as jobs write it
  }
  if (given.bootstrap !== undefined) params["bootstrap_servers"] = given.bootstrap;
  if (params["bootstrap_servers"] === undefined) throw new ConfigurationError(connectionText.none(file));
  return await connectorOnly(params, ports, context.resolve);
}

/** Checks parameters as `kafka_connector` does, reads the certificates, and stops before it connects. */
export async function connectorOnly(
  params: Readonly<Record<string, unknown>>,
  { files, driver, clock, log }: ConnectionPorts,
  resolve: ReferenceResolver = (text) => text,
): Promise<KafkaConnection> {
  const registry = new ModRegistry();
  const unconnected: KafkaDriver = { ...methodsOf(driver), listTopics: () => Promise.resolve([]) };
  registry.register(kafkaConnectorWith({ driver: unconnected, files, clock }) as never);
  const run = createRunner({ registry, resolve, loggerFor: () => log });
  const { artifacts } = await run("kafka_connector", params as never);
  return artifacts.connection;
}

function methodsOf(driver: KafkaDriver): Omit<KafkaDriver, "listTopics"> {
  return {
    describeTopics: (...given) => driver.describeTopics(...given),
    consume: (...given) => driver.consume(...given),
    produce: (...given) => driver.produce(...given),
  };
}

function isSasl(protocol: string): boolean {
  return usesSasl(protocol as SecurityProtocol);
}

function isTls(protocol: string): boolean {
  return usesTls(protocol as SecurityProtocol);
}
