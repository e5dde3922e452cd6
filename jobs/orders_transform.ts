/**
 * Orders from one topic into another (pattern 2): each order gets other column names and a total, and goes out under its
 * customer's key, so that a customer's orders stay in their order. The message is committed when the brokers have
 * acknowledged what it was turned into.
 */
import { exitWith, type KafkaConnection, type Message, runMod, setupContext, setupLogging } from "../mod.ts";

type Lines = readonly { readonly quantity: number; readonly price: number }[];

/** What the lines of an order cost together. Where they are no lines it throws, and the message is a record error. */
const linesTotal = (lines: Lines) => lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);

async function transform(message: Message, connection: KafkaConnection) {
  const parsed = await runMod("json_parser", { json_string: message.value });
  const mapped = await runMod("data_mapper", {
    data: parsed.artifacts.data,
    column_mapping: { customer_id: "cust_id" },
    constants: { source: "orders_transform" },
    functions: { lines_total: (order) => linesTotal(order.lines as Lines) },
    casts: { created_at: "timestamp" },
  });
  await runMod("kafka_producer", {
    connection,
    topic: "${kafka.output_topic}",
    data: mapped.artifacts.data,
    key_column: "cust_id",
  });
  return { status: "success" } as const;
}

/** Runs until SIGTERM or Ctrl+C. */
export async function main() {
  setupLogging("INFO", "orders_transform");
  setupContext(`${import.meta.dirname}/kafka_context.json`);

  const kafka = await runMod("kafka_connector", { bootstrap_servers: "${kafka.bootstrap_servers}" });
  const { connection } = kafka.artifacts;
  await runMod("kafka_consumer", {
    connection,
    topics: ["${kafka.input_topic}"],
    group_id: "${transform.consumer_group}",
    message_processor: (message) => transform(message, connection),
    on_error: "${processing.on_error}",
  });
}

if (import.meta.main) exitWith(main);
