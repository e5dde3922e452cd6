/**
 * Events from one topic to one of two (pattern 3, Talend's tMap with two outputs): accounts here, customers there. An event
 * of another type is a record error: `processing.on_error` decides, and the log names its place on the topic.
 */
import { exitWith, type KafkaConnection, type Message, runMod, setupContext, setupLogging } from "../mod.ts";

async function route(message: Message, connection: KafkaConnection) {
  const parsed = await runMod("json_parser", { json_string: message.value });
  const split = await runMod("data_splitter", {
    data: parsed.artifacts.data,
    split_conditions: {
      account_events: { event_type: { eq: "ACCOUNT_ADD" } },
      customer_events: { event_type: { eq: "CUSTOMER_ADD" } },
    },
    rest: "unknown_events",
  });
  const { account_events, customer_events, unknown_events } = split.artifacts;
  if (unknown_events !== null) return { status: "error", error: "unknown event_type" } as const;
  if (account_events !== null) {
    await runMod("kafka_producer", {
      connection,
      topic: "${router.account_topic}",
      data: account_events,
      key_column: "account_id",
    });
  }
  if (customer_events !== null) {
    await runMod("kafka_producer", {
      connection,
      topic: "${router.customer_topic}",
      data: customer_events,
      key_column: "customer_id",
    });
  }
  return { status: "success" } as const;
}

/** Runs until SIGTERM or Ctrl+C. */
export async function main() {
  setupLogging("INFO", "event_router");
  setupContext(`${import.meta.dirname}/kafka_context.json`);

  const kafka = await runMod("kafka_connector", { bootstrap_servers: "${kafka.bootstrap_servers}" });
  const { connection } = kafka.artifacts;
  await runMod("kafka_consumer", {
    connection,
    topics: ["${router.input_topic}"],
    group_id: "${router.consumer_group}",
    message_processor: (message) => route(message, connection),
    on_error: "${processing.on_error}",
  });
}

if (import.meta.main) exitWith(main);
