import { contextValue, runMod, setupContext } from "../../../../mod.ts";
import { outputTopic } from "./whole/part.ts";

/** Not `${a.comment}`, and not "${another.comment}" either. */
export async function main() {
  setupContext(`${import.meta.dirname}/whole/context.json`);
  console.log("words of the job", contextValue("kafka.input_topic"));
  const parsed = await runMod("json_parser", { json_string: '{"a": 1}' });
  const kafka = await runMod("kafka_connector", {
    bootstrap_servers: "${kafka.bootstrap_servers}",
    security_protocol: "SASL_PLAINTEXT",
    sasl_username: "u",
    sasl_password: "${kafka.password}",
  });
  await runMod("kafka_producer", {
    connection: kafka.artifacts.connection,
    topic: "hello",
    data: parsed.artifacts.data,
  });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: ["${kafka.input_topic}"],
    group_id: "whole",
    dead_letter_topic: "in.dlq",
    message_processor: async (message) => {
      await runMod("database_insert", {
        url: "duckdb:${database.file}",
        table: "t",
        data: { a: message.offset },
      });
      await runMod("kafka_producer", {
        connection: kafka.artifacts.connection,
        topic: outputTopic,
        data: [],
      });
      return { status: "success" };
    },
  });
  throw new Error("a consumer that is planned never ends");
}
