import assert from "node:assert/strict";
import { runMod } from "../../../mod.ts";
import { memoryConnection, memoryDriverOf } from "../../../src/testing/memory_connection.ts";
import { runProcessor } from "../../../src/testing/run_processor.ts";

/** A job whose first commit is never answered, with these settings of its connection: what it warns of, and commits. */
async function runWith(additional_config: Readonly<Record<string, number>>) {
  const kafka = memoryConnection({ orders: 1 });
  memoryDriverOf(kafka).broker.requests.commit.gate.loseNext();
  const main = async () => {
    const { artifacts: { connection } } = await runMod("kafka_connector", {
      bootstrap_servers: "kafka:9092",
      security_protocol: "PLAINTEXT",
      additional_config,
    });
    await runMod("kafka_consumer", {
      connection,
      topics: ["orders"],
      group_id: "g",
      message_processor: () => ({ status: "success" }),
    });
  };
  const run = await runProcessor(main, { orders: [{ value: 1 }, { value: 2 }] }, { kafka });
  assert.deepEqual([run.exitCode, run.committed], [0, { orders: { 0: 2 } }]);
  return run.warnings.filter((warning) => /no answer and no failure/.test(warning));
}

Deno.test("kafka_consumer derives the bounds of its own steps from the settings of its connection", async () => {
  const [warning] = await runWith({});
  assert.match(warning ?? "", /^commit has waited for 110 s, .* in 110 s more the consumer is made anew$/);
  const [quick] = await runWith({ "request.timeout.ms": 1_000, "socket.connection.setup.timeout.ms": 500 });
  assert.match(quick ?? "", /^commit has waited for 15 s, .* in 14 s more the consumer is made anew$/);
});
