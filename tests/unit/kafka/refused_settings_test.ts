/** What refusals of Kafka's settings recommend must be there. */
import assert from "node:assert/strict";
import { refusalOf } from "../../../src/kafka/refused_settings.ts";
import { kafkaConnector } from "../../../src/mods/streaming/kafka_connector.ts";
import { kafkaConsumer } from "../../../src/mods/streaming/kafka_consumer.ts";
import { kafkaProducer } from "../../../src/mods/streaming/kafka_producer.ts";

const MODS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [kafkaConnector, kafkaConsumer, kafkaProducer].map(({ name, params }) => [name, Object.keys(params.shape)]),
);
const ALL = Object.values(MODS).flat();

/** The texts of the file as they are written: a pattern that nothing asks for has one, too. */
const source = await Deno.readTextFile(new URL("../../../src/kafka/refused_settings.ts", import.meta.url));
const texts = [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((match) => match[1]!);
const SNAKE_CASE = /\b[a-z]+(?:_[a-z]+)+\b/g;

Deno.test("refusalOf recommends only parameters that a streaming mod has", () => {
  const words = texts.flatMap((text) => text.match(SNAKE_CASE) ?? []);
  const unknown = words.filter((word) => !Object.hasOwn(MODS, word) && !ALL.includes(word));
  assert.deepEqual(unknown, []);
  // so that a change of form does not leave this test without anything to look at
  for (const expected of ["ssl_ca_location", "group_id", "flush_timeout_s", "kafka_consumer"]) {
    assert.ok(words.includes(expected), `${expected} is recommended`);
  }
});

Deno.test("refusalOf names the parameters of the mod that has them", () => {
  const placed = texts.filter((text) => / of kafka_\w+$/.test(text));
  assert.ok(placed.length > 10, "there is a table of parameters");
  for (const text of placed) {
    const [, names = "", mod = ""] = /^(.*) of (kafka_\w+)$/.exec(text) ?? [];
    for (const name of names.split(" and ")) {
      assert.ok(MODS[mod]?.includes(name), `"${text}": ${mod} has no parameter ${name}`);
    }
  }
});

Deno.test("refusalOf says what to do instead of a setting that the mods have parameters for", () => {
  assert.equal(refusalOf("group.id"), "set parameter group_id of kafka_consumer instead");
  assert.equal(refusalOf("ssl.ca.location"), "set parameter ssl_ca_location of kafka_connector instead");
  assert.match(
    refusalOf("ssl.keystore.location") ?? "",
    /PEM files in ssl_cert_location and ssl_key_location/,
  );
  assert.equal(refusalOf("no.such.setting"), undefined);
  assert.equal(refusalOf("toString"), undefined);
});
