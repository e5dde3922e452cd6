/**
 * Orders from Kafka into a database: each message is one order with its lines. A message that is no valid order is logged
 * and skipped (`processing.on_error`); while the database is away nothing is skipped, the message waits. A message that
 * comes again, after a crash or a rebalance, replaces what it wrote before.
 */
import { z } from "zod";
import { exitWith, type Message, PermanentError, runMod, setupContext, setupLogging } from "../mod.ts";

/** What a message on the topic looks like. Further fields are ignored. */
const Order = z.object({
  order_id: z.string().min(1),
  customer_id: z.string().min(1),
  amount: z.number(),
  currency: z.string().length(3),
  created_at: z.iso.datetime({ offset: true }),
  lines: z.array(z.object({ sku: z.string().min(1), quantity: z.int().positive(), price: z.number() })),
});

/** Column types of the two tables, where the rows alone do not tell them. */
const money = "DECIMAL(18,4)";
const orderTypes = { amount: money, created_at: "TIMESTAMPTZ" };
const lineTypes = { order_id: "TEXT", line_number: "INT", sku: "TEXT", quantity: "INT", price: money };

/** An order as rows of the two tables. Throws a `PermanentError` that names the wrong fields, never their values. */
export function orderRows(data: unknown) {
  const result = Order.safeParse(data);
  if (!result.success) {
    const fields = result.error.issues.map(({ path }) => path.join(".") || "the message itself");
    throw new PermanentError(`not a valid order: look at ${fields.join(", ")}`);
  }
  const { lines, ...order } = result.data;
  const numbered = lines.map((line, i) => ({ order_id: order.order_id, line_number: i + 1, ...line }));
  return { order, lines: numbered };
}

/** One message, in one transaction: the order, and its lines in place of those that were there. */
async function processOrder(message: Message) {
  const parsed = await runMod("json_parser", { json_string: message.value });
  const { order, lines } = orderRows(parsed.artifacts.data);
  await runMod("database_insert", {
    url: "${database.url}",
    mode: "upsert",
    create_table: true,
    tables: [
      { table: "orders", data: order, key_columns: ["order_id"], column_types: orderTypes },
      {
        table: "order_lines",
        data: lines,
        key_columns: ["order_id", "line_number"],
        column_types: lineTypes,
        replace_children: { columns: ["order_id"], of: order },
      },
    ],
  });
  return { status: "success" } as const;
}

/** Runs until SIGTERM or Ctrl+C. */
export async function main() {
  setupLogging("INFO", "orders");
  setupContext(`${import.meta.dirname}/kafka_context.json`);

  const kafka = await runMod("kafka_connector", {
    bootstrap_servers: "${kafka.bootstrap_servers}",
    security_protocol: "${kafka.security_protocol}",
    sasl_mechanism: "${kafka.sasl_mechanism}",
    sasl_username: "${kafka.username}",
    sasl_password: "${kafka.password}",
    ssl_ca_location: "${kafka.ca_cert}",
    ssl_cert_location: "${kafka.client_cert}",
    ssl_key_location: "${kafka.client_key}",
    additional_config: "${kafka.additional_config}",
  });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: ["${kafka.input_topic}"],
    group_id: "${kafka.consumer_group}",
    message_processor: processOrder,
    on_error: "${processing.on_error}",
    max_retries: "${processing.max_retries}",
    log_summary_interval: "${processing.log_summary_interval}",
  });
}

if (import.meta.main) exitWith(main);
