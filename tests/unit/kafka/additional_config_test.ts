import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { readAdditionalConfig, setting } from "../../../src/kafka/additional_config.ts";
import { ALIASES, type SettingDeclaration, SETTINGS } from "../../../src/kafka/settings_table.ts";

const declarations = Object.entries(SETTINGS) as [keyof typeof SETTINGS, SettingDeclaration][];

function refused(given: Record<string, string | number | boolean>, pattern: RegExp): void {
  assert.throws(() => readAdditionalConfig(given), (error: Error) => {
    assert.ok(error instanceof ConfigurationError, error.name);
    assert.match(error.message, pattern);
    return true;
  });
}

Deno.test("setting() gives Kafka's defaults where nothing is set", () => {
  assert.equal(setting({}, "session.timeout.ms"), 45_000);
  assert.equal(setting({}, "heartbeat.interval.ms"), 3_000);
  assert.equal(setting({}, "max.poll.interval.ms"), 60_000);
  assert.equal(setting({}, "metadata.max.age.ms"), 300_000);
  assert.equal(setting({}, "fetch.max.wait.ms"), 200);
  assert.equal(setting({}, "max.partition.fetch.bytes"), 1_048_576);
  assert.equal(setting({}, "isolation.level"), "read_committed");
  assert.equal(setting({}, "request.timeout.ms"), 30_000);
  assert.equal(setting({}, "socket.connection.setup.timeout.ms"), 10_000);
  assert.equal(setting({}, "enable.idempotence"), true);
  assert.equal(setting({}, "client.id"), "datapy");
});

Deno.test("SETTINGS has defaults that it takes itself, each with its meaning", () => {
  for (const [name, declared] of declarations) {
    assert.match(declared.meaning, /\.$/, name);
    assert.deepEqual(readAdditionalConfig({ [name]: declared.default }), { [name]: declared.default });
  }
});

Deno.test("readAdditionalConfig() reads a number the same from a text as from a number", () => {
  const numbers = declarations.flatMap(([name, declared]) =>
    // together with the others' defaults these two could contradict each other
    declared.type === "number" && !/session|heartbeat/.test(name) ? [{ name, declared }] : []
  );
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.double({ min: 0, max: 1, noNaN: true }), (one, part) => {
      const { min, max } = one.declared;
      const value = Math.floor(min + part * (max - min));
      const fromNumber = readAdditionalConfig({ [one.name]: value });
      assert.deepEqual(fromNumber, { [one.name]: value });
      assert.deepEqual(readAdditionalConfig({ [one.name]: String(value) }), fromNumber);
      assert.equal(setting(fromNumber, one.name), value);
    }),
  );
});

Deno.test("readAdditionalConfig() refuses a number outside its range, and what is none", () => {
  for (const [name, declared] of declarations) {
    if (declared.type !== "number") continue;
    refused({ [name]: declared.min - 1 }, /must be from/);
    refused({ [name]: declared.max + 1 }, /must be from/);
    for (const value of ["", "1s", "1.5", 1.5, true, NaN, "0x10"]) {
      refused({ [name]: value }, /must be an integer/);
    }
  }
});

Deno.test("readAdditionalConfig() takes booleans as texts, and nothing else for them", () => {
  assert.deepEqual(readAdditionalConfig({ "enable.idempotence": "false" }), { "enable.idempotence": false });
  refused({ "enable.idempotence": "yes" }, /true or false/);
});

Deno.test("readAdditionalConfig() lists the values of a text that has few", () => {
  refused({ "isolation.level": "none" }, /must be one of read_committed, read_uncommitted/);
  refused({ "compression.type": "brotli" }, /none, gzip, snappy, lz4, zstd/);
  refused({ "acks": 1 }, /could be lost/);
  assert.deepEqual(readAdditionalConfig({ "acks": -1 }), { "acks": "-1" });
});

Deno.test("readAdditionalConfig() translates librdkafka's names", () => {
  for (const [alias, name] of Object.entries(ALIASES)) {
    const { default: value } = SETTINGS[name];
    assert.deepEqual(readAdditionalConfig({ [alias]: value }), { [name]: value });
  }
  refused({ "fetch.wait.max.ms": 10, "fetch.max.wait.ms": 20 }, /means the same as "fetch.wait.max.ms"/);
});

Deno.test("readAdditionalConfig() suggests the nearest name for one that is unknown, and lists all", () => {
  refused({ "sesion.timeout.ms": 1 }, /did you mean "session.timeout.ms"\?.*known: .*session\.timeout\.ms/);
  refused({ "constructor": 1 }, /not a setting/);
  refused({ "": "x" }, /not a setting/);
});

Deno.test("readAdditionalConfig() says why a setting of Kafka's is not taken", () => {
  const reasons: Record<string, RegExp> = {
    "bootstrap.servers": /bootstrap_servers of kafka_connector/,
    "sasl.password": /sasl_password of kafka_connector/,
    "ssl.ca.location": /ssl_ca_location of kafka_connector/,
    "group.id": /group_id of kafka_consumer/,
    "auto.offset.reset": /auto_offset_reset of kafka_consumer/,
    "delivery.timeout.ms": /flush_timeout_s of kafka_producer/,
    "group.instance.id": /static membership is not supported: leave it out/,
    "sasl.kerberos.service.name": /Kerberos/,
    "sasl.oauthbearer.token.endpoint.url": /OAUTHBEARER/,
    "ssl.truststore.location": /openssl pkcs12 -in store.p12 -nokeys/,
    "ssl.keystore.type": /keytool -importkeystore/,
    "transactional.id": /transactions/,
    "schema.registry.url": /schema registries/,
    "max.poll.records": /one at a time/,
    "linger.ms": /nothing waits/,
    "auto.commit.interval.ms": /never by time/,
  };
  for (const [name, reason] of Object.entries(reasons)) refused({ [name]: "x" }, reason);
  refused({ "enable.auto.commit": true }, /when their messages are done/);
  assert.deepEqual(readAdditionalConfig({ "enable.auto.commit": "false" }), {});
});

Deno.test("readAdditionalConfig() refuses a heartbeat that is no shorter than the session", () => {
  refused({ "heartbeat.interval.ms": 45_000 }, /less than session\.timeout\.ms/);
  refused({ "session.timeout.ms": 3_000 }, /less than session\.timeout\.ms/);
  assert.equal(readAdditionalConfig({ "session.timeout.ms": 6000 })["session.timeout.ms"], 6000);
});

Deno.test("readAdditionalConfig() never shows a value that it refuses for its name", () => {
  for (const name of ["sasl.password", "ssl.key.pem", "sasl.jaas.config", "unheard.of"]) {
    assert.throws(() => readAdditionalConfig({ [name]: "hunter2hunter2" }), (error: Error) => {
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }
});
