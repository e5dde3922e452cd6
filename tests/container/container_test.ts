/** The image of Containerfile, as a cluster would run it: any user, no capability, a read-only root; on a real Kafka. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Bed } from "../integration/support/bed.ts";
import { queryDuckDb } from "../integration/support/duckdb_file.ts";
import { orderText } from "../support/order_text.ts";
import { sharedBroker, testUnless } from "../support/broker.ts";
import { at, listAt, renderOwn, the, type Value } from "../support/kube/manifests.ts";
import { podOf } from "../support/kube/policy.ts";
import { Container, Volume } from "./support/container.ts";
import { engine, Image, run } from "./support/engine.ts";

const broker = await sharedBroker();
const missing = engine === undefined ? "there is neither podman nor docker" : undefined;
let image: Image;
if (missing === undefined) {
  Deno.test.beforeAll(async () => void (image = await Image.build()));
  Deno.test.afterAll(() => image[Symbol.asyncDispose]());
}

const encoder = new TextEncoder();
const idsOf = (count: number) => Array.from({ length: count }, (_, n) => `A-${n}`);

/** A port that nobody listens to: the network of the containers is that of this machine. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A topic with orders. */
async function orders(bed: Bed, ids: readonly string[]): Promise<string> {
  const topic = await bed.topic(3, "orders");
  await bed.admin.append(
    topic,
    ids.map((id) => ({ key: encoder.encode(id), value: encoder.encode(orderText(id)), headers: [] })),
  );
  return topic;
}

/** The orders that a container has left in its volume. */
async function stored(bed: Bed, container: Container): Promise<unknown[]> {
  const folder = join(bed.folder, "data");
  await Deno.mkdir(folder);
  await container.copyData(folder);
  const rows = await queryDuckDb(join(folder, "orders.duckdb"), "SELECT order_id FROM orders");
  return rows.map(({ order_id }) => order_id);
}

testUnless(missing, "the image is labelled, has no shell, and runs as nobody in group 0", async () => {
  const { Config } = await image.inspect();
  assert.equal(Config.Labels["org.opencontainers.image.title"], "datapy");
  assert.equal(Config.Labels["org.opencontainers.image.revision"], "a-test");
  assert.deepEqual([Config.User, Config.StopSignal ?? "SIGTERM"], ["65532:0", "SIGTERM"]);
  assert.match(await run("run", "--rm", "--read-only", image.tag), /^orders +jobs\/orders.ts$/m);
  await assert.rejects(run("run", "--rm", "--entrypoint=/bin/sh", image.tag, "-c", "true"), /\/bin\/sh/);
});

testUnless(
  missing,
  "the image runs orders restricted, through `stop`: exit code 0, lag 0, every order there",
  () =>
    Bed.with(broker, async (bed) => {
      const ids = idsOf(2_000);
      const port = freePort();
      const [topic, group] = [await orders(bed, ids), bed.group()];
      const volume = bed.use(await Volume.make());
      const container = bed.use(
        await Container.start({
          image: image.tag,
          args: ["run", "orders"],
          volume: volume.name,
          env: {
            KAFKA_BOOTSTRAP_SERVERS: broker,
            KAFKA_INPUT_TOPIC: topic,
            KAFKA_CONSUMER_GROUP: group,
            PROCESSING_ON_ERROR: "stop",
            HEALTH_PORT: String(port),
          },
        }),
      );
      await container.until(() => bed.isCommitted(group, topic), "all orders to be committed");
      for (const probe of ["started", "ready", "live"]) {
        const answer = await fetch(`http://127.0.0.1:${port}/health/${probe}`);
        const words = await answer.text();
        assert.equal(answer.status, 200, `${probe}: ${words}`);
        JSON.parse(words);
      }
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(metrics, /^# TYPE datapy_\w+/m);
      assert.equal(await container.stop(60), 0, await container.log());
      assert.match(await container.log(), /Stopped: what was finished is committed/);
      assert.deepEqual((await stored(bed, container)).sort(), [...ids].sort());
    }),
);

testUnless(
  missing,
  "a pod that is deleted ends with 0 within its grace period, and the next takes over",
  () =>
    Bed.with(broker, async (bed) => {
      const manifests = await renderOwn(["overlays/dev"], ["old-clusters"]);
      const pod = podOf(the("Deployment", manifests))!;
      const settings = at(the("ConfigMap", manifests), "data") as Readonly<Record<string, string>>;
      const hook = listAt(pod, "containers.0.lifecycle.preStop.exec.command") as readonly string[];
      assert.match(hook.join(" "), /^\S+ sleep \d+$/);
      const grace = Number(at(pod, "terminationGracePeriodSeconds"));
      const ids = idsOf(1_000);
      const [topic, group] = [await orders(bed, ids), bed.group()];
      const volume = bed.use(await Volume.make());
      const start = async () =>
        bed.use(
          await Container.start({
            image: image.tag,
            args: listAt(pod, "containers.0.args").map((word: Value) => String(word)),
            volume: volume.name,
            env: {
              ...settings,
              KAFKA_BOOTSTRAP_SERVERS: broker,
              KAFKA_INPUT_TOPIC: topic,
              KAFKA_CONSUMER_GROUP: group,
              LOG_LEVEL: "INFO",
              HEALTH_PORT: "", // the network is that of this machine
            },
          }),
        );

      const first = await start();
      await first.logged(/Assigned/);
      const deleted = performance.now();
      assert.equal(await first.exec(...hook), 0); // the job works on meanwhile
      // what the hook ran is no child of the job, and the job starts none: nothing is left for it to collect
      const processes = await first.processes();
      assert.deepEqual(processes.map((line) => line.replace(/^[A-Z]\S* /, "")), ["/app/datapy run orders"]);
      assert.doesNotMatch(processes.join(), /^Z/);
      const left = grace - (performance.now() - deleted) / 1000;
      assert.equal(await first.stop(left), 0, await first.log());
      console.log(
        `from the hook to the end: ${((performance.now() - deleted) / 1000).toFixed(1)} s of ${grace} s`,
      );
      assert.match(await first.log(), /Stopped: what was finished is committed/);
      await first[Symbol.asyncDispose]();

      const second = await start();
      await second.logged(/Assigned/); // the first may have left it nothing to do: then it would be stopped as it begins
      await second.until(() => bed.isCommitted(group, topic), "the rest to be committed");
      assert.equal(await second.stop(grace), 0, await second.log());
      assert.deepEqual((await stored(bed, second)).sort(), [...ids].sort());
    }),
);
