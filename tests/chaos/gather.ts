import { Kafka, type KafkaMessage, logLevel } from "kafkajs";
import { waitFor } from "../support/wait_for.ts";
import { onServer } from "../support/postgres.ts";
import type { AuditRow, Letter, TopicRecord } from "./history.ts";
import type { ChaosJob } from "./job.ts";
import { POISON } from "./orders.ts";
import type { Scene } from "./scene.ts";

const READ_BOUND_MS = 120_000;

type Read = KafkaMessage & { readonly partition: number };

/** All records of a topic without gaps, by kafkajs' own consumer. */
async function readAll({ cluster, admin }: Scene, topic: string): Promise<readonly Read[]> {
  const ends = await admin.endOffsets(topic);
  const count = [...ends.values()].reduce((sum, end) => sum + Number(end), 0);
  const kafka = new Kafka({
    brokers: cluster.bootstrap.split(","),
    clientId: "datapy-chaos-reader",
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, maxRetryTime: 1_000 },
  });
  const consumer = kafka.consumer({
    groupId: `reader-${crypto.randomUUID().slice(0, 8)}`,
    maxWaitTimeInMs: 200,
  });
  const records = new Map<string, Read>();
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachBatch: ({ batch: { partition, messages } }) => {
        for (const message of messages) {
          records.set(`${partition}@${message.offset}`, { ...message, partition });
        }
        return Promise.resolve();
      },
    });
    await waitFor(
      () => records.size >= count,
      () => `${count} records of ${topic}, read ${records.size}`,
      READ_BOUND_MS,
    );
  } finally {
    await consumer.disconnect();
  }
  return [...records.values()].sort((a, b) =>
    a.partition - b.partition || Number(a.offset) - Number(b.offset)
  );
}

/** The topic, as it is. */
export async function readTopic(scene: Scene, { topic }: ChaosJob): Promise<readonly TopicRecord[]> {
  return (await readAll(scene, topic)).map(({ partition, offset, key, value }) => {
    const text = String(value);
    const poison = text.startsWith(POISON);
    return {
      partition,
      offset: Number(offset),
      key: String(key),
      id: poison ? text : JSON.parse(text).id,
      poison,
    };
  });
}

/** The dead letters, and the places that they say they come from. */
export async function readLetters(scene: Scene, { dead_letter_topic }: ChaosJob): Promise<readonly Letter[]> {
  return (await readAll(scene, dead_letter_topic)).map(({ partition, offset, key, value, headers }) => ({
    partition: Number(String(headers?.["__connect.errors.partition"])),
    offset: Number(String(headers?.["__connect.errors.offset"])),
    id: String(value),
    key: String(key),
    at: { partition, offset: Number(offset) },
  }));
}

/** What the job has inserted, in its order. */
export async function readAudit({ server }: Scene): Promise<readonly AuditRow[]> {
  const rows = await onServer(server.url, 'SELECT n, id, partition, "at" FROM audit ORDER BY n');
  return rows.map(([n, id, partition, at]) => ({
    n: Number(n),
    id: String(id),
    partition: Number(partition),
    offset: Number(at),
  }));
}

/** Ids of the orders. */
export async function readOrders({ server }: Scene): Promise<readonly string[]> {
  return (await onServer(server.url, "SELECT id FROM orders")).map(([id]) => String(id));
}
