import assert from "node:assert/strict";
import { dedicatedBroker, testUnless } from "../support/broker.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { Bed } from "./support/bed.ts";
import { queryDuckDb } from "./support/duckdb_file.ts";
import { JobProcess } from "./support/job_process.ts";
import { onKafka } from "./support/on_kafka.ts";
import { readTopic } from "./support/read_topic.ts";

const path = (file: string) => new URL(file, import.meta.url).pathname;
const noOpenssl = await hasOpenssl() ? undefined : "there is no openssl to make certificates with";

/** What a payload may hold, and nobody may fill in. */
const HOSTILE = [
  "${kafka.password}",
  "${env:HOME}",
  "${file:/etc/passwd}",
  "$${kafka.password}",
  "'); DROP TABLE orders; --",
];

async function send(bed: Bed, topic: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const records = rows.map((row) => ({
    key: null,
    value: new TextEncoder().encode(JSON.stringify(row)),
    headers: [],
  }));
  await bed.admin.append(topic, records);
}

async function stopAsAsked(job: JobProcess): Promise<void> {
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0, job.log.join("\n"));
  assert.deepEqual(job.log.filter((line) => /ERROR|CRITICAL/.test(line)), []);
}

testUnless(noOpenssl, "Pattern 1 of the requirements: from Kafka by SASL_SSL into a database", async () => {
  const certificates = await Deno.makeTempDir({ prefix: "datapy-test-" });
  try {
    const made = await makeCertificates(certificates);
    const certificate = await Deno.readTextFile(made.brokerCert);
    const key = await Deno.readTextFile(made.brokerKey);
    const user = { username: "kafka-user", password: "secure-password", mechanism: "PLAIN" } as const;
    await using broker = await dedicatedBroker({
      users: [user],
      listeners: [{
        name: "SECURE",
        protocol: "SASL_SSL",
        mechanisms: ["PLAIN"],
        tls: { certificate, key },
      }],
    });
    await Bed.with(broker.bootstrap, async (bed) => {
      await bed.admin.createTopic("orders", 2);
      const group = bed.group("orders-to-db");
      const rows = HOSTILE.map((text, n) => ({ order_id: n, customer_id: text, amount: n + 0.5 }));
      await send(bed, "orders", rows);
      await Deno.mkdir(`${bed.folder}/data`);
      const kafka = {
        bootstrap_servers: broker.listeners["SECURE"],
        username: user.username,
        password: user.password,
        ca_cert: made.ca,
      };
      const context = { kafka, database: { url: "duckdb:data/orders.duckdb" } };
      await Deno.writeTextFile(`${bed.folder}/kafka_context.json`, JSON.stringify(context));

      const job = bed.use(
        new JobProcess({ script: path("patterns/kafka_to_db_job.ts"), folder: bed.folder }),
      );
      await job.until(() => bed.isCommitted(group, "orders"), "the orders to be committed");
      await stopAsAsked(job);
      assert.ok(!job.log.join("\n").includes(user.password));
      const found = await queryDuckDb(`${bed.folder}/data/orders.duckdb`, "FROM orders ORDER BY order_id");
      assert.deepEqual(
        found.map(({ order_id, cust_id, amount }) => [Number(order_id), cust_id, amount]),
        rows.map(({ order_id, customer_id, amount }) => [order_id, customer_id, amount]),
      );
    });
  } finally {
    await Deno.remove(certificates, { recursive: true });
  }
});

onKafka("Pattern 2 of the requirements: from one topic into another", async (bed) => {
  const [input, output] = [await bed.topic(2), await bed.topic(2)];
  const group = bed.group("transformer-group");
  const rows = Array.from(
    { length: 50 },
    (_, n) => ({ order_id: n, customer_id: `c-${n % 5}`, note: HOSTILE[n % 5] }),
  );
  await send(bed, input, rows);
  const kafka = {
    bootstrap_servers: bed.broker,
    security_protocol: "PLAINTEXT",
    password: "secure-password",
    input_topic: input,
    output_topic: output,
  };
  await Deno.writeTextFile(`${bed.folder}/kafka_context.json`, JSON.stringify({ kafka }));
  const job = bed.use(
    new JobProcess({ script: path("patterns/kafka_transform_job.ts"), folder: bed.folder }),
  );
  await job.until(() => bed.isCommitted(group, input), "the messages to be committed");
  await stopAsAsked(job);
  const records = (await readTopic(bed, output)).map(({ key, value }) => ({
    key,
    row: JSON.parse(value ?? ""),
  }));
  records.sort((a, b) => a.row.order_id - b.row.order_id);
  assert.deepEqual(
    records,
    rows.map(({ customer_id, ...rest }) => ({ key: customer_id, row: { ...rest, cust_id: customer_id } })),
  );
});

onKafka("jobs/orders.ts writes payloads that look like references as they were sent", async (bed) => {
  const topic = await bed.topic();
  const group = bed.group();
  const orders = HOSTILE.map((text, n) => ({
    order_id: `${text} ${n}`,
    customer_id: text,
    amount: n,
    currency: "EUR",
    created_at: "2026-01-02T03:04:05Z",
    lines: [{ sku: text, quantity: n + 1, price: 1 }],
  }));
  await send(bed, topic, orders);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: bed.broker,
    KAFKA_INPUT_TOPIC: topic,
    KAFKA_CONSUMER_GROUP: group,
    DATABASE_URL: "duckdb:data/orders.duckdb",
  };
  const job = bed.use(new JobProcess({ script: path("../../jobs/orders.ts"), env, folder: bed.folder }));
  await job.until(() => bed.isCommitted(group, topic), "the orders to be committed");
  await stopAsAsked(job);
  const query = "SELECT order_id, customer_id, sku FROM orders JOIN order_lines USING (order_id)";
  const found = await queryDuckDb(`${bed.folder}/data/orders.duckdb`, `${query} ORDER BY order_id`);
  const sent = orders.map(({ order_id, customer_id, lines }) => ({
    order_id,
    customer_id,
    sku: lines[0]?.sku,
  }));
  assert.deepEqual(found, sent.sort((a, b) => a.order_id < b.order_id ? -1 : 1));
});
