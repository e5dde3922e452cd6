import { UnavailableError } from "../../core/errors.ts";
import { type Clock, within } from "../../runtime/clock.ts";
import type { ConsumerOptions, OffsetCommit, TopicPartition } from "../driver.ts";
import type { Broker, JoinedGroup } from "./broker.ts";
import { factsOf } from "./error_facts.ts";
import { notThereNow } from "./errors.ts";
import { commitOffsets, findCoordinator } from "./group_requests.ts";
import { hangUp, isUnanswered } from "./half_open.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import { byTopic } from "./partitions.ts";
import {
  assignRanges,
  decodeAssignment,
  encodeAssignment,
  subscribedTopics,
  subscription,
} from "./range_assigner.ts";
import { rawRequest } from "./raw_request.ts";

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
  #joining = false;
  #left = false;

  constructor(cluster: Cluster, options: ConsumerOptions, clock: Clock) {
    this.#cluster = cluster;
    this.#options = options;
    this.#clock = clock;
  }

  /** Joins, or joins again, and waits for the group to share out the partitions; returns this member's. */
  async join(): Promise<TopicPartition[]> {
    const { groupId } = this.#options;
    this.#joining = true;
    try {
      const coordinator = await this.#findCoordinator();
      const joined = await this.#enter(coordinator);
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
      if (isUnanswered(error)) this.disconnect(); // or the next join would wait on the same dead connection
      this.#coordinator = undefined;
      throw error;
    } finally {
      this.#joining = false;
    }
  }

  /**
   * Asks to be let in, which waits for the group. The group tells a new member its id first: kept at once, so that it can
   * leave even while it waits.
   */
  async #enter(coordinator: Broker): Promise<JoinedGroup> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, topics } = this.#options;
    while (!this.#left) {
      const answer = await rawRequest<JoinedGroup>(coordinator, "JoinGroup", {
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType: "consumer",
        groupProtocols: [subscription(topics)],
      });
      if (answer.errorCode === 0) return answer;
      const error = errorFromCode(answer.errorCode);
      if (error.type !== "MEMBER_ID_REQUIRED") throw error;
      this.#memberId = answer.memberId;
    }
    throw new UnavailableError(`the consumer has left group "${groupId}"`);
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
      commitOffsets(coordinator, {
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

  /**
   * Gives the partitions back at once, instead of by the session timeout, and lets no join begin any more. Never rejects.
   */
  async leave(): Promise<void> {
    const { groupId } = this.#options;
    const memberId = this.#memberId;
    this.#left = true;
    this.#memberId = "";
    if (memberId === "") return;
    if (this.#joining) this.disconnect(); // where a join waits for its answer, the broker reads no further
    const leaving = this.#findCoordinator().then((coordinator) =>
      coordinator.leaveGroup({ groupId, memberId })
    );
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
      this.#coordinator = await findCoordinator(this.#cluster, this.#options.groupId);
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
      throw notThereNow(error, this.#options.topics.join(" or "));
    }
  }

  async #share(
    members: readonly { memberId: string; memberMetadata: Parameters<typeof subscribedTopics>[0] }[],
  ) {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: subscribedTopics(memberMetadata),
    }));
    // a topic that another member wants may not be there, or not for this user: then nobody gets it
    await this.#cluster.addMultipleTargetTopics(subscribers.flatMap(({ topics }) => topics)).catch(() => {});
    await this.#cluster.refreshMetadata(); // all members begin with the same, newest partitions
    const shares = assignRanges(
      subscribers,
      (topic) => this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    );
    return [...shares].map(([memberId, share]) => ({ memberId, memberAssignment: encodeAssignment(share) }));
  }
}
