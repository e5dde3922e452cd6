/**
 * The job of the database fault tests: it writes each message into a database in one of several ways, and tells by lines
 * on standard output what happens to it. Settings come as JSON in WRITE_JOB.
 */
import { exitWith, type Message, runMod, setupLogging } from "../../../mod.ts";
import { errorText, kindOf } from "../../../src/core/errors.ts";
import { linesOf, numberIn, orderOf } from "./write_model.ts";

/** What a message is written as; several are written in one call, in the order given. */
export type Write =
  /** A row of its own in `messages`. */
  | "insert"
  /** Its order, added or changed. */
  | "upsert"
  /** Its order, which must be there. */
  | "update"
  /** The lines of its order, in place of those that were there. */
  | "lines"
  /** Its order in `audit`, added or changed. */
  | "audit";

/** Settings of the job. */
export interface WriteJob {
  readonly broker: string;
  /** `additional_config` of the connection. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  readonly topic: string;
  readonly group_id: string;
  /** Parameters of `database_insert` that say where the database is. */
  readonly database: { readonly url: string } & Readonly<Record<string, unknown>>;
  readonly writes: readonly Write[];
  /** Whether a table that is missing is made; false by default. */
  readonly create_table?: boolean;
  /** Characters of each row in `messages` and `orders` besides what it needs. */
  readonly pad?: number;
  /** A statement that each message runs before it is written, by `database_query`. */
  readonly query?: string;
  /** Further parameters of `kafka_consumer`. */
  readonly consumer?: Readonly<Record<string, unknown>>;
}

/** What is told of one attempt at a message. */
export interface WriteTold {
  readonly what: "begin" | "end" | "failed";
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Its value. */
  readonly id: string;
  /** Of what failed: its kind and its text. */
  readonly kind?: string;
  readonly text?: string;
}

const incompressible = (length: number) =>
  Array.from({ length: Math.ceil(length / 36) }, () => crypto.randomUUID()).join("").slice(0, length);

function tableOf(write: Write, message: Message, { pad = 0 }: WriteJob) {
  const id = String(message.value);
  const [order, version] = [orderOf(id), numberIn(id)];
  const { topic, partition, offset: at } = message;
  const text = pad === 0 ? {} : { pad: incompressible(pad) };
  switch (write) {
    case "insert":
      return { table: "messages", data: { id, topic, partition, at, ...text } };
    case "upsert":
    case "update":
      return { table: "orders", mode: write, key_columns: ["id"], data: { id: order, version, ...text } };
    case "lines":
      return {
        table: "lines",
        data: linesOf(id),
        replace_children: { columns: ["order_id"], of: { order_id: order } },
      };
    case "audit":
      return { table: "audit", mode: "upsert" as const, key_columns: ["id"], data: { id: order, version } };
  }
}

function tell(what: WriteTold["what"], message: Message, error?: unknown): void {
  const { topic, partition, offset, value } = message;
  const failed = error === undefined ? {} : { kind: kindOf(error), text: errorText(error) };
  const told: WriteTold = { what, topic, partition, offset, id: String(value), ...failed };
  console.log(JSON.stringify(told));
}

async function main(): Promise<void> {
  const job: WriteJob = JSON.parse(Deno.env.get("WRITE_JOB") ?? "{}");
  setupLogging("INFO", "write_job");
  const kafka = await runMod("kafka_connector", {
    bootstrap_servers: job.broker,
    security_protocol: "PLAINTEXT",
    additional_config: { ...job.config },
  });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: [job.topic],
    group_id: job.group_id,
    message_processor: async (message, { signal }) => {
      tell("begin", message);
      try {
        if (job.query !== undefined) {
          await runMod("database_query", { ...job.database, query: job.query, signal });
        }
        await runMod("database_insert", {
          ...job.database,
          tables: job.writes.map((write) => tableOf(write, message, job)),
          create_table: job.create_table ?? false,
          signal,
        });
      } catch (error) {
        tell("failed", message, error);
        throw error;
      }
      tell("end", message);
      return { status: "success" };
    },
    ...job.consumer,
  });
}

if (import.meta.main) await exitWith(main);
