/** The jobs to copy, each as it is, as a process of its own on a real Kafka. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { queryDuckDb } from "./support/duckdb_file.ts";
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

/** A scoring service; it answers when what `hold` gives has resolved. */
async function scoringService(hold: () => Promise<void>) {
  let asked = 0;
  let givenUp = 0;
  const server = createServer(async (_, response) => {
    asked++;
    response.on("close", () => response.writableFinished || givenUp++);
    await hold();
    response.end('{"score": 0.25}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`,
    asked: () => asked,
    givenUp: () => givenUp,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

onKafka("jobs/long_processing.ts runs as it is, and stops between the lines of an order", async (bed) => {
  const input = await bed.topic();
  const group = bed.group();
  const gate = Promise.withResolvers<void>();
  let isHeld = false;
  const service = bed.use(await scoringService(() => isHeld ? gate.promise : Promise.resolve()));
  await Deno.mkdir(`${bed.folder}/data`);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: bed.broker,
    KAFKA_INPUT_TOPIC: input,
    SCORING_CONSUMER_GROUP: group,
  };
  const start = (more: Record<string, string> = {}) =>
    bed.use(
      new JobProcess({ script: path("long_processing.ts"), env: { ...env, ...more }, folder: bed.folder }),
    );
  const scores = async () =>
    (await queryDuckDb(`${bed.folder}/data/scores.duckdb`, "FROM scores ORDER BY order_id, sku"))
      .map(({ order_id, sku, score }) => [order_id, sku, score]);

  await send(bed, input, [JSON.stringify(order(1))]);
  const asItIs = start(); // the service of the context file is a constant
  await asItIs.until(() => bed.isCommitted(group, input), "the first order to be committed");
  await stopped(asItIs);
  assert.deepEqual(await scores(), [["A-1", "MUG", 0.5], ["A-1", "TEA", 0.5]]);

  isHeld = true;
  await send(bed, input, [JSON.stringify(order(2))]);
  const job = start({ SCORING_SERVICE_URL: service.url });
  await job.until(() => service.asked() === 1, "the service to be asked for the first line");
  job.signal("SIGTERM");
  await job.until(() => job.log.some((line) => line.includes("Stopping: waiting for")), "the drain to begin");
  gate.resolve();
  assert.equal(await job.exitCode(), 0, job.log.join("\n"));
  assert.equal(service.asked(), 1, "the second line is not begun");
  assert.equal(await bed.committed(group, input), 1, "the order that was not finished comes again");

  isHeld = false;
  const again = start({ SCORING_SERVICE_URL: service.url });
  await again.until(() => bed.isCommitted(group, input), "the second order to be committed");
  await stopped(again);
  assert.deepEqual((await scores()).slice(2), [["A-2", "MUG", 0.25], ["A-2", "TEA", 0.25]]);
});

onKafka("jobs/long_processing.ts gives a service up that is too slow for the drain", async (bed) => {
  const input = await bed.topic();
  const group = bed.group();
  const service = bed.use(await scoringService(() => new Promise(() => {})));
  await Deno.mkdir(`${bed.folder}/data`);
  const script = `${bed.folder}/long_processing.ts`;
  // as it is, but for the half minute that a drain may take
  const text = await Deno.readTextFile(path("long_processing.ts"));
  const quick = text.replace("    controller,\n", "    controller,\n    shutdown_drain_timeout_s: 1,\n");
  assert.notEqual(quick, text);
  await Deno.writeTextFile(script, quick.replaceAll('"../mod.ts"', `"${path("../mod.ts")}"`));
  await Deno.copyFile(path("kafka_context.json"), `${bed.folder}/kafka_context.json`);
  await send(bed, input, [JSON.stringify(order(1))]);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: bed.broker,
    KAFKA_INPUT_TOPIC: input,
    SCORING_CONSUMER_GROUP: group,
    SCORING_SERVICE_URL: service.url,
  };
  const job = bed.use(new JobProcess({ script, env, folder: bed.folder }));
  await job.until(() => service.asked() === 1, "the service to be asked");
  job.signal("SIGTERM");
  assert.equal(await job.exitCode(), 1, job.log.join("\n"));
  await bed.waitFor(() => service.givenUp() === 1, "the request to be given up");
  assert.equal(await bed.committed(group, input) ?? 0, 0);
  assert.ok(job.log.some((line) => /Cannot drain within 1 s/.test(line)), job.log.join("\n"));
});
