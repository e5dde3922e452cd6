/** A job's probes and metrics, asked for over HTTP while it runs on a real Kafka. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { METRICS } from "../../src/health/metrics_table.ts";
import { systemPorts } from "../../src/runtime/ports.ts";
import { orderText } from "../support/order_text.ts";
import type { Bed } from "./support/bed.ts";
import { JobProcess } from "./support/job_process.ts";
import { onKafka } from "./support/on_kafka.ts";

const ORDERS = fileURLToPath(new URL("../../jobs/orders.ts", import.meta.url));

/** jobs/orders.ts with a health port. */
function start(bed: Bed, topic: string, group: string, env: Readonly<Record<string, string>>): JobProcess {
  return bed.use(
    new JobProcess({
      script: ORDERS,
      folder: bed.folder,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: bed.broker,
        KAFKA_INPUT_TOPIC: topic,
        KAFKA_CONSUMER_GROUP: group,
        DATABASE_URL: "duckdb:data/orders.duckdb",
        ...env,
      },
    }),
  );
}

/** The status of a probe; undefined where nobody listens. */
async function probe(port: number, name: string): Promise<number | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/${name}`);
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}

onKafka("HEALTH_PORT: probes and metrics of a job, from its start to its end", async (bed) => {
  const [topic, group] = [await bed.topic(1), bed.group()];
  const good = Array.from({ length: 20 }, (_, n) => orderText(`o-${n}`));
  const values = [...good, "no order"].map((text) => new TextEncoder().encode(text));
  await bed.admin.append(topic, values.map((value) => ({ key: null, value, headers: [], partition: 0 })));
  const [port = 0] = systemPorts.free(1);
  const job = start(bed, topic, group, { HEALTH_PORT: String(port) });
  await job.until(() => bed.isCommitted(group, topic), "the orders to be committed");
  assert.deepEqual(await Promise.all(["started", "ready", "live"].map((name) => probe(port, name))), [
    200,
    200,
    200,
  ]);

  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await answer.text()).split("\n");
  const labels = `group="${group}",topic="${topic}"`;
  for (
    const line of [
      `datapy_records_read_total{${labels}} 21`,
      `datapy_records_finished_total{${labels}} 21`,
      `datapy_records_skipped_total{${labels}} 1`,
      `datapy_dead_letters_total{${labels}} 0`,
      `datapy_errors_total{${labels},kind="permanent"} 1`,
      `datapy_consumer_lag_records{${labels},partition="0"} 0`,
      `datapy_consumer_state{group="${group}",state="consuming"} 1`,
      `datapy_mod_seconds_count{mod="database_insert"} 20`,
    ]
  ) {
    assert.ok(
      lines.includes(line),
      `${line} is not among\n${lines.filter((one) => !one.startsWith("#")).join("\n")}`,
    );
  }
  for (const { name } of METRICS) assert.ok(lines.some((line) => line.startsWith(`# TYPE ${name} `)), name);
  assert.ok(!lines.some((line) => line.includes("o-1")), "no payload");

  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0);
  assert.equal(await probe(port, "live"), undefined, "nobody listens any more");
});

onKafka("HEALTH_PORT that is no port, or is taken, ends the job with 78", async (bed) => {
  const taken = Deno.listen({ port: 0 });
  try {
    const [topic, group] = [await bed.topic(1), bed.group()];
    for (
      const [value, words] of [["tcp://10.0.0.1:80", /enableServiceLinks/], [
        String(taken.addr.port),
        /Cannot listen/,
      ]] as const
    ) {
      const job = start(bed, topic, group, { HEALTH_PORT: value });
      assert.equal(await job.exitCode(), 78);
      assert.match(job.log.join("\n"), words);
    }
  } finally {
    taken.close();
  }
});
