import type { Buffer } from "node:buffer";
import { assignerProtocol } from "./internals.ts";

/** The name by which members of a group agree; Java's and librdkafka's clients offer it by default. */
export const RANGE = "range";

/** A member of the group and the topics that it wants. */
export interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/**
 * Kafka's range assignor: for each topic, its partitions in order are cut into as many runs as it has subscribers, in
 * the order of their ids; the first ones get one more where it does not come out even. Being Kafka's default, it lets
 * members of other clients, such as a Talend job that is being replaced, share the group.
 */
export function assignRanges(
  members: readonly Subscriber[],
  partitionsOf: (topic: string) => readonly number[],
): Map<string, Record<string, number[]>> {
  const assignment = new Map<string, Record<string, number[]>>();
  for (const { memberId } of members) assignment.set(memberId, {});
  const byId = [...members].sort((a, b) => a.memberId < b.memberId ? -1 : 1);
  for (const topic of [...new Set(members.flatMap((member) => member.topics))].sort()) {
    const partitions = [...partitionsOf(topic)].sort((a, b) => a - b);
    const subscribers = byId.filter((member) => member.topics.includes(topic));
    const each = Math.floor(partitions.length / subscribers.length);
    const more = partitions.length % subscribers.length;
    let from = 0;
    subscribers.forEach(({ memberId }, i) => {
      const to = from + each + (i < more ? 1 : 0);
      const own = assignment.get(memberId);
      if (own !== undefined && to > from) own[topic] = partitions.slice(from, to);
      from = to;
    });
  }
  return assignment;
}

/** What a member tells the group when it joins: its topics. */
export function subscription(topics: readonly string[]): { name: string; metadata: Buffer } {
  return { name: RANGE, metadata: assignerProtocol.MemberMetadata.encode({ version: 0, topics }) };
}

/** The topics that a member told the group. */
export function subscribedTopics(metadata: Buffer): readonly string[] {
  return assignerProtocol.MemberMetadata.decode(metadata).topics;
}

/** A member's partitions, to be sent to it by the leader. */
export function encodeAssignment(assignment: Record<string, number[]>): Buffer {
  return assignerProtocol.MemberAssignment.encode({ version: 0, assignment });
}

/** The partitions that the leader sent. */
export function decodeAssignment(bytes: Buffer): { topic: string; partition: number }[] {
  const assignment = assignerProtocol.MemberAssignment.decode(bytes)?.assignment ?? {};
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition }))
  );
}
