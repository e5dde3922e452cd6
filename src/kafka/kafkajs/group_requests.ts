import type { Broker, TopicPartitions } from "./broker.ts";
import { factsOf } from "./error_facts.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import { rawRequest } from "./raw_request.ts";

/** What is committed, of which group and by whom. */
export type OffsetCommitRequest = Parameters<Broker["offsetCommit"]>[0];

interface OffsetCommitAnswer {
  readonly responses: readonly TopicPartitions<{ readonly errorCode: number }>[];
}

/**
 * The coordinator of a group. kafkajs asks every broker, swallows what they answer and says no more than that it has not
 * found one; then they are asked once more, for the reason: a group that is not authorised is no outage.
 */
export async function findCoordinator(cluster: Cluster, groupId: string): Promise<Broker> {
  try {
    return await cluster.findGroupCoordinator({ groupId });
  } catch (error) {
    if (!factsOf(error).names.includes("KafkaJSGroupCoordinatorNotFound")) throw error;
    throw await reasonOf(cluster, groupId) ?? error;
  }
}

async function reasonOf(cluster: Cluster, groupId: string): Promise<Error | undefined> {
  const broker = Object.values(cluster.brokerPool.brokers).find((broker) => broker.isConnected());
  if (broker === undefined) return undefined;
  try {
    const { errorCode } = await rawRequest<{ errorCode: number }>(broker, "GroupCoordinator", { groupId });
    return errorCode === 0 ? undefined : errorFromCode(errorCode);
  } catch {
    return undefined; // it went away meanwhile
  }
}

/** Commits. Where a topic is refused, the error names it in `topic`; kafkajs' own does not. */
export async function commitOffsets(coordinator: Broker, request: OffsetCommitRequest): Promise<void> {
  const { responses } = await rawRequest<OffsetCommitAnswer>(coordinator, "OffsetCommit", request);
  for (const { topic, partitions } of responses) {
    const failed = partitions.find(({ errorCode }) => errorCode !== 0);
    if (failed === undefined) continue;
    const error = errorFromCode(failed.errorCode);
    throw /TOPIC/.test(error.type) ? Object.assign(error, { topic }) : error;
  }
}
