import { Kafka, type KafkaMessage, logLevel } from "kafkajs";
import type { Bed } from "./bed.ts";

/** A record, read past the code that is tested. */
export interface ReadRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** All records of a topic, by kafkajs' own consumer. The topic must have no gaps. */
export async function readTopic(bed: Bed, topic: string): Promise<ReadRecord[]> {
  const ends = await bed.admin.endOffsets(topic);
  const count = [...ends.values()].reduce((sum, end) => sum + Number(end), 0);
  const kafka = new Kafka({
    brokers: bed.broker.split(","),
    clientId: "datapy-test-reader",
    logLevel: logLevel.NOTHING,
  });
  const consumer = kafka.consumer({ groupId: bed.group(), maxWaitTimeInMs: 200 });
  const records: ReadRecord[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ partition, message }) => Promise.resolve(void records.push(read(partition, message))),
    });
    await bed.waitFor(
      () => records.length >= count,
      () => `${count} records of ${topic}, read ${records.length}`,
    );
  } finally {
    await consumer.disconnect();
  }
  return records;
}

function read(partition: number, { key, value, headers }: KafkaMessage): ReadRecord {
  const named = Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)] as const);
  return {
    partition,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: Object.fromEntries(named),
  };
}
