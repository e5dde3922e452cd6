/** The jobs to copy, each as it is, as a process of its own on a real Kafka. */
import assert from "node:assert/strict";
import type { Bed } from "./support/bed.ts";
import { JobProcess } from "./support/job_process.ts";
import { onKafka } from "./support/on_kafka.ts";
import { readTopic } from "./support/read_topic.ts";

const path = (job: string) => new URL(`../../jobs/${job}`, import.meta.url).pathname;

async function send(bed: Bed, topic: string, values: readonly string[]): Promise<void> {
  const encoder = new TextEncoder();
  await bed.admin.append(
    topic,
    values.map((value) => ({ key: null, value: encoder.encode(value), headers: [] })),
  );
}

/** Asks a job to stop; it must do so cleanly, and may have logged only errors that are expected. */
async function stopped(job: JobProcess, expected: RegExp = /(?!)/): Promise<void> {
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 0, job.log.join("\n"));
  const errors = job.log.filter((line) => /ERROR|CRITICAL/.test(line) && !expected.test(line));
  assert.deepEqual(errors, []);
}

const order = (n: number) => ({
  order_id: `A-${n}`,
  customer_id: `C-${n % 3}`,
  amount: 30.5,
  currency: "EUR",
  created_at: "2026-01-05T09:00:00+01:00",
  lines: [{ sku: "TEA", quantity: 2, price: 10.25 }, { sku: "MUG", quantity: 1, price: n }],
});

onKafka("jobs/orders_transform.ts sends each order on, mapped, under its customer's key", async (bed) => {
  const [input, output] = [await bed.topic(2, "orders"), await bed.topic(2, "processed")];
  const group = bed.group();
  const orders = Array.from({ length: 20 }, (_, n) => order(n));
  await send(bed, input, [
    ...orders.map((one) => JSON.stringify(one)),
    '{"order_id": "no lines"}',
    "no JSON",
  ]);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: bed.broker,
    KAFKA_INPUT_TOPIC: input,
    KAFKA_OUTPUT_TOPIC: output,
    TRANSFORM_CONSUMER_GROUP: group,
  };
  const job = bed.use(new JobProcess({ script: path("orders_transform.ts"), env, folder: bed.folder }));
  await job.until(() => bed.isCommitted(group, input), "the orders to be committed");
  await stopped(job, /skipping it: .*(column "customer_id" is missing|malformed JSON)/);
  const sent = (await readTopic(bed, output)).map(({ key, value }) => ({
    key,
    row: JSON.parse(value ?? ""),
  }));
  sent.sort((a, b) => Number(a.row.order_id.slice(2)) - Number(b.row.order_id.slice(2)));
  assert.deepEqual(
    sent,
    orders.map(({ customer_id, ...rest }, n) => ({
      key: customer_id,
      row: {
        ...rest,
        cust_id: customer_id,
        created_at: "2026-01-05T08:00:00.000Z",
        source: "orders_transform",
        lines_total: 20.5 + n,
      },
    })),
  );
});

onKafka(
  "jobs/event_router.ts sends accounts and customers to their topics, and skips the rest",
  async (bed) => {
    const [input, accounts, customers] = [await bed.topic(2), await bed.topic(1), await bed.topic(1)];
    const group = bed.group();
    const events = Array.from(
      { length: 12 },
      (_, n) =>
        n % 2 === 0
          ? { event_type: "ACCOUNT_ADD", account_id: `acc-${n}`, owner: "C-1" }
          : { event_type: "CUSTOMER_ADD", customer_id: `C-${n}`, name: "Ada" },
    );
    const both = [{ event_type: "ACCOUNT_ADD", account_id: "acc-x" }, {
      event_type: "CUSTOMER_ADD",
      customer_id: "C-x",
    }];
    const values = [...events, both, { event_type: "ACCOUNT_CLOSE", account_id: "acc-0" }];
    await send(
      bed,
      input,
      values.map((value) => JSON.stringify(value)),
    );
    const env = {
      KAFKA_BOOTSTRAP_SERVERS: bed.broker,
      ROUTER_INPUT_TOPIC: input,
      ROUTER_ACCOUNT_TOPIC: accounts,
      ROUTER_CUSTOMER_TOPIC: customers,
      ROUTER_CONSUMER_GROUP: group,
    };
    const job = bed.use(new JobProcess({ script: path("event_router.ts"), env, folder: bed.folder }));
    await job.until(() => bed.isCommitted(group, input), "the events to be committed");
    await stopped(job, /skipping it: unknown event_type/);
    const all = [...events, ...both];
    for (const [topic, type] of [[accounts, "ACCOUNT_ADD"], [customers, "CUSTOMER_ADD"]] as const) {
      const sent = (await readTopic(bed, topic)).map(({ key, value }) => [key, JSON.parse(value ?? "")]);
      const expected = all.filter(({ event_type }) => event_type === type)
        .map((event) => ["account_id" in event ? event.account_id : event.customer_id, event]);
      const byKey = (a: unknown[], b: unknown[]) => String(a[0]) < String(b[0]) ? -1 : 1;
      assert.deepEqual(sent.sort(byKey), expected.sort(byKey));
    }
  },
);
