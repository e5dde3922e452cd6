/** The defaults that the requirements give for the streaming mods, read from the declarations themselves. */
import assert from "node:assert/strict";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import { kafkaConnector } from "../../../src/mods/streaming/kafka_connector.ts";
import { kafkaConsumer } from "../../../src/mods/streaming/kafka_consumer.ts";
import { kafkaProducer } from "../../../src/mods/streaming/kafka_producer.ts";
import { MEMORY_CONNECTION, memoryFixture } from "../../support/memory_fixture.ts";

const connection = new KafkaConnection(MEMORY_CONNECTION, memoryFixture().driver);

/** What a declaration adds to the parameters that it requires. */
function added(parsed: Readonly<Record<string, unknown>>, required: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => !Object.hasOwn(required, name)));
}

Deno.test("kafka_connector's defaults are those of the requirements", () => {
  const required = { bootstrap_servers: "b:9092" };
  assert.deepEqual(added(kafkaConnector.params.parse(required), required), {
    security_protocol: "PLAINTEXT",
    sasl_mechanism: "PLAIN",
    additional_config: {},
    connect_timeout_s: 30,
  });
});

Deno.test("kafka_consumer's defaults are those of the requirements", () => {
  const required = {
    connection,
    topics: ["t"],
    group_id: "g",
    message_processor: () => ({ status: "success" as const }),
  };
  assert.deepEqual(added(kafkaConsumer.params.parse(required), required), {
    auto_offset_reset: "earliest",
    commit_strategy: "per_message",
    on_error: "continue",
    max_retries: 3,
    retry_backoff_ms: [100, 200, 400],
    controller: null,
    shutdown_drain_timeout_s: 30,
    log_summary_interval: 1000,
    recovery_timeout_s: 300,
    value_format: "auto",
  });
});

Deno.test("kafka_producer's defaults are those of the requirements", () => {
  const required = { connection, topic: "t", data: { a: 1 } };
  assert.deepEqual(added(kafkaProducer.params.parse(required), required), {
    value_format: "json",
    headers: {},
    flush_after_send: true,
    flush_timeout_s: 10.0,
    on_send_error: "raise",
  });
});
