import assert from "node:assert/strict";
import { silentLogger } from "../../src/core/logger.ts";
import { Secret } from "../../src/core/secret.ts";
import { engineApi } from "../../src/dev/shared/engine_api.ts";
import type { ConnectionConfig } from "../../src/kafka/connection.ts";
import { KafkajsDriver } from "../../src/kafka/kafkajs/driver.ts";
import { DatapyFolder } from "../integration/support/datapy_command.ts";
import { answers, container, leftOf, MISSING, onEngine, run } from "../integration/support/engines.ts";
import { dedicatedBroker, testUnless } from "../support/broker.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { KafkaAdmin, plainConnection } from "../support/kafka_admin.ts";
import { waitFor } from "../support/wait_for.ts";

for (const engine of ["jvm", "container"] as const) {
  const on = (what: string, fn: () => Promise<void>) => onEngine(engine, what, fn);

  on("kafka up in two places at once: both print the same address", async () => {
    await using folder = await DatapyFolder.make({ DATAPY_KAFKA_ENGINE: engine });
    const [one, other] = await Promise.all([folder.datapy("kafka", "up"), folder.datapy("kafka", "up")]);
    assert.deepEqual([one.code, other.code], [0, 0], one.err + other.err);
    assert.equal(one.out, other.out);
    assert.equal([one, other].filter(({ err }) => err.includes("up already")).length, 1, one.err + other.err);
  });

  on("kafka up after the broker was killed: status notices, up starts it again", async () => {
    await using folder = await DatapyFolder.make({ DATAPY_KAFKA_ENGINE: engine });
    const first = await folder.datapy("kafka", "up");
    assert.equal(first.code, 0, first.err);
    const { pid, id } = await folder.state();
    if (engine === "jvm") await run("sh", "-c", 'kill -KILL "$0"', String(pid));
    else await engineApi(container.address!).tell(id, "kill");
    await waitFor(async () => !await answers(first.out.trim()), "the end of the broker");
    const status = await folder.datapy("kafka", "status");
    assert.deepEqual([status.code, status.out], [1, ""], status.err);
    const second = await folder.datapy("kafka", "up");
    assert.equal(second.code, 0, second.err);
    assert.ok(await answers(second.out.trim()));
  });

  on(
    "kafka up --brokers 3: three addresses; what was killed is noticed, and started again; nothing is left",
    async () => {
      await using folder = await DatapyFolder.make({ DATAPY_KAFKA_ENGINE: engine });
      const first = await folder.datapy("kafka", "up", "--brokers", "3");
      assert.equal(first.code, 0, first.err);
      assert.match(first.out, /^localhost:\d+,localhost:\d+,localhost:\d+\n$/);
      const admin = await KafkaAdmin.connect(first.out.trim());
      await admin.createTopic("kept", 2, 3).finally(() => admin.disconnect());
      const status = await folder.datapy("kafka", "status");
      assert.deepEqual([status.code, status.out], [0, first.out], status.err);
      const other = await folder.datapy("kafka", "up", "--brokers", "1");
      assert.deepEqual([other.code, other.out], [78, ""], other.err);
      assert.match(other.err, /it is up with 3; end it by "kafka down" first/);

      const { pid, id } = await folder.state();
      if (engine === "jvm") await run("sh", "-c", 'kill -KILL "$0"', String(pid));
      else await engineApi(container.address!).tell(id, "kill");
      const [killed = ""] = first.out.split(",");
      await waitFor(async () => !await answers(killed), "the end of a broker");
      const partly = await folder.datapy("kafka", "status");
      assert.deepEqual([partly.code, partly.out], [1, ""], partly.err);
      assert.ok(partly.err.includes(`does not answer at ${killed};`), partly.err);
      const again = await folder.datapy("kafka", "up");
      assert.equal(again.code, 0, again.err);
      const topics = await new KafkajsDriver().listTopics(plainConnection(again.out.trim()), 20_000);
      assert.deepEqual(topics, ["kept"]);
      const down = await folder.datapy("kafka", "down");
      assert.deepEqual([down.code, down.out], [0, ""], down.err);
      assert.deepEqual(await leftOf(`${folder.path}/.datapy/kafka/`), []);
      assert.deepEqual(await leftOf(`up ${folder.path}/.datapy`), []);
    },
  );

  on("Broker pauses, goes on, is killed and starts again with its topics", async () => {
    await using broker = await dedicatedBroker({ engine, partitions: 2 });
    assert.equal(broker.engine, engine);
    const driver = new KafkajsDriver();
    const connection = plainConnection(broker.bootstrap);
    await using producer = new AsyncDisposableStack();
    const session = await driver.produce(connection, silentLogger);
    producer.defer(() => session.close());
    const record = { key: null, value: new TextEncoder().encode("1"), headers: [] };
    await session.send("kept", [record], 10_000);
    await broker.pause();
    assert.equal(await answers(broker.bootstrap), false);
    await broker.resume();
    await waitFor(() => answers(broker.bootstrap), "an answer");
    await broker.kill();
    assert.equal(await answers(broker.bootstrap), false);
    await broker.restart();
    assert.deepEqual(await driver.listTopics(connection, 10_000), ["kept"]);
    await broker.stop();
    assert.equal(await answers(broker.bootstrap), false);
    await broker.restart();
    assert.deepEqual(await driver.listTopics(connection, 10_000), ["kept"]);
    assert.match(await broker.logTail(), /INFO/);
  });

  const noSecurity = MISSING[engine] ?? (await hasOpenssl() ? undefined : "there is no openssl");
  testUnless(
    noSecurity,
    `startKafka() opens listeners with SASL_SSL and SASL_PLAINTEXT (${engine})`,
    async () => {
      const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
      try {
        const files = await makeCertificates(folder);
        const [certificate, key, ca] = await Promise.all(
          [files.brokerCert, files.brokerKey, files.ca].map((file) => Deno.readTextFile(file)),
        );
        await using broker = await dedicatedBroker({
          engine,
          listeners: [
            {
              name: "tls",
              protocol: "SASL_SSL",
              mechanisms: ["SCRAM-SHA-512"],
              tls: { certificate: certificate!, key: key! },
            },
            { name: "plain", protocol: "SASL_PLAINTEXT", mechanisms: ["PLAIN", "SCRAM-SHA-256"] },
          ],
          users: [
            { username: "ann", password: 'se"cr\\et', mechanism: "PLAIN" },
            { username: "bob", password: "open-sesame", mechanism: "SCRAM-SHA-256" },
            { username: "cid", password: "open-sesame", mechanism: "SCRAM-SHA-512" },
          ],
        });
        const list = (listener: string, over: Partial<ConnectionConfig>) =>
          new KafkajsDriver().listTopics(
            { ...plainConnection(broker.listeners[listener]!), ...over },
            15_000,
          );
        const sasl = (
          mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512",
          username: string,
          password: string,
        ) => ({
          mechanism,
          username,
          password: new Secret(password),
        });
        const tls = {
          ca,
          certificate: undefined,
          key: undefined,
          keyPassword: undefined,
          verifyHostName: true,
        };
        const encrypted = { securityProtocol: "SASL_SSL", tls } as const;
        const open = { securityProtocol: "SASL_PLAINTEXT" } as const;
        await list("tls", { ...encrypted, sasl: sasl("SCRAM-SHA-512", "cid", "open-sesame") });
        await list("plain", { ...open, sasl: sasl("PLAIN", "ann", 'se"cr\\et') });
        await list("plain", { ...open, sasl: sasl("SCRAM-SHA-256", "bob", "open-sesame") });
        await assert.rejects(list("plain", { ...open, sasl: sasl("SCRAM-SHA-256", "bob", "wrong-word") }));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}
