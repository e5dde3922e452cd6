/** What `datapy new` makes in an empty folder, on a real Kafka. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { orderText } from "../support/order_text.ts";
import { deno } from "../support/outside.ts";
import { queryDuckDb } from "./support/duckdb_file.ts";
import { JobProcess } from "./support/job_process.ts";
import { onKafka } from "./support/on_kafka.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

onKafka(
  "datapy new makes a job that fills its database from its topic, with its task's permissions",
  async (bed) => {
    await deno(["run", "-A", MAIN, "new", "billing", "--pattern", "to-db"], { cwd: bed.folder });
    const folder = join(bed.folder, "billing");
    const topic = await bed.topic(2, "orders");
    const group = bed.group();
    const encoder = new TextEncoder();
    await bed.admin.append(
      topic,
      ["A-1", "A-2", "A-3"].map((id) => ({
        key: null,
        value: encoder.encode(orderText(id)),
        headers: [],
      })),
    );
    const env = {
      KAFKA_BOOTSTRAP_SERVERS: bed.broker,
      KAFKA_INPUT_TOPIC: topic,
      KAFKA_CONSUMER_GROUP: group,
    };
    const config = join(folder, "deno.json");
    const job = bed.use(new JobProcess({ script: join(folder, "billing.ts"), env, folder, config }));
    await job.until(() => bed.isCommitted(group, topic), "the orders to be committed");
    job.signal("SIGTERM");
    assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    const rows = await queryDuckDb(
      join(folder, "data/billing.duckdb"),
      "SELECT order_id FROM orders ORDER BY ALL",
    );
    assert.deepEqual(rows.map(({ order_id }) => order_id), ["A-1", "A-2", "A-3"]);
  },
);
