import { openKafkajsAdmin } from "../../src/kafka/kafkajs/admin.ts";
import { KafkajsDriver } from "../../src/kafka/kafkajs/driver.ts";
import { KafkaAdmin, plainConnection } from "../support/kafka_admin.ts";
import { driverContract } from "./driver_contract.ts";
import { type DriverFixture, FIXTURE_SETTINGS } from "./fixture.ts";

const broker = Deno.env.get("DATAPY_KAFKA");

async function kafkajsFixture(): Promise<DriverFixture> {
  const admin = await KafkaAdmin.connect(broker!);
  return {
    driver: new KafkajsDriver(),
    openAdmin: openKafkajsAdmin,
    connection: plainConnection(broker!, FIXTURE_SETTINGS),
    createTopic: (topic, partitions) => admin.createTopic(topic, partitions),
    addPartitions: (topic, total) => admin.addPartitions(topic, total),
    append: (topic, records) => admin.append(topic, records),
    appendInvisible: (topic, partition, count) => admin.appendAborted(topic, partition, count),
    truncate: (topic, partition, before) => admin.truncate(topic, partition, before),
    committed: (groupId, topic) => admin.committed(groupId, topic),
    endOffsets: (topic) => admin.endOffsets(topic),
    dropMember: (groupId) => admin.dropMember(groupId),
    [Symbol.asyncDispose]: () => admin[Symbol.asyncDispose](),
  };
}

const where = broker === undefined
  ? "kafkajs driver (skipped: DATAPY_KAFKA names no broker)"
  : "kafkajs driver";
driverContract(where, kafkajsFixture, broker === undefined);
