import { UnavailableError } from "../../core/errors.ts";
import { type Clock, within } from "../../runtime/clock.ts";
import type { AdminOptions } from "../admin.ts";
import type { ConnectionConfig } from "../connection.ts";
import type { Broker } from "./broker.ts";
import { createCluster } from "./cluster.ts";
import { cutOff } from "./cut_off.ts";
import { isRetriable, translateError } from "./errors.ts";
import { findCoordinator } from "./group_requests.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import { listTopics } from "./list_topics.ts";

const CUT_OFF_MS = 500;
const WAIT_MS = 200;

/** A connection on which each call is tried again until its bound, and then says what it was waiting for. */
export class AdminSession {
  readonly #cluster: Cluster;
  readonly #options: AdminOptions;
  readonly #clock: Clock;

  private constructor(cluster: Cluster, options: AdminOptions, clock: Clock) {
    this.#cluster = cluster;
    this.#options = options;
    this.#clock = clock;
  }

  /** Connects. The first question is the connector's, which explains best why there is no connection. */
  static async open(
    connection: ConnectionConfig,
    options: AdminOptions,
    clock: Clock,
  ): Promise<AdminSession> {
    await listTopics(connection, options.timeoutMs, options.log, clock);
    const session = new AdminSession(createCluster(connection, { log: options.log }), options, clock);
    try {
      await session.call("connect", (cluster) => cluster.connect());
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Does some work, again and again while waiting may help. `doing` is put behind "Cannot". */
  async call<T>(doing: string, work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const end = this.#clock.now() + this.#options.timeoutMs;
    while (true) {
      const attempt = work(this.#cluster);
      if (!await within(this.#clock, Math.max(1, end - this.#clock.now()), attempt)) {
        attempt.catch(() => {}); // nobody waits for it any more
        throw new UnavailableError(
          `Cannot ${doing}: no answer within ${Math.round(this.#options.timeoutMs / 1000)} s`,
        );
      }
      try {
        return await attempt;
      } catch (error) {
        const failure = translateError(error, doing);
        if (!isRetriable(failure) || this.#clock.now() + WAIT_MS >= end) throw failure;
        await this.#clock.sleep(WAIT_MS);
        await within(this.#clock, Math.max(1, end - this.#clock.now()), this.#cluster.refreshMetadata());
      }
    }
  }

  /** Some work with a group's coordinator. */
  onCoordinator<T>(doing: string, groupId: string, work: (broker: Broker) => Promise<T>): Promise<T> {
    return this.call(doing, async (cluster) => await work(await findCoordinator(cluster, groupId)));
  }

  /**
   * Asks the leaders of a topic's partitions, each once, side by side. Throws where one has no leader now, for
   * {@link call} to try again.
   */
  async onLeaders<T>(
    cluster: Cluster,
    topic: string,
    wanted: readonly number[] | undefined,
    ask: (broker: Broker, partitions: readonly number[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    await cluster.addMultipleTargetTopics([topic]);
    const all = cluster.findTopicPartitionMetadata(topic);
    const leaders = Map.groupBy(
      wanted === undefined ? all : all.filter(({ partitionId }) => wanted.includes(partitionId)),
      ({ leader }) => leader,
    );
    if (leaders.has(-1)) throw errorFromCode(5); // LEADER_NOT_AVAILABLE
    const answers = await Promise.all([...leaders].map(async ([nodeId, partitions]) => {
      const broker = await cluster.findBroker({ nodeId });
      return await ask(broker, partitions.map(({ partitionId }) => partitionId));
    }));
    return answers.flat();
  }

  async close(): Promise<void> {
    await cutOff(this.#cluster, this.#clock, CUT_OFF_MS);
  }
}
