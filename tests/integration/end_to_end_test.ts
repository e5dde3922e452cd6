import assert from "node:assert/strict";
import { runMod } from "../../mod.ts";
import { Consuming } from "./support/consuming.ts";
import { onKafka } from "./support/on_kafka.ts";
import { readTopic } from "./support/read_topic.ts";

const ORDERS = 200;
const CUSTOMERS = 7;

onKafka("test_end_to_end_consumer_producer", async (bed) => {
  const [input, output] = [await bed.topic(3), await bed.topic(3)];
  const group = bed.group();
  const connection = await bed.connect();

  // produce
  const orders = Array.from({ length: ORDERS }, (_, i) => ({
    order_id: `o-${i}`,
    customer_id: `c-${i % CUSTOMERS}`,
    amount: i / 4,
    note: i % 3 === 0 ? null : `"quoted", \${kafka.password}\n${i}`,
  }));
  const produced = await runMod("kafka_producer", {
    connection,
    topic: input,
    data: orders,
    key_column: "order_id",
    headers: { source: "the test" },
  });
  assert.deepEqual([produced.status, produced.artifacts.sent.length], ["success", ORDERS]);

  // consume, transform, produce
  const consuming = await Consuming.start(bed, { topics: [input], group_id: group }, async (message) => {
    assert.equal(message.headers["source"], "the test");
    const parsed = await runMod("json_parser", { json_string: message.value });
    const mapped = await runMod("data_mapper", {
      data: parsed.artifacts.data,
      column_mapping: { customer_id: "cust_id" },
    });
    await runMod("kafka_producer", {
      connection,
      topic: output,
      data: mapped.artifacts.data,
      key_column: "cust_id",
      headers: { source: "datapy" },
      flush_after_send: message.offset % 2 === 0, // either way it is acknowledged before the commit
    });
    return { status: "success" };
  });
  await bed.committedAll(group, input);
  assert.equal((await consuming.stop()).artifacts.stats.processed, ORDERS);

  // verify
  const records = await readTopic(bed, output);
  const byId = new Map(records.map((record) => [JSON.parse(record.value ?? "").order_id, record]));
  assert.deepEqual([records.length, byId.size], [ORDERS, ORDERS]);
  for (const { order_id, customer_id, ...rest } of orders) {
    const record = byId.get(order_id);
    assert.deepEqual(JSON.parse(record?.value ?? ""), { order_id, cust_id: customer_id, ...rest });
    assert.deepEqual([record?.key, record?.headers], [customer_id, { source: "datapy" }]);
  }
  const places = new Set(records.map(({ key, partition }) => `${key} in ${partition}`));
  assert.equal(places.size, CUSTOMERS, "a key has one partition");
});
