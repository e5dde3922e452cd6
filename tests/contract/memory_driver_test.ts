import { MemoryBroker } from "../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../src/kafka/memory/driver.ts";
import { driverContract } from "./driver_contract.ts";
import { type DriverFixture, FIXTURE_SETTINGS } from "./fixture.ts";

function memoryFixture(): Promise<DriverFixture> {
  const broker = new MemoryBroker();
  return Promise.resolve({
    driver: new MemoryDriver(broker),
    connection: {
      brokers: ["memory:9092"],
      securityProtocol: "PLAINTEXT",
      sasl: undefined,
      tls: undefined,
      clientId: "contract",
      settings: FIXTURE_SETTINGS,
    },
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
  });
}

driverContract("memory driver", memoryFixture);
