/** kafka_connector against real listeners: what works, and what each refusal of a broker is told as. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type ModParams, runMod } from "../../mod.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { kafkaConnector } from "../../src/mods/streaming/kafka_connector.ts";
import type { Broker, BrokerUser } from "../../src/dev/kafka/broker.ts";
import { dedicatedBroker, sharedBroker, testUnless } from "../support/broker.ts";
import { hasOpenssl, makeCertificates, type TestCertificates } from "../support/certificates.ts";
import { onKafka } from "./support/on_kafka.ts";

type Params = ModParams<typeof kafkaConnector>;

const plain = await sharedBroker();
const reason = await hasOpenssl() ? undefined : "there is no openssl here";

const SECRET = "alice-secret";
const USERS: readonly BrokerUser[] = [
  { username: "alice", password: SECRET, mechanism: "PLAIN" },
  { username: "carol", password: "carol-secret", mechanism: "SCRAM-SHA-256" },
  { username: "dave", password: "dave-secret", mechanism: "SCRAM-SHA-512" },
];

/** A broker with a listener of each kind, and an authority that signed its certificates. */
async function withSecureBroker(use: (broker: Broker, certificates: TestCertificates) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
  try {
    const certificates = await makeCertificates(folder);
    const text = (path: string) => Deno.readTextFileSync(path);
    const tls = { certificate: text(certificates.brokerCert), key: text(certificates.brokerKey) };
    const mutual = { ...tls, clientAuthorities: text(certificates.ca), clientAuth: "required" as const };
    await using broker = await dedicatedBroker({
      users: USERS,
      listeners: [
        { name: "tls", protocol: "SSL", tls },
        { name: "mutual", protocol: "SSL", tls: mutual },
        {
          name: "expired",
          protocol: "SSL",
          tls: { ...tls, certificate: text(certificates.expiredBrokerCert) },
        },
        {
          name: "login",
          protocol: "SASL_SSL",
          mechanisms: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
          tls: mutual,
        },
        { name: "scram", protocol: "SASL_PLAINTEXT", mechanisms: ["SCRAM-SHA-512"] },
      ],
    });
    await use(broker, certificates);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refused(params: Params, kind: "configuration" | "unavailable", says: RegExp): Promise<void> {
  await assert.rejects(runMod("kafka_connector", params), (error: Error) => {
    assert.match(errorText(error), says);
    assert.equal(kindOf(error), kind, errorText(error));
    assert.doesNotMatch(inspect(error, { depth: 9 }), /-secret/);
    return true;
  });
}

onKafka("test_connector_success_plaintext", async (bed) => {
  const topic = await bed.topic();
  const { status, artifacts, metrics, warnings } = await runMod("kafka_connector", {
    bootstrap_servers: plain,
    security_protocol: "PLAINTEXT",
  });
  assert.equal(status, "success");
  assert.ok(metrics.topics! >= 1);
  assert.deepEqual(warnings, []);
  const { connection } = artifacts;
  assert.equal(connection.bootstrap_servers, plain);
  assert.equal(connection.security_protocol, "PLAINTEXT");
  assert.equal(connection.config_dict["bootstrap.servers"], plain);
  assert.ok((await connection.driver.listTopics(connection.config, 10_000)).includes(topic));
});

Deno.test("test_connector_missing_credentials", async () => {
  const bootstrap_servers = plain;
  const needs = /security_protocol SASL_\w+ logs in, so it needs sasl_username and sasl_password/;
  await refused({ bootstrap_servers, security_protocol: "SASL_SSL" }, "configuration", needs);
  await refused(
    { bootstrap_servers, security_protocol: "SASL_PLAINTEXT", sasl_username: "a" },
    "configuration",
    needs,
  );
  await refused(
    { bootstrap_servers, security_protocol: "SASL_SSL", sasl_password: SECRET },
    "configuration",
    needs,
  );
});

Deno.test("test_connector_invalid_security_protocol", async () => {
  const params = { bootstrap_servers: plain, security_protocol: "KERBEROS" } as unknown as Params;
  await refused(
    params,
    "configuration",
    /"security_protocol": expected one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL/,
  );
});

testUnless(reason, "test_connector_sasl_ssl_with_certs", () => withSecureBroker(connectSecurely));

async function connectSecurely(broker: Broker, certificates: TestCertificates): Promise<void> {
  const login: Params = {
    bootstrap_servers: broker.listeners.login!,
    security_protocol: "SASL_SSL",
    sasl_username: "alice",
    sasl_password: SECRET,
    ssl_ca_location: certificates.ca,
    ssl_cert_location: certificates.clientCert,
    ssl_key_location: certificates.encryptedClientKey,
    ssl_key_password: certificates.keyPassword,
  };
  const { artifacts: { connection } } = await runMod("kafka_connector", login);
  assert.equal(connection.config_dict["sasl.password"], "***");
  const key = new TextEncoder().encode("k");
  const producer = await connection.driver.produce(connection.config, silentLogger);
  try {
    const sent = await producer.send("over-tls", [{ key, value: key, headers: [] }], 20_000);
    assert.equal(sent[0]!.offset, 0n);
  } finally {
    await producer.close();
  }
  for (const { username, password, mechanism } of USERS) {
    const other = { sasl_mechanism: mechanism, sasl_username: username, sasl_password: password };
    const { metrics } = await runMod("kafka_connector", { ...login, ...other });
    assert.ok(metrics.topics! >= 1, mechanism);
  }
  const mutual = { ...login, bootstrap_servers: broker.listeners.mutual! } as Record<string, unknown>;
  for (const name of ["sasl_username", "sasl_password"]) delete mutual[name];
  await runMod("kafka_connector", { ...mutual, security_protocol: "SSL" } as Params);
  await refusals(broker, certificates, login);
}

/** Each refusal that a broker is known for, and what it is told as. */
async function refusals(broker: Broker, certificates: TestCertificates, login: Params): Promise<void> {
  const { tls, mutual, expired, scram, login: sasl } = broker.listeners as Record<string, string>;
  const { ca, foreignCa, foreignCert, foreignKey } = certificates;
  const own = { ssl_cert_location: certificates.clientCert, ssl_key_location: certificates.clientKey };
  const user = { sasl_username: "alice", sasl_password: SECRET };
  const at = (bootstrap_servers: string | undefined, params: Partial<Params>) =>
    ({ bootstrap_servers, connect_timeout_s: 10, ...params }) as Params;
  const ssl = { security_protocol: "SSL", ssl_ca_location: ca } as const;
  const cases: readonly (readonly [name: string, params: Params, says: RegExp])[] = [
    [
      "a wrong password",
      { ...login, sasl_password: "wrong-secret" },
      /the broker refused the login \(check sasl_user/,
    ],
    [
      "a mechanism that is off",
      at(scram, { security_protocol: "SASL_PLAINTEXT", ...user }),
      /by PLAIN: it offers SCRAM-SHA-512; set sasl_mechanism/,
    ],
    [
      "no login",
      at(scram, {}),
      /by PLAINTEXT: its port speaks SASL_PLAINTEXT \(sasl_mechanism SCRAM-SHA-512\)/,
    ],
    ["no TLS", at(tls, {}), /by PLAINTEXT: its port speaks SSL; set security_protocol to SSL/],
    ["neither", at(mutual, {}), /by PLAINTEXT: its port speaks SSL/],
    ["TLS on a plain port", at(broker.bootstrap, ssl), /by SSL: its port speaks PLAINTEXT/],
    [
      "a login on a plain port",
      at(broker.bootstrap, { security_protocol: "SASL_PLAINTEXT", ...user }),
      /by SASL_PLAINTEXT: its port speaks PLAINTEXT/,
    ],
    [
      "a login where none is wanted",
      at(tls, { ...ssl, security_protocol: "SASL_SSL", ...user }),
      /its port speaks SSL/,
    ],
    [
      "no login over TLS",
      at(sasl, { ...ssl, ...own }),
      /by SSL: its port speaks SASL_SSL|refused|closed the connection/,
    ],
    [
      "another authority",
      at(tls, { ...ssl, ssl_ca_location: foreignCa }),
      /not signed by an authority that this client/,
    ],
    [
      "an expired certificate",
      at(expired, ssl),
      /its certificate expired on 2020-02-01|certificate has expired/,
    ],
    ["no client certificate", at(mutual, ssl), /asks for a client certificate .*set ssl_cert_location/],
    [
      "a foreign client certificate",
      at(mutual, { ...ssl, ssl_cert_location: foreignCert, ssl_key_location: foreignKey }),
      /does not accept the client certificate/,
    ],
    [
      "an expired client certificate",
      at(mutual, { ...ssl, ...own, ssl_cert_location: certificates.expiredClientCert }),
      /expired on 2020/,
    ],
  ];
  for (const [name, params, says] of cases) {
    try {
      await refused(params, "configuration", says);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

Deno.test("kafka_connector waits for a broker that is not there, within its bound, and says so", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const params = { bootstrap_servers: `127.0.0.1:${listener.addr.port}`, connect_timeout_s: 0.5 };
  await refused(params, "unavailable", /^kafka_connector: No connection to .*it refuses connections/);
});
