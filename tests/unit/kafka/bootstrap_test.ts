import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBootstrapServers } from "../../../src/kafka/bootstrap.ts";

const hosts = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
const brokers = fc.tuple(hosts, fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`);

Deno.test("parseBootstrapServers() reads what it is given, each broker once, with or without spaces", () =>
  fc.assert(
    fc.property(
      fc.array(brokers, { minLength: 1 }),
      fc.constantFrom(",", ", ", " ,", ",,"),
      (list, comma) => {
        assert.deepEqual(parseBootstrapServers(list.join(comma)), [...new Set(list)]);
        assert.deepEqual(parseBootstrapServers(` ${list.join(comma)},`), [...new Set(list)]);
      },
    ),
  ));

Deno.test("parseBootstrapServers() quotes the part that is none, and says why", () => {
  const wrong: Record<string, RegExp> = {
    "": /names no broker/,
    " , ": /names no broker/,
    "kafka": /"kafka" has no port: kafka:9092\?/,
    "a:9092,kafka:": /"kafka:" has no port/,
    ":9092": /has no host/,
    "tcp://10.0.0.1:9092": /protocol in front.*Kubernetes/,
    "SASL_SSL://kafka:9092": /protocol in front/,
    "a:1 b:2": /separate brokers by commas/,
    "a:1;b:2": /separate brokers by commas/,
    "[::1]:9092": /IPv6/,
    "kafka:0": /1 to 65535/,
    "kafka:65536": /1 to 65535/,
    "kafka:http": /1 to 65535/,
    "käfka:9092": /host names/,
  };
  for (const [text, pattern] of Object.entries(wrong)) {
    assert.throws(() => parseBootstrapServers(text), { name: "ConfigurationError", message: pattern });
    assert.throws(() => parseBootstrapServers(text), { message: /^parameter "bootstrap_servers": / });
  }
});
