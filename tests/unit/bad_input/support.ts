/** A job through all the mods that a message may meet, on a Kafka in memory and a database. */
import { runMod } from "../../../mod.ts";
import { type JobRun, runProcessor, type TestMessage } from "../../../testing.ts";
import type { Row } from "../../../src/core/rows.ts";

const REGIONS: readonly Row[] = [{ order_id: 1, region: "north" }];

/** What a run left behind. */
export interface Ran {
  readonly run: JobRun;
  /** The rows in the database; none where the table was never made. */
  readonly stored: readonly Row[];
  /** What became of each message: `processed`, or the text of its error without the job's own words before it. */
  readonly outcomes: readonly string[];
}

/**
 * Consumes messages, parses each, renames `id` to `order_id`, takes those that have one, looks up their region, writes
 * them to a database and sends them on.
 *
 * @param url The database; DuckDB in memory by default.
 */
export async function pipeline(messages: readonly TestMessage[], url = "duckdb::memory:"): Promise<Ran> {
  let stored: readonly Row[] = [];
  const run = await runProcessor(() => job(url), { "raw.orders-v1": messages }, {
    timeoutMs: 20_000,
    async beforeClose() {
      const query = "SELECT * FROM orders";
      stored = await runMod("database_query", { url, query }).then(
        ({ artifacts }) => artifacts.data as readonly Row[],
        () => [], // there is no such table
      );
    },
  });
  return { run, stored, outcomes: run.messages.map(outcomeOf) };
}

async function job(url: string): Promise<void> {
  const { artifacts: { connection } } = await runMod("kafka_connector", { bootstrap_servers: "broker:9092" });
  await runMod("kafka_consumer", {
    connection,
    topics: ["raw.orders-v1"],
    group_id: "bad-input",
    message_processor: async (message) => {
      const parsed = await runMod("json_parser", { json_string: message.value });
      const mapped = await runMod("data_mapper", {
        data: parsed.artifacts.data,
        column_mapping: { id: "order_id" },
      });
      const split = await runMod("data_splitter", {
        data: mapped.artifacts.data,
        split_conditions: { orders: { order_id: { is_null: false } } },
      });
      const found = await runMod("lookup", {
        data: split.artifacts["orders"] as Row,
        rows: REGIONS,
        keys: { order_id: "order_id" },
        columns: { region: "region" },
        join: "left",
      });
      const data = found.artifacts.data as Row;
      await runMod("database_insert", { url, table: "orders", create_table: true, data });
      await runMod("kafka_producer", {
        connection,
        topic: "done",
        data,
        key_column: "order_id",
        headers: message.header_list,
      });
      return { status: "success" };
    },
  });
}

function outcomeOf({ outcome, error }: JobRun["messages"][number]): string {
  return outcome === "processed" ? outcome : (error as Error).message;
}
