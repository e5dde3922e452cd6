/**
 * The job under chaos: orders from a topic into PostgreSQL, in one transaction an upsert of the order and a plain insert
 * that tells each time a message was processed. What is no order goes into the dead letters. Settings come as JSON in
 * CHAOS_JOB.
 */
import { exitWith, runMod, setupLogging } from "../../mod.ts";

/** Settings of the job. */
export interface ChaosJob {
  readonly bootstrap: string;
  /** `additional_config` of the connection. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  readonly topic: string;
  readonly group: string;
  readonly dead_letter_topic: string;
  readonly database: string;
}

async function main(): Promise<void> {
  const job: ChaosJob = JSON.parse(Deno.env.get("CHAOS_JOB") ?? "{}");
  setupLogging("INFO", "chaos_job");
  const kafka = await runMod("kafka_connector", {
    bootstrap_servers: job.bootstrap,
    additional_config: { ...job.config },
    connect_timeout_s: 600, // it may start while all brokers are away
  });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: [job.topic],
    group_id: job.group,
    on_error: "continue",
    dead_letter_topic: job.dead_letter_topic,
    message_processor: async ({ key, value, partition, offset }, { signal }) => {
      const parsed = await runMod("json_parser", { json_string: value });
      const { id, customer, amount } = parsed.artifacts.data as Record<string, unknown>;
      await runMod("database_insert", {
        url: job.database,
        tables: [
          { table: "orders", mode: "upsert", key_columns: ["id"], data: { id, customer, amount } },
          { table: "audit", mode: "insert", data: { id, key, partition, at: offset } },
        ],
        signal,
      });
      return { status: "success" };
    },
  });
}

if (import.meta.main) await exitWith(main);
