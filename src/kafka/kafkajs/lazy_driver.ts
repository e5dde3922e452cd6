import type { KafkaDriver } from "../driver.ts";

/** The kafkajs driver, loaded when it is first used: 0.1 s that a job without Kafka does not pay. */
export const kafkajsDriver: KafkaDriver = {
  listTopics: async (...given) => (await load()).listTopics(...given),
  describeTopics: async (...given) => (await load()).describeTopics(...given),
  consume: async (...given) => (await load()).consume(...given),
  produce: async (...given) => (await load()).produce(...given),
};

let loaded: Promise<KafkaDriver> | undefined;

function load(): Promise<KafkaDriver> {
  return loaded ??= import("./driver.ts").then(({ KafkajsDriver }) => new KafkajsDriver());
}
