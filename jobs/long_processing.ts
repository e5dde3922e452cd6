/**
 * Orders that take long (use case 4): a query, and a request to a service for each line, before the result is written. It
 * looks at an explicit controller between the lines, and hands the message's signal to the database and to fetch: a pod that
 * is deleted never waits for a slow service. What was not finished is not committed, and comes again.
 */
import { contextValue, exitWith, type Message, runMod, setupContext } from "../mod.ts";
import { setupLogging, StreamController, UnavailableError } from "../mod.ts";

const fields = { order_id: { path: "$.order_id", from: "root" }, sku: "$.sku" } as const;

/** Asks the service. That it gives no score is the world's fault: the message waits, and is not skipped. */
async function scoreOf(body: string, signal: AbortSignal): Promise<number> {
  try {
    const answer = await fetch(contextValue("scoring.service_url"), { method: "POST", body, signal });
    const { score } = await answer.json();
    if (answer.ok && typeof score === "number") return score;
    throw new TypeError(`status ${answer.status}, without a number as score`);
  } catch (cause) {
    throw new UnavailableError("The scoring service gives no score", { cause });
  }
}

async function score(message: Message, controller: StreamController, signal: AbortSignal) {
  const at = { url: "${scoring.database_url}", signal };
  const parsed = await runMod("json_parser", { json_string: message.value, loop: "$.lines[*]", fields });
  const lines = parsed.artifacts.data as readonly { sku: string }[];
  const query = "SELECT sku, avg(score) AS mean FROM scores WHERE sku = ANY($skus) GROUP BY sku";
  const params = { skus: lines.map(({ sku }) => sku) };
  const { artifacts } = await runMod("database_query", { ...at, query, params });
  const rows = [];
  for (const line of lines) {
    if (controller.shouldStop()) return { status: "error", error: "shutdown" } as const;
    rows.push({ ...line, score: await scoreOf(JSON.stringify({ ...line, means: artifacts.data }), signal) });
  }
  const key_columns = ["order_id", "sku"];
  await runMod("database_insert", { ...at, table: "scores", mode: "upsert", key_columns, data: rows });
  return { status: "success" } as const;
}

const table =
  "CREATE TABLE IF NOT EXISTS scores (order_id TEXT, sku TEXT, score REAL, PRIMARY KEY (order_id, sku))";

/** Runs until SIGTERM or Ctrl+C. */
export async function main() {
  setupLogging("INFO", "long_processing");
  setupContext(`${import.meta.dirname}/kafka_context.json`);
  await runMod("database_query", { url: "${scoring.database_url}", query: table });
  const controller = new StreamController();
  const kafka = await runMod("kafka_connector", { bootstrap_servers: "${kafka.bootstrap_servers}" });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: ["${kafka.input_topic}"],
    group_id: "${scoring.consumer_group}",
    controller,
    message_processor: (message, { signal }) => score(message, controller, signal),
  });
}

if (import.meta.main) exitWith(main);
