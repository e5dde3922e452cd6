/** Words about the Kafka that a command talks to, and what it finds there. */
export const connectionText = {
  none: (file: string | undefined) =>
    file === undefined
      ? "No Kafka is named: give --context FILE (such as jobs/kafka_context.json), --bootstrap HOST:PORT, or set " +
        "KAFKA_BOOTSTRAP_SERVERS"
      : `No Kafka is named: ${file} has no kafka.bootstrap_servers; give --bootstrap HOST:PORT, or set ` +
        "KAFKA_BOOTSTRAP_SERVERS",
  noTopic: (topic: string, hint: string) => `There is no topic "${topic}"${hint}`,
  noGroup: (group: string, hint: string) => `There is no consumer group "${group}"${hint}`,
  noPartition: (topic: string, partition: number, count: number) =>
    `Topic "${topic}" has no partition ${partition}: it has ${count}, from 0 to ${count - 1}`,
} as const;
