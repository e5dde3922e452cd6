import assert from "node:assert/strict";
import { inspect } from "node:util";
import { z } from "zod";
import { kindOf, UnavailableError } from "../../../src/core/errors.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { Secret } from "../../../src/core/secret.ts";
import { type ConnectionConfig, KafkaConnection } from "../../../src/kafka/connection.ts";
import type { KafkaDriver } from "../../../src/kafka/driver.ts";
import { kafkaConnectorWith } from "../../../src/mods/streaming/kafka_connector.ts";
import { systemFiles } from "../../../src/runtime/files.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";

/** A driver that remembers what it was asked, and answers with topics or an error. */
class ListingDriver implements KafkaDriver {
  readonly asked: { connection: ConnectionConfig; timeoutMs: number }[] = [];

  constructor(private readonly answer: readonly string[] | Error = ["orders", "payments"]) {}

  listTopics(connection: ConnectionConfig, timeoutMs: number): Promise<readonly string[]> {
    this.asked.push({ connection, timeoutMs });
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
  describeTopics(): never {
    throw new Error("the connector describes no topic");
  }
  consume(): never {
    throw new Error("the connector does not consume");
  }
  produce(): never {
    throw new Error("the connector does not produce");
  }
}

type Given = Readonly<Record<string, unknown>>;

async function connect(params: Given, driver = new ListingDriver()) {
  const log = new RecordingLogger();
  const registry = new ModRegistry();
  registry.register(
    kafkaConnectorWith({ driver, files: systemFiles, clock: { wallTime: () => Date.now() } }),
  );
  const run = createRunner({ registry, resolve: (text) => text, loggerFor: () => log });
  // without the built-in mods' types, which this test has no use for
  const runAny = run as unknown as (name: string, params: Given) => Promise<ModResult<unknown>>;
  const result = await runAny("kafka_connector", {
    bootstrap_servers: "broker1:9092,broker2:9092",
    ...params,
  });
  const { connection } = result.artifacts as { connection: KafkaConnection };
  return { ...result, connection, log, asked: driver.asked[0]! };
}

const SASL_SSL = {
  security_protocol: "SASL_SSL",
  sasl_username: "alice",
  sasl_password: "alice-secret",
} as const;

Deno.test("kafka_connector lists the topics, and hands on the connection", async () => {
  const { status, connection, metrics, warnings, log, asked } = await connect({});
  assert.equal(status, "success");
  assert.ok(connection instanceof KafkaConnection);
  assert.equal(connection.bootstrap_servers, "broker1:9092,broker2:9092");
  assert.equal(connection.security_protocol, "PLAINTEXT");
  assert.deepEqual(metrics, { topics: 2 });
  assert.deepEqual(warnings, []);
  assert.equal(asked.timeoutMs, 30_000);
  assert.equal(asked.connection, connection.config);
  assert.deepEqual(log.messages("info"), ["Connected to broker1:9092,broker2:9092 by PLAINTEXT, 2 topics"]);
});

Deno.test("kafka_connector shows its settings by librdkafka's names, and no secret", async () => {
  const { connection } = await connect({ ...SASL_SSL, additional_config: { "session.timeout.ms": "6000" } });
  assert.deepEqual(connection.config_dict, {
    "bootstrap.servers": "broker1:9092,broker2:9092",
    "security.protocol": "SASL_SSL",
    "client.id": "datapy",
    "session.timeout.ms": 6000,
    "sasl.mechanism": "PLAIN",
    "sasl.username": "alice",
    "sasl.password": "***",
  });
  const shown = inspect(connection, { depth: 9 }) + Deno.inspect(connection, { depth: 9 }) +
    JSON.stringify(connection);
  assert.doesNotMatch(shown, /alice-secret/);
  assert.equal(connection.config.sasl!.password.reveal(), "alice-secret");
});

Deno.test("kafka_connector reads its other parameters", async () => {
  const { connection, asked } = await connect({
    ...SASL_SSL,
    sasl_password: new Secret("alice-secret"),
    sasl_mechanism: "SCRAM-SHA-512",
    connect_timeout_s: 1.5,
    additional_config: { "client.id": "orders-job", "fetch.wait.max.ms": 50 },
  });
  assert.equal(asked.timeoutMs, 1500);
  assert.equal(connection.config.sasl!.mechanism, "SCRAM-SHA-512");
  assert.equal(connection.config.clientId, "orders-job");
  assert.deepEqual(connection.config.settings, { "client.id": "orders-job", "fetch.max.wait.ms": 50 });
  assert.deepEqual(connection.config.tls, {
    ca: undefined,
    certificate: undefined,
    key: undefined,
    files: { ca: undefined, certificate: undefined, key: undefined },
    verifyHostName: true,
  });
});

Deno.test("kafka_connector takes empty texts, as unused variables are, for what is not given", async () => {
  const { connection } = await connect({
    sasl_username: "",
    sasl_password: "",
    ssl_ca_location: "",
    ssl_cert_location: "",
    ssl_key_location: "",
    ssl_key_password: "",
  });
  assert.equal(connection.config.sasl, undefined);
  assert.equal(connection.config.tls, undefined);
});

const WRONG: readonly (readonly [name: string, given: Given, says: RegExp])[] = [
  [
    "a protocol that is none",
    { security_protocol: "SASL" },
    /"security_protocol": expected one of PLAINTEXT, SSL,/,
  ],
  [
    "a mechanism that is none",
    { ...SASL_SSL, sasl_mechanism: "SCRAM" },
    /expected one of PLAIN, SCRAM-SHA-256,/,
  ],
  [
    "Kerberos",
    { ...SASL_SSL, sasl_mechanism: "GSSAPI" },
    /not supported in this version: expected one of PLAIN/,
  ],
  ["OAUTHBEARER", { ...SASL_SSL, sasl_mechanism: "OAUTHBEARER" }, /not supported in this version/],
  ["a login without a user", { security_protocol: "SASL_SSL" }, /"sasl_username" is missing/],
  ["a login without a password", { ...SASL_SSL, sasl_password: undefined }, /"sasl_password" is missing/],
  ["a user without a login", { sasl_username: "alice" }, /"sasl_username" is given, but .* does not log in/],
  [
    "a certificate without TLS",
    { ssl_ca_location: "ca.pem" },
    /"ssl_ca_location" is given, but .* does not use TLS/,
  ],
  [
    "a certificate without its key",
    { ...SASL_SSL, ssl_cert_location: "c.pem" },
    /"ssl_key_location" is missing/,
  ],
  [
    "a key without its certificate",
    { ...SASL_SSL, ssl_key_location: "k.pem" },
    /"ssl_cert_location" is missing/,
  ],
  [
    "a file that is not there",
    { ...SASL_SSL, ssl_ca_location: "/no/ca.pem" },
    /cannot read \/no\/ca\.pem: there is no/,
  ],
  ["a broker without a port", { bootstrap_servers: "kafka" }, /"kafka" has no port: kafka:9092\?/],
  [
    "an unknown setting",
    { additional_config: { "sesion.timeout.ms": 1 } },
    /"additional_config": .*did you mean/,
  ],
  [
    "a setting that is a parameter",
    { additional_config: { "sasl.password": "x" } },
    /set parameter sasl_password/,
  ],
  [
    "an unknown parameter",
    { sasl_user_name: "alice" },
    /unknown parameter "sasl_user_name"; did you mean "sasl_username"/,
  ],
  ["a timeout of nothing", { connect_timeout_s: 0 }, /"connect_timeout_s": expected more than 0/],
];

for (const [name, given, says] of WRONG) {
  Deno.test(`kafka_connector refuses ${name}, before any connection`, async () => {
    const driver = new ListingDriver();
    await assert.rejects(connect(given, driver), (error: Error) => {
      assert.equal(kindOf(error), "configuration");
      assert.match(error.message, says);
      assert.match(error.message, /^kafka_connector: /);
      assert.doesNotMatch(inspect(error), /alice-secret/);
      return true;
    });
    assert.equal(driver.asked.length, 0);
  });
}

Deno.test("kafka_connector fails as the driver does, by the same kind", async () => {
  const driver = new ListingDriver(new UnavailableError("No connection to broker1:9092 after 30 s"));
  await assert.rejects(connect({}, driver), (error: Error) => {
    assert.equal(kindOf(error), "unavailable");
    assert.equal(error.message, "kafka_connector: No connection to broker1:9092 after 30 s");
    return true;
  });
});

Deno.test("kafka_connector warns of a password that goes over the network readable", async () => {
  const { warnings } = await connect({ ...SASL_SSL, security_protocol: "SASL_PLAINTEXT" });
  assert.match(warnings.join(), /sends the password readable/);
  const scram = await connect({
    ...SASL_SSL,
    security_protocol: "SASL_PLAINTEXT",
    sasl_mechanism: "SCRAM-SHA-512",
  });
  assert.deepEqual(scram.warnings, []);
});

Deno.test("kafka_connector warns where host names are not checked", async () => {
  const { warnings, connection } = await connect({
    security_protocol: "SSL",
    additional_config: { "ssl.endpoint.identification.algorithm": "none" },
  });
  assert.match(warnings.join(), /host names are not checked/);
  assert.equal(connection.config.tls!.verifyHostName, false);
});

Deno.test("kafka_connector describes its choices in its JSON schema", () => {
  const { params } = kafkaConnectorWith({
    driver: new ListingDriver(),
    files: systemFiles,
    clock: { wallTime: () => 0 },
  });
  const schema = z.toJSONSchema(params, { io: "input", unrepresentable: "any" }) as {
    properties: Record<string, { enum?: string[]; default?: unknown; description?: string }>;
    required: string[];
  };
  assert.deepEqual(schema.required, ["bootstrap_servers"]);
  assert.deepEqual(schema.properties.security_protocol!.enum, [
    "PLAINTEXT",
    "SSL",
    "SASL_PLAINTEXT",
    "SASL_SSL",
  ]);
  assert.equal(schema.properties.security_protocol!.default, "PLAINTEXT");
  assert.deepEqual(schema.properties.sasl_mechanism!.enum, ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]);
});
