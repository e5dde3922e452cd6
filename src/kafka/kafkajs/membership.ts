import type { Clock } from "../../runtime/clock.ts";
import { within } from "../../runtime/clock.ts";
import type { ConsumerOptions, OffsetCommit, TopicPartition } from "../driver.ts";
import type { Broker } from "./broker.ts";
import { factsOf } from "./error_facts.ts";
import { hangUp, isUnanswered } from "./half_open.ts";
import type { Cluster } from "./internals.ts";
import { byTopic } from "./partitions.ts";
import {
  assignRanges,
  decodeAssignment,
  encodeAssignment,
  subscribedTopics,
  subscription,
} from "./range_assigner.ts";

/** Bound of leaving the group, in milliseconds: if it is late, the group notices by the session timeout. */
const LEAVE_MS = 2_000;

const FORGOTTEN = ["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "FENCED_INSTANCE_ID"];

/** Whether an error says that the group goes on without this member. */
export function isForgotten(error: unknown): boolean {
  return FORGOTTEN.includes(factsOf(error).type ?? "");
}

/** Whether an error says that the group is redistributing its partitions. */
export function isRebalance(error: unknown): boolean {
  return factsOf(error).type === "REBALANCE_IN_PROGRESS";
}

/** One membership of a consumer group: join, heartbeat, commit, leave. Errors are kafkajs' own; each call is one try. */
export class Membership {
  readonly #cluster: Cluster;
  readonly #options: ConsumerOptions;
  readonly #clock: Clock;
  #coordinator: Broker | undefined;
  #memberId = "";
  #generationId = -1;

  constructor(cluster: Cluster, options: ConsumerOptions, clock: Clock) {
    this.#cluster = cluster;
    this.#options = options;
    this.#clock = clock;
  }

  /** Joins, or joins again, and waits for the group to share out the partitions; returns this member's. */
  async join(): Promise<TopicPartition[]> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, topics } = this.#options;
    try {
      const coordinator = await this.#findCoordinator();
      const joined = await coordinator.joinGroup({
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [subscription(topics)],
      });
      this.#memberId = joined.memberId;
      this.#generationId = joined.generationId;
      const leads = joined.leaderId === joined.memberId;
      const { memberAssignment } = await coordinator.syncGroup({
        groupId,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: leads ? await this.#share(joined.members) : [],
      });
      return decodeAssignment(memberAssignment);
    } catch (error) {
      // after an illegal generation the group still knows the member: joining anew would leave a ghost behind
      if (factsOf(error).type === "UNKNOWN_MEMBER_ID") this.#memberId = "";
      this.#coordinator = undefined;
      throw error;
    }
  }

  /** Tells the group that this member lives. */
  async heartbeat(): Promise<void> {
    await this.#asking((coordinator) =>
      coordinator.heartbeat({
        groupId: this.#options.groupId,
        groupGenerationId: this.#generationId,
        memberId: this.#memberId,
      })
    );
  }

  /** Commits in the present generation. */
  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    await this.#asking((coordinator) =>
      coordinator.offsetCommit({
        groupId: this.#options.groupId,
        groupGenerationId: this.#generationId,
        memberId: this.#memberId,
        topics: byTopic(offsets, ({ partition, offset }) => ({ partition, offset: offset.toString() })),
      })
    );
  }

  /** What the group has committed; partitions of which it has committed nothing are left out. */
  async committed(partitions: readonly TopicPartition[]): Promise<(TopicPartition & { offset: bigint })[]> {
    const topics = byTopic(partitions, ({ partition }) => ({ partition }));
    const { responses } = await this.#asking((coordinator) =>
      coordinator.offsetFetch({ groupId: this.#options.groupId, topics })
    );
    return responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
    ).filter(({ offset }) => offset >= 0n);
  }

  /** Gives the partitions back at once, instead of by the session timeout. Never rejects. */
  async leave(): Promise<void> {
    if (this.#memberId === "" || this.#coordinator === undefined) return;
    const leaving = this.#coordinator.leaveGroup({
      groupId: this.#options.groupId,
      memberId: this.#memberId,
    });
    this.#memberId = "";
    await within(this.#clock, LEAVE_MS, leaving);
  }

  /** The next request looks for the coordinator, on new connections. */
  disconnect(): void {
    const coordinator = this.#coordinator;
    this.#coordinator = undefined;
    if (coordinator === undefined) return;
    hangUp(this.#cluster, coordinator);
  }

  async #findCoordinator(): Promise<Broker> {
    if (this.#coordinator?.isConnected() !== true) {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadataIfNecessary();
      this.#coordinator = await this.#cluster.findGroupCoordinator({ groupId: this.#options.groupId });
    }
    return this.#coordinator;
  }

  async #asking<T>(ask: (coordinator: Broker) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.#findCoordinator());
    } catch (error) {
      const { type } = factsOf(error);
      if (isUnanswered(error)) this.disconnect();
      else if (type === undefined || /COORDINATOR/.test(type)) this.#coordinator = undefined;
      throw error;
    }
  }

  async #share(
    members: readonly { memberId: string; memberMetadata: Parameters<typeof subscribedTopics>[0] }[],
  ) {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: subscribedTopics(memberMetadata),
    }));
    await this.#cluster.addMultipleTargetTopics(subscribers.flatMap(({ topics }) => topics));
    await this.#cluster.refreshMetadata(); // all members begin with the same, newest partitions
    const shares = assignRanges(
      subscribers,
      (topic) => this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    );
    return [...shares].map(([memberId, share]) => ({ memberId, memberAssignment: encodeAssignment(share) }));
  }
}
