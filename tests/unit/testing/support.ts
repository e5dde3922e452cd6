/** Small jobs to run in tests: what a user would write, with the parts that a test wants to vary. */
import type { MessageProcessor } from "../../../src/consume/processor.ts";
import { type ModMap, type ModParams, runMod, setupLogging } from "../../../mod.ts";

export type ConsumerParams = Partial<ModParams<ModMap["kafka_consumer"]>>;

/** A job that consumes `orders` with a processor. */
export function jobOf(processor: MessageProcessor, params: ConsumerParams = {}): () => Promise<void> {
  return async () => {
    setupLogging("INFO", "test_job");
    const kafka = await runMod("kafka_connector", { bootstrap_servers: "broker:9092" });
    await runMod("kafka_consumer", {
      connection: kafka.artifacts.connection,
      topics: ["orders"],
      group_id: "g",
      message_processor: processor,
      ...params,
    });
  };
}

/** A job that sends each order on, with its number doubled, keyed by its id. */
export async function transform(): Promise<void> {
  const kafka = await runMod("kafka_connector", { bootstrap_servers: "${kafka.bootstrap_servers}" });
  const { connection } = kafka.artifacts;
  await runMod("kafka_consumer", {
    connection,
    topics: ["${kafka.input_topic}"],
    group_id: "transform",
    message_processor: async (message) => {
      const parsed = await runMod("json_parser", { json_string: message.value });
      const { id, count } = parsed.artifacts.data as { id: string; count: number };
      await runMod("kafka_producer", {
        connection,
        topic: "${kafka.output_topic}",
        data: { id, count: 2 * count },
        key_column: "id",
        headers: { source: "transform" },
      });
      return { status: "success" };
    },
  });
}

/** Messages with these values. */
export const values = (...list: readonly unknown[]) => list.map((value) => ({ value }));

export const success = { status: "success" } as const;
