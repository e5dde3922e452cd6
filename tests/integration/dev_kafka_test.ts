import assert from "node:assert/strict";
import { startKafka } from "../../src/dev/kafka/mod.ts";
import { BROKER_FOLDER } from "../support/broker.ts";
import { waitFor } from "../support/wait_for.ts";
import { DatapyFolder } from "./support/datapy_command.ts";
import { answers, leftOf, onEngine, tools } from "./support/engines.ts";

for (const engine of ["jvm", "container"] as const) {
  const on = (what: string, fn: () => Promise<void>) => onEngine(engine, what, fn);

  on(
    "kafka up, status, up and down: an address as the last line, words on stderr, nothing left",
    async () => {
      await using folder = await DatapyFolder.make({ DATAPY_KAFKA_ENGINE: engine });
      const before = await folder.datapy("kafka", "status");
      assert.deepEqual([before.code, before.out], [1, ""], before.err);
      const up = await folder.datapy("kafka", "up");
      assert.equal(up.code, 0, up.err);
      assert.match(up.out, /^localhost:\d+\n$/);
      assert.match(up.err, /Kafka is up after/);
      const bootstrap = up.out.trim();
      assert.ok(await answers(bootstrap), "it survives the command that started it");
      const status = await folder.datapy("kafka", "status");
      assert.deepEqual([status.code, status.out], [0, up.out], status.err);
      const again = await folder.datapy("kafka", "up");
      assert.deepEqual([again.code, again.out], [0, up.out], again.err);
      assert.match(again.err, /up already/);
      const down = await folder.datapy("kafka", "down");
      assert.deepEqual([down.code, down.out], [0, ""], down.err);
      assert.equal(await answers(bootstrap), false);
      assert.deepEqual(await leftOf(`${folder.path}/.datapy/kafka/`), []);
      assert.deepEqual(await leftOf(`up ${folder.path}/.datapy`), []);
      const over = await folder.datapy("kafka", "down");
      assert.deepEqual([over.code, over.err], [0, "Kafka was not running\n"]);
    },
  );

  on("an ephemeral Kafka is gone after its owner was killed by SIGKILL", async () => {
    const script = new URL("./support/kafka_owner.ts", import.meta.url).href;
    const owner = tools.subprocesses.start([
      ...["env", "DATAPY_KAFKA=", `DATAPY_KAFKA_ENGINE=${engine}`],
      ...tools.subprocesses.denoCommand(script, ["-q", "--allow-all"]),
    ]);
    try {
      const bootstrap = await owner.readLine();
      assert.match(bootstrap ?? "", /^localhost:\d+$/, owner.errorTail());
      assert.ok(await answers(bootstrap!));
      const mine = `process-${owner.pid}`;
      const folder = `kafka-${owner.pid}-`;
      assert.notDeepEqual([...await leftOf(mine), ...await leftOf(folder)], []);
      await tools.subprocesses.signal(owner.pid, "KILL");
      await waitFor(async () => !await answers(bootstrap!), "the end of the broker");
      await waitFor(
        async () => (await leftOf(mine)).length + (await leftOf(folder)).length === 0,
        "no traces",
      );
      const names = (await tools.disk.list(`${BROKER_FOLDER}/tmp`)).filter((name) => name.startsWith(folder));
      assert.deepEqual(names, []);
    } finally {
      await owner.closeInput();
      await owner.ended();
    }
  });
}

Deno.test("startKafka() uses the Kafka that DATAPY_KAFKA names, and leaves it alone", async () => {
  const named = Deno.env.get("DATAPY_KAFKA");
  if (!named) return; // `deno task test` names one
  await using kafka = await startKafka({ ephemeral: true });
  assert.deepEqual([kafka.engine, kafka.bootstrap, kafka.fresh], ["external", named, false]);
  await kafka[Symbol.asyncDispose]();
  assert.ok(await answers(named));
});
