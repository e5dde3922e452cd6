import { systemClock } from "../../runtime/clock.ts";
import { setting } from "../additional_config.ts";
import type {
  AdminOptions,
  GroupInfo,
  GroupOffset,
  KafkaAdmin,
  PartitionBounds,
  PeekedRecords,
  TopicInfo,
} from "../admin.ts";
import type { ConnectionConfig } from "../connection.ts";
import { groupIsActive } from "../group_words.ts";
import { fetchRecords } from "./admin_fetch.ts";
import { AdminSession } from "./admin_session.ts";
import type { TopicMetadata } from "./broker.ts";
import { ISOLATION_LEVELS } from "./cluster.ts";
import { factsOf } from "./error_facts.ts";
import { firstTimestamps } from "./first_timestamps.ts";
import { committedBy, describeGroup, groupsOf } from "./group_admin.ts";
import { commitOffsets } from "./group_requests.ts";
import { byTopic, failedFirst } from "./partitions.ts";
import { rawRequest } from "./raw_request.ts";

/** ListOffsets' times for the ends of a log. */
const BEGINNING = -2;
const END = -1;

/** Connects for administration: see `OpenAdmin`. */
export async function openKafkajsAdmin(
  connection: ConnectionConfig,
  options: AdminOptions,
): Promise<KafkaAdmin> {
  const session = await AdminSession.open(connection, options, systemClock);
  return new KafkajsAdmin(session, connection);
}

class KafkajsAdmin implements KafkaAdmin {
  readonly #session: AdminSession;
  readonly #connection: ConnectionConfig;

  constructor(session: AdminSession, connection: ConnectionConfig) {
    this.#session = session;
    this.#connection = connection;
  }

  topics(): Promise<readonly TopicInfo[]> {
    return this.#session.call("list the topics", async (cluster) => {
      const request = { topics: [], allowAutoTopicCreation: false };
      const broker = cluster.brokerPool.seedBroker!;
      const { topicMetadata } = await rawRequest<{ topicMetadata: readonly TopicMetadata[] }>(
        broker,
        "Metadata",
        request,
      );
      return topicMetadata.map(({ topic, isInternal, partitionMetadata }) => ({
        name: topic,
        isInternal,
        partitions: partitionMetadata.map(({ partitionId }) => partitionId).sort((a, b) => a - b),
      })).sort((a, b) => a.name < b.name ? -1 : 1);
    });
  }

  async bounds(topic: string): Promise<ReadonlyMap<number, PartitionBounds>> {
    const [beginnings, ends] = await Promise.all([this.#list(topic, BEGINNING), this.#list(topic, END)]);
    const partitions = [...ends.keys()].sort((a, b) => a - b);
    return new Map(partitions.map((partition) => {
      const end = ends.get(partition) ?? 0n;
      return [partition, { beginning: beginnings.get(partition) ?? 0n, end }];
    }));
  }

  async offsetsAt(topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>> {
    const [found, ends] = await Promise.all([this.#list(topic, timestamp), this.#list(topic, END)]);
    return new Map(
      [...ends].sort(([a], [b]) => a - b).map(([partition, end]) => {
        const offset = found.get(partition) ?? -1n;
        return [partition, offset < 0n ? end : offset];
      }),
    );
  }

  groups(): Promise<readonly string[]> {
    return this.#session.call("list the consumer groups", groupsOf);
  }

  group(groupId: string): Promise<GroupInfo> {
    return this.#session.onCoordinator(
      `look at group "${groupId}"`,
      groupId,
      (broker) => describeGroup(broker, groupId),
    );
  }

  committed(groupId: string): Promise<readonly GroupOffset[]> {
    return this.#session.onCoordinator(
      `read what group "${groupId}" has committed`,
      groupId,
      (broker) => committedBy(broker, groupId),
    );
  }

  async setCommitted(groupId: string, offsets: readonly GroupOffset[]): Promise<void> {
    const found = await this.group(groupId);
    if (found.state !== "Empty" && found.state !== "Dead") throw groupIsActive(found);
    const topics = byTopic(offsets, ({ partition, offset }) => ({ partition, offset: String(offset) }));
    await this.#session.onCoordinator(`set offsets of group "${groupId}"`, groupId, async (broker) => {
      try {
        await commitOffsets(broker, { groupId, groupGenerationId: -1, memberId: "", topics });
      } catch (error) {
        // a member that came meanwhile, or one of the newer protocol, which the description does not show
        if (factsOf(error).type === "UNKNOWN_MEMBER_ID") throw groupIsActive(found);
        throw error;
      }
    });
  }

  fetch(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
    waitMs: number,
  ): Promise<readonly PeekedRecords[]> {
    const { settings } = this.#connection;
    return fetchRecords(this.#session, topic, positions, {
      waitMs,
      maxBytes: setting(settings, "fetch.max.bytes"),
      maxPartitionBytes: setting(settings, "max.partition.fetch.bytes"),
    });
  }

  firstTimestamps(
    topic: string,
    positions: ReadonlyMap<number, bigint>,
  ): Promise<ReadonlyMap<number, number>> {
    return firstTimestamps(this.#session, topic, positions);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** Offsets of all partitions at a time, or at the beginning or end; -1 where there are none so late. */
  async #list(topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>> {
    const found = await this.#session.call(
      `look up the offsets of topic "${topic}"`,
      (cluster) =>
        this.#session.onLeaders(cluster, topic, undefined, async (broker, partitions) => {
          const { responses } = await rawRequest<{ responses: readonly { partitions: readonly Listed[] }[] }>(
            broker,
            "ListOffsets",
            {
              replicaId: -1,
              isolationLevel: ISOLATION_LEVELS.read_committed,
              topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
            },
          );
          return failedFirst(topic, responses.flatMap(({ partitions }) => partitions));
        }),
    );
    return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }
}

interface Listed {
  readonly partition: number;
  readonly errorCode: number;
  readonly offset: string;
}
