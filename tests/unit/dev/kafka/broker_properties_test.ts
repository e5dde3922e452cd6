import assert from "node:assert/strict";
import fc from "fast-check";
import type { ListenerOptions } from "../../../../src/dev/kafka/broker.ts";
import {
  type BrokerPlace,
  brokerProperties,
  propertiesEnvironment,
  propertiesFile,
} from "../../../../src/dev/kafka/broker_properties.ts";
import { asCluster, replication } from "../../../../src/dev/kafka/cluster_node.ts";

const place: BrokerPlace = {
  bind: "127.0.0.1",
  host: "localhost",
  port: 9092,
  listenPort: 9092,
  controllerPort: 40_000,
  listenerPorts: [],
  dataFolder: "/data",
};

const secured: ListenerOptions = {
  name: "tls",
  protocol: "SASL_SSL",
  mechanisms: ["SCRAM-SHA-512", "PLAIN"],
  tls: { certificate: "-----BEGIN\nCERT\n", key: "KEY", clientAuthorities: "CA", clientAuth: "required" },
  properties: { "ssl.enabled.protocols": "TLSv1.3" },
};

/** What Java's properties files mean, as far as we write them. */
const readValue = (text: string) =>
  text.replace(/\\(.)/g, (_all, char) => char === "n" ? "\n" : char === "r" ? "\r" : char);

/** How apache/kafka's image makes a property of a variable. */
const readName = (name: string) =>
  name.replace("KAFKA_", "").toLowerCase().replaceAll("_", ".").replaceAll("...", "-").replaceAll("..", "_");

Deno.test("brokerProperties() opens a listener for this machine alone", () => {
  const properties = brokerProperties({}, place);
  assert.equal(properties["listeners"], "PLAINTEXT://127.0.0.1:9092,CONTROLLER://localhost:40000");
  assert.equal(properties["advertised.listeners"], "PLAINTEXT://localhost:9092");
  assert.equal(properties["num.partitions"], "3");
});

Deno.test("brokerProperties() keeps the broker's own traffic within its container", () => {
  const properties = brokerProperties({}, { ...place, bind: "0.0.0.0", port: 41_000, internalPort: 40_001 });
  assert.equal(properties["inter.broker.listener.name"], "INTERNAL");
  assert.equal(properties["advertised.listeners"], "PLAINTEXT://localhost:41000,INTERNAL://localhost:40001");
  assert.match(properties["listeners"]!, /^PLAINTEXT:\/\/0\.0\.0\.0:9092,INTERNAL:/);
});

Deno.test("brokerProperties() sets up a listener with TLS and logins", () => {
  const users = [{ username: "ann", password: 'a"b\\c', mechanism: "PLAIN" }] as const;
  const properties = brokerProperties({ listeners: [secured], users }, { ...place, listenerPorts: [9193] });
  assert.match(properties["listener.security.protocol.map"]!, /(^|,)L0:SASL_SSL(,|$)/);
  assert.match(properties["advertised.listeners"]!, /,L0:\/\/localhost:9193$/);
  assert.match(properties["listener.name.l0.scram-sha-512.sasl.jaas.config"]!, /ScramLoginModule required;$/);
  assert.match(properties["listener.name.l0.plain.sasl.jaas.config"]!, / user_ann="a\\"b\\\\c";$/);
  assert.equal(properties["listener.name.l0.ssl.client.auth"], "required");
  assert.equal(properties["listener.name.l0.ssl.enabled.protocols"], "TLSv1.3");
});

Deno.test("brokerProperties() names no listener as the image's start script would take for its own", () => {
  const properties = brokerProperties({ listeners: [secured] }, { ...place, listenerPorts: [9193] });
  assert.doesNotMatch(properties["advertised.listeners"]!, /SSL:\/\/|SASL_/);
});

Deno.test("brokerProperties() tells clients of the proxy before a listener", () => {
  const proxied: ListenerOptions = { name: "proxied", protocol: "PLAINTEXT", advertisedPort: 7000 };
  const properties = brokerProperties({ listeners: [proxied] }, { ...place, listenerPorts: [9193] });
  assert.match(properties["listeners"]!, /,L0:\/\/127\.0\.0\.1:9193,/);
  assert.match(properties["advertised.listeners"]!, /,L0:\/\/localhost:7000$/);
});

Deno.test("brokerProperties() makes brokers of a cluster that know each other and keep copies", () => {
  const places = asCluster([40_000, 40_001, 40_002].map((controllerPort) => ({ ...place, controllerPort })));
  const all = places.map((each) => brokerProperties({}, each));
  const voters = "1@localhost:40000,2@localhost:40001,3@localhost:40002";
  assert.deepEqual(all.map((properties) => properties["controller.quorum.voters"]), [voters, voters, voters]);
  assert.deepEqual(all.map((properties) => properties["node.id"]), ["1", "2", "3"]);
  assert.equal(new Set(places.map(({ node }) => node.clusterId)).size, 1);
  const copies = Object.entries(all[0]!).filter(([name]) => /replication\.factor$/.test(name));
  assert.deepEqual(copies.map(([, value]) => value), ["3", "3", "3", "3"]);
  const inSync = Object.entries(all[0]!).filter(([name]) => /min\.(isr|insync\.replicas)$/.test(name));
  assert.deepEqual(inSync.map(([, value]) => value), ["2", "2", "2"]);
});

Deno.test("replication() asks for no copy that one broker cannot have, nor for one that two could lose", () => {
  const of = (brokers: number) => {
    const found = replication(brokers);
    return [found["default.replication.factor"], found["min.insync.replicas"]];
  };
  assert.deepEqual([1, 2, 3, 5].map(of), [["1", "1"], ["2", "1"], ["3", "2"], ["3", "2"]]);
});

Deno.test("brokerProperties() lets the options win", () => {
  const properties = brokerProperties({ partitions: 6, properties: { "log.dirs": "/elsewhere" } }, place);
  assert.deepEqual([properties["num.partitions"], properties["log.dirs"]], ["6", "/elsewhere"]);
});

const name = fc.stringMatching(/^[a-z]+([._-][a-z0-9]+)*$/);
const table = fc.dictionary(name, fc.string());

Deno.test("propertiesFile() and propertiesEnvironment() bring every name and value across", () =>
  fc.assert(fc.property(table, (properties) => {
    const lines = propertiesFile(properties).split("\n").slice(0, -1);
    const read = lines.map((
      line,
    ) => [line.slice(0, line.indexOf("=")), readValue(line.slice(line.indexOf("=") + 1))]);
    assert.deepEqual(Object.fromEntries(read), { ...properties });
    const variables = Object.entries(propertiesEnvironment(properties));
    const back = variables.map(([name, value]) => [readName(name), readValue(value)]);
    assert.deepEqual(Object.fromEntries(back), { ...properties });
  })));
