import type { ConnectionConfig } from "../../src/kafka/connection.ts";
import { memoryAdmin } from "../../src/kafka/memory/admin.ts";
import { MemoryBroker, type MemoryBrokerOptions } from "../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../src/kafka/memory/driver.ts";
import { type DriverFixture, FIXTURE_SETTINGS } from "../contract/fixture.ts";

/** Leads nowhere: the memory driver does not look at it. */
export const MEMORY_CONNECTION: ConnectionConfig = {
  brokers: ["memory:9092"],
  securityProtocol: "PLAINTEXT",
  sasl: undefined,
  tls: undefined,
  clientId: "test",
  settings: FIXTURE_SETTINGS,
};

/** A fixture with its broker, to break it. */
export interface MemoryFixture extends DriverFixture {
  readonly broker: MemoryBroker;
}

/** A Kafka in memory. */
export function memoryFixture(options: MemoryBrokerOptions = {}): MemoryFixture {
  const broker = new MemoryBroker(options);
  return {
    broker,
    driver: new MemoryDriver(broker),
    openAdmin: memoryAdmin(broker),
    connection: MEMORY_CONNECTION,
    createTopic: async (topic, partitions) => await broker.createTopic(topic, partitions),
    addPartitions: async (topic, total) => await broker.addPartitions(topic, total),
    append: (topic, records) => {
      for (const record of records) broker.append(topic, record);
      return Promise.resolve();
    },
    appendInvisible: async (topic, partition, count) => await broker.log(topic, partition).appendGap(count),
    truncate: async (topic, partition, before) => await broker.log(topic, partition).truncate(before),
    committed: async (groupId, topic) => await broker.committed(groupId, topic),
    endOffsets: async (topic) => await broker.endOffsets(topic),
    dropMember: async (groupId) => await broker.dropMember(groupId),
    [Symbol.asyncDispose]: async () => {},
  };
}
