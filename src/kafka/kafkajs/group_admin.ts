import type { Buffer } from "node:buffer";
import type { GroupInfo, GroupOffset } from "../admin.ts";
import type { TopicPartition } from "../driver.ts";
import type { Broker, TopicPartitions } from "./broker.ts";
import { assignerProtocol, type Cluster, errorFromCode } from "./internals.ts";
import { rawRequest } from "./raw_request.ts";

/** A DescribeGroups answer (src/protocol/requests/describeGroups/v0/response.js). */
interface DescribedGroups {
  readonly groups: readonly {
    readonly errorCode: number;
    readonly state: string;
    readonly protocolType: string;
    readonly members: readonly {
      readonly memberId: string;
      readonly clientId: string;
      readonly clientHost: string;
      readonly memberAssignment: Buffer;
    }[];
  }[];
}

/** Ids of the consumer groups of all brokers: each lists those that it coordinates. */
export async function groupsOf(cluster: Cluster): Promise<readonly string[]> {
  await cluster.refreshMetadata();
  const lists = await Promise.all(
    cluster.getNodeIds().map(async (nodeId) => {
      const broker = await cluster.findBroker({ nodeId });
      const { errorCode, groups } = await rawRequest<
        { errorCode: number; groups: readonly { groupId: string; protocolType: string }[] }
      >(broker, "ListGroups", {});
      if (errorCode !== 0) throw errorFromCode(errorCode);
      // a group that was only ever committed to from outside has no protocol
      return groups.filter(({ protocolType }) => ["consumer", ""].includes(protocolType));
    }),
  );
  return [...new Set(lists.flat().map(({ groupId }) => groupId))].sort();
}

/** A group, as its coordinator describes it. */
export async function describeGroup(coordinator: Broker, groupId: string): Promise<GroupInfo> {
  const { groups } = await rawRequest<DescribedGroups>(coordinator, "DescribeGroups", {
    groupIds: [groupId],
  });
  const [group] = groups;
  if (group === undefined) return { groupId, state: "Dead", members: [] };
  if (group.errorCode !== 0) throw errorFromCode(group.errorCode);
  const members = group.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
    memberId,
    clientId,
    host: clientHost,
    partitions: partitionsOf(memberAssignment),
  }));
  return { groupId, state: group.state, members };
}

/** What a member was given; nothing while the group is redistributing its partitions. */
function partitionsOf(assignment: Buffer | null): readonly TopicPartition[] {
  if (assignment === null || assignment.length === 0) return [];
  const decoded = assignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {};
  return Object.entries(decoded).flatMap(([topic, partitions]) =>
    [...partitions].sort((a, b) => a - b).map((partition) => ({ topic, partition }))
  );
}

/** All that a group has committed. */
export async function committedBy(coordinator: Broker, groupId: string): Promise<readonly GroupOffset[]> {
  const { errorCode, responses } = await rawRequest<{
    errorCode?: number;
    responses: readonly TopicPartitions<{ partition: number; offset: string; errorCode: number }>[];
  }>(coordinator, "OffsetFetch", { groupId, topics: [] }); // kafkajs writes an empty list as null, which means all
  if (errorCode !== undefined && errorCode !== 0) throw errorFromCode(errorCode);
  const offsets = responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset, errorCode }) => {
      if (errorCode !== 0) throw Object.assign(errorFromCode(errorCode), { topic });
      return { topic, partition, offset: BigInt(offset) };
    })
  );
  return offsets.filter(({ offset }) => offset >= 0n).sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
  );
}
