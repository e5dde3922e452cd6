import { type Admin, ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import type { Bed } from "./bed.ts";

/** A new topic with settings of its own, deleted with the bed. */
export async function topicWith(bed: Bed, configs: Readonly<Record<string, string>>): Promise<string> {
  const topic = `with-${crypto.randomUUID().slice(0, 13)}`;
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await administer(bed, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
  });
  bed.use({ [Symbol.asyncDispose]: () => deleteTopic(bed, topic) });
  return topic;
}

/** Changes settings of a topic; those that are not named are set back. */
export async function configureTopic(
  bed: Bed,
  topic: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  await administer(bed, async (admin) => void await admin.alterConfigs({ validateOnly: false, resources }));
}

/** Makes topics that nobody deletes: for a broker that goes away. */
export async function createTopics(
  bed: Bed,
  topics: readonly { readonly topic: string; readonly partitions: number }[],
): Promise<void> {
  await administer(bed, async (admin) => {
    const wanted = topics.map(({ topic, partitions }) => ({ topic, numPartitions: partitions }));
    await admin.createTopics({ topics: wanted, waitForLeaders: true, timeout: 60_000 });
  });
}

/** Deletes a topic that is there. */
export async function deleteTopic(bed: Bed, topic: string): Promise<void> {
  await administer(bed, (admin) => admin.deleteTopics({ topics: [topic] }));
}

/** Names of all topics. */
export async function topicNames(bed: Bed): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await administer(bed, async (admin) => void (names = await admin.listTopics()));
  return names;
}

async function administer(bed: Bed, act: (admin: Admin) => Promise<unknown>): Promise<void> {
  const kafka = new Kafka({ brokers: [bed.broker], clientId: "datapy-test", logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.disconnect();
  }
}
