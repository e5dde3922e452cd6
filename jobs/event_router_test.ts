/** The job as it is, on topics in memory: needs no Kafka. */
import assert from "node:assert/strict";
import { runProcessor } from "../testing.ts";
import { main } from "./event_router.ts";

const settings = {
  "router.input_topic": "events",
  "router.account_topic": "accounts",
  "router.customer_topic": "customers",
};

Deno.test("each event goes to the topic of its type, under its key", async () => {
  const events = [
    { value: { event_type: "ACCOUNT_ADD", account_id: "A-1" } },
    { value: { event_type: "CUSTOMER_ADD", customer_id: "C-7" } },
  ];
  const run = await runProcessor(main, { events }, { settings });
  assert.equal(run.exitCode, 0, String(run.error));
  const keys = (topic: string) => run.produced[topic]?.map(({ key }) => key);
  assert.deepEqual([keys("accounts"), keys("customers")], [["A-1"], ["C-7"]]);
  assert.deepEqual(run.committed, { events: { 0: 2 } });
});

Deno.test("an event of another type is skipped, and goes nowhere", async () => {
  const run = await runProcessor(main, { events: [{ value: { event_type: "ORDER_ADD" } }] }, { settings });
  assert.deepEqual(run.skipped.map(({ offset }) => offset), [0]);
  assert.deepEqual([run.produced, run.committed], [{}, { events: { 0: 1 } }]);
});
