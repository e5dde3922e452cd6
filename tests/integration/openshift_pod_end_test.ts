/** `oc delete pod`, acted out: the preStop hook, SIGTERM, and the grace period, all by what the manifests say. */
import assert from "node:assert/strict";
import { at, listAt, render, the } from "../support/kube/manifests.ts";
import { podOf } from "../support/kube/policy.ts";
import { queryDuckDb } from "./support/duckdb_file.ts";
import { JobProcess } from "./support/job_process.ts";
import { onKafka } from "./support/on_kafka.ts";

const ORDERS = 2_000;

onKafka(
  "A pod of openshift/overlays/dev ends with exit code 0 within its grace period, with every order there",
  async (bed) => {
    const manifests = await render("overlays/dev");
    const pod = podOf(the("Deployment", manifests))!;
    const settings = at(the("ConfigMap", manifests), "data") as Readonly<Record<string, string>>;
    assert.deepEqual(listAt(pod, "containers.0.args"), ["run", "orders"]);
    const [topic, group] = [await bed.topic(3), bed.group()];
    const encoder = new TextEncoder();
    const order = (n: number) => ({
      order_id: `A-${n}`,
      customer_id: `C-${n % 7}`,
      amount: 30.5,
      currency: "EUR",
      created_at: "2026-01-05T08:00:00Z",
      lines: [{ sku: "TEA", quantity: 2, price: 15.25 }],
    });
    await bed.admin.append(
      topic,
      Array.from({ length: ORDERS }, (_, n) => ({
        key: encoder.encode(`A-${n}`),
        value: encoder.encode(JSON.stringify(order(n))),
        headers: [],
      })),
    );
    const start = () =>
      bed.use(
        new JobProcess({
          script: new URL("../../jobs/orders.ts", import.meta.url).pathname,
          env: {
            ...settings,
            KAFKA_BOOTSTRAP_SERVERS: bed.broker,
            KAFKA_INPUT_TOPIC: topic,
            KAFKA_CONSUMER_GROUP: group,
            DATABASE_URL: "duckdb:data/orders.duckdb", // of the volume
            HEALTH_PORT: "", // the port of a pod is its own, that of this machine is not
            LOG_LEVEL: "INFO",
          },
          folder: bed.folder,
        }),
      );

    const first = start();
    await first.logged(/Assigned/);
    const deleted = performance.now();
    // the hook runs while the pod works on; only then comes the signal
    await new Promise((resolve) =>
      setTimeout(resolve, Number(at(pod, "containers.0.lifecycle.preStop.sleep.seconds")) * 1000)
    );
    first.signal("SIGTERM");
    const grace = Number(at(pod, "terminationGracePeriodSeconds")) * 1000;
    assert.equal(await first.exitCode(grace - (performance.now() - deleted)), 0, first.log.join("\n"));

    // another pod takes over where it left off
    const second = start();
    await second.until(() => bed.isCommitted(group, topic), "the rest to be committed");
    second.signal("SIGTERM");
    assert.equal(await second.exitCode(), 0, second.log.join("\n"));
    const rows = await queryDuckDb(
      `${bed.folder}/data/orders.duckdb`,
      "SELECT count(*) AS n, count(DISTINCT order_id) AS ids FROM orders",
    );
    assert.deepEqual(rows.map(({ n, ids }) => [Number(n), Number(ids)]), [[ORDERS, ORDERS]]);
  },
);
