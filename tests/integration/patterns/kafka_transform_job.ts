// Pattern 2 of the requirements (section 4.2), turned into TypeScript line by line: consumer -> transform -> producer.
import {
  exitWith,
  type KafkaConnection,
  type Message,
  runMod,
  setupContext,
  setupLogging,
} from "../../../mod.ts";

export async function main() {
  setupLogging("INFO", "kafka_transform_job.ts");
  setupContext("kafka_context.json");

  const conn = await runMod("kafka_connector", {
    bootstrap_servers: "${kafka.bootstrap_servers}",
    security_protocol: "${kafka.security_protocol}",
  });

  // Infinite consumer loop
  await runMod("kafka_consumer", {
    connection: conn.artifacts.connection,
    topics: ["${kafka.input_topic}"],
    group_id: "transformer-group",
    message_processor: (message) => transformAndForward(message, conn.artifacts.connection),
  });
}

async function transformAndForward(message: Message, connection: KafkaConnection) {
  // Parse
  const parsed = await runMod("json_parser", { json_string: message.value });

  // Transform
  const transformed = await runMod("data_mapper", {
    data: parsed.artifacts.data,
    column_mapping: { customer_id: "cust_id" },
  });

  // Send to output topic
  await runMod("kafka_producer", {
    connection,
    topic: "${kafka.output_topic}",
    data: transformed.artifacts.data,
    key_column: "cust_id",
  });

  return { status: "success" } as const;
}

if (import.meta.main) exitWith(main);
