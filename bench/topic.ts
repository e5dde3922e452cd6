/** A script of its own: kafkajs prints a warning about timers that nobody needs to see in a benchmark. */
import { Kafka, logLevel } from "kafkajs";

/** Messages a request: enough to be quick, and far from the broker's limit of a megabyte. */
const A_REQUEST = 2_000;

/** A topic to make. */
export interface FilledTopic {
  readonly bootstrap: string;
  readonly topic: string;
  readonly partitions: number;
  readonly messages: number;
}

/** Makes a topic of that many orders, a few hundred bytes each, spread over its partitions. */
async function fillTopic({ bootstrap, topic, partitions, messages }: FilledTopic): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (let from = 0; from < messages; from += A_REQUEST) {
    const count = Math.min(A_REQUEST, messages - from);
    const orders = Array.from({ length: count }, (_, i) => ({
      partition: (from + i) % partitions,
      key: `C-${(from + i) % 500}`,
      value: JSON.stringify({
        order_id: `A-${from + i}`,
        customer_id: `C-${(from + i) % 500}`,
        amount: (from + i) % 1000,
        lines: [{ sku: "TEA", quantity: 2, price: 15.25 }, { sku: "MUG", quantity: 1, price: 10 }],
      }),
    }));
    await producer.send({ topic, messages: orders });
  }
  await producer.disconnect();
}

if (import.meta.main) {
  await fillTopic(JSON.parse(Deno.args[0] ?? ""));
  Deno.exit(0);
}
