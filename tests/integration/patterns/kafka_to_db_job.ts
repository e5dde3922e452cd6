// Pattern 1 of the requirements (section 4.1), turned into TypeScript line by line: consumer -> transform -> database.
import { exitWith, type Message, runMod, setupContext, setupLogging } from "../../../mod.ts";

export async function main() {
  setupLogging("INFO", "kafka_to_db_job.ts");
  setupContext("kafka_context.json");

  // Connect
  const conn = await runMod("kafka_connector", {
    bootstrap_servers: "${kafka.bootstrap_servers}",
    security_protocol: "SASL_SSL",
    sasl_username: "${kafka.username}",
    sasl_password: "${kafka.password}",
    ssl_ca_location: "${kafka.ca_cert}",
  });

  // Consume (infinite loop - blocks here until Ctrl+C)
  await runMod("kafka_consumer", {
    connection: conn.artifacts.connection,
    topics: ["orders"],
    group_id: "orders-to-db",
    message_processor: processToDb,
  });
}

async function processToDb(message: Message) {
  const parsed = await runMod("json_parser", { json_string: message.value });
  const transformed = await runMod("data_mapper", {
    data: parsed.artifacts.data,
    column_mapping: { customer_id: "cust_id" },
  });
  await runMod("database_insert", {
    url: "${database.url}",
    table: "orders",
    data: transformed.artifacts.data,
    create_table: true,
  });
  return { status: "success" } as const;
}

if (import.meta.main) exitWith(main);
