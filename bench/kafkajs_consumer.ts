/** What ours is measured against: kafkajs alone, each message's commit awaited before the next one. */
import { Kafka, logLevel } from "kafkajs";
import { Meter, taskOfThisProcess } from "./child.ts";

const task = taskOfThisProcess();
const meter = new Meter(task);
const kafka = new Kafka({ brokers: [task.bootstrap], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: task.group, maxWaitTimeInMs: 200 });
await consumer.connect();
await consumer.subscribe({ topics: [task.topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ topic, partition, message }) => {
    meter.message();
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
  },
});
await meter.done;
await consumer.disconnect();
meter.tell();
Deno.exit(0);
