import { Buffer } from "node:buffer";
import { silentLogger } from "../../../src/core/logger.ts";
import type { JoinedGroup } from "../../../src/kafka/kafkajs/broker.ts";
import { createCluster } from "../../../src/kafka/kafkajs/cluster.ts";
import { rawRequest } from "../../../src/kafka/kafkajs/raw_request.ts";
import { plainConnection } from "../../support/kafka_admin.ts";
import type { Bed } from "./bed.ts";

/** A member of a group whose protocol is not that of consumers, such as a worker of Kafka Connect; it leaves with the bed. */
export async function foreignMember(bed: Bed, groupId: string, protocolType: string): Promise<void> {
  const cluster = createCluster(plainConnection(bed.broker), { retries: 8, log: silentLogger });
  await cluster.connect();
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const join = (memberId: string) =>
    rawRequest<JoinedGroup>(coordinator, "JoinGroup", {
      groupId,
      sessionTimeout: 30_000,
      rebalanceTimeout: 30_000,
      memberId,
      protocolType,
      groupProtocols: [{ name: "theirs", metadata: Buffer.from("x") }],
    });
  const { memberId } = await join("");
  await join(memberId);
  bed.use({
    async [Symbol.asyncDispose]() {
      await coordinator.leaveGroup({ groupId, memberId });
      await cluster.disconnect();
    },
  });
}
