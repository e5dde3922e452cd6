import assert from "node:assert/strict";
import { connectionOf, type ConnectionPorts } from "../../../src/cli/connection.ts";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";

interface Outside {
  readonly files?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

function ports({ files = {}, env = {} }: Outside): ConnectionPorts {
  const readTextSync = (path: string) => {
    const content = files[path];
    if (content === undefined) throw new Deno.errors.NotFound(path);
    return typeof content === "string" ? content : JSON.stringify(content);
  };
  return {
    env: (name) => env[name],
    files: {
      readTextSync,
      readText: (path) => Promise.resolve().then(() => readTextSync(path)),
      makeFolder: () => Promise.resolve(),
    },
    driver: new MemoryDriver(),
    clock: { wallTime: () => 0 },
    log: silentLogger,
  };
}

/** Every key of the jobs' context. */
const KAFKA = {
  bootstrap_servers: "one:9092,two:9092",
  security_protocol: "PLAINTEXT",
  sasl_mechanism: "SCRAM-SHA-512",
  username: "orders",
  password: "${env:KAFKA_PASSWORD_HIDDEN}",
  ca_cert: "ca.pem",
  client_cert: "client.pem",
  client_key: "client.key",
  additional_config: { "client.id": "cli" },
};

Deno.test("connectionOf() takes what the security protocol needs, and leaves the rest alone", async () => {
  const files = { "c.json": { kafka: KAFKA } };
  const plain = await connectionOf({ context: "c.json" }, ports({ files }));
  assert.equal(plain.bootstrap_servers, "one:9092,two:9092");
  assert.equal(plain.config.sasl, undefined);
  assert.equal(plain.config.tls, undefined);
  assert.equal(plain.config.clientId, "cli");
  const env = { KAFKA_SECURITY_PROTOCOL: "SASL_PLAINTEXT", KAFKA_PASSWORD_HIDDEN: "hidden-word" };
  const login = await connectionOf({ context: "c.json" }, ports({ files, env }));
  assert.equal(login.config.sasl?.username, "orders");
  assert.equal(login.config.sasl?.mechanism, "SCRAM-SHA-512");
  assert.equal(login.config.sasl?.password.reveal(), "hidden-word");
  assert.doesNotMatch(JSON.stringify(login), /hidden-word/);
});

Deno.test("connectionOf() takes the environment before the file, and the flag before both", async () => {
  const files = { "c.json": { kafka: { bootstrap_servers: "file:1" } } };
  const env = { KAFKA_BOOTSTRAP_SERVERS: "env:2", KAFKA_ADDITIONAL_CONFIG: '{"client.id": "from-env"}' };
  const of = async (given: object, outside: Outside) => await connectionOf(given, ports(outside));
  assert.equal((await of({ context: "c.json" }, { files })).bootstrap_servers, "file:1");
  const both = await of({ context: "c.json" }, { files, env });
  assert.equal(both.bootstrap_servers, "env:2");
  assert.equal(both.config.clientId, "from-env");
  assert.equal(
    (await of({ context: "c.json", bootstrap: "flag:3" }, { files, env })).bootstrap_servers,
    "flag:3",
  );
  assert.equal((await of({}, { env })).bootstrap_servers, "env:2");
});

Deno.test("connectionOf() says what is missing or wrong, without secrets", async () => {
  const fails = async (given: object, outside: Outside, says: RegExp) =>
    await assert.rejects(connectionOf(given, ports(outside)), (error: Error) => {
      assert.match(error.message, says);
      return error instanceof ConfigurationError || error.name === "ModError";
    });
  await fails({}, {}, /^No Kafka is named: give --context FILE/);
  await fails({ context: "c.json" }, { files: { "c.json": {} } }, /c\.json has no kafka\.bootstrap_servers/);
  await fails({ context: "none.json" }, {}, /Cannot read the context file none\.json: there is no such file/);
  await fails({ bootstrap: "host" }, {}, /has no port/);
  const tls = { kafka: { ...KAFKA, security_protocol: "SSL" } };
  await fails({ context: "c.json" }, { files: { "c.json": tls } }, /ssl_ca_location.*ca\.pem/);
  const login = { kafka: { ...KAFKA, security_protocol: "SASL_PLAINTEXT" } };
  await fails({ context: "c.json" }, { files: { "c.json": login } }, /KAFKA_PASSWORD_HIDDEN/);
});
