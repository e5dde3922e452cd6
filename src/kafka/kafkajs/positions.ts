import { ConfigurationError } from "../../core/errors.ts";
import { placesOf } from "../../core/places.ts";
import type { Assignment, ConsumerOptions, OffsetCommit, TopicPartition } from "../driver.ts";
import type { Cluster } from "./internals.ts";
import type { Membership } from "./membership.ts";
import { byTopic, keyOf } from "./partitions.ts";

let lastEpoch = 0;

/** The next epoch of this process. */
export function nextEpoch(): number {
  return ++lastEpoch;
}

/** Finds where to begin reading a partition, and commits what `auto_offset_reset` chose before anything is read. */
export class Positions {
  readonly #cluster: Cluster;
  readonly #membership: Membership;
  readonly #options: ConsumerOptions;
  /** Partitions that were there when the consumer started: what appears later starts at earliest. */
  #known: ReadonlySet<string> | undefined;
  /** Partitions of which the group certainly had something committed: where it has not, their topic was made again. */
  readonly #committed = new Set<string>();

  constructor(cluster: Cluster, membership: Membership, options: ConsumerOptions) {
    this.#cluster = cluster;
    this.#membership = membership;
    this.#options = options;
  }

  /** The assignments of partitions that the group gave to this member. */
  async of(partitions: readonly TopicPartition[]): Promise<Assignment[]> {
    this.#known ??= this.#present();
    if (partitions.length === 0) return [];
    const committed = new Map(
      (await this.#membership.committed(partitions)).map((found) => [keyOf(found), found.offset]),
    );
    const fresh = partitions.filter((partition) => !committed.has(keyOf(partition)));
    this.#forget(fresh.filter((partition) => this.#committed.has(keyOf(partition))));
    const chosen = await this.#choose(fresh, "nothing is committed for it");
    await this.#commit(chosen);
    for (const partition of partitions) this.#committed.add(keyOf(partition));
    this.#tell(fresh);
    return partitions.map(({ topic, partition }) => {
      const key = keyOf({ topic, partition });
      const before = committed.get(key) ?? null;
      const position = before ?? chosen.get(key)?.offset ?? 0n;
      // what was chosen is committed by now, so there is nothing to commit again
      return { topic, partition, epoch: nextEpoch(), position, committed: position };
    });
  }

  /** A position does not exist any more: where `auto_offset_reset` says to go on, committed. */
  async reset(lost: Assignment): Promise<Assignment> {
    const chosen = await this.#choose([lost], `offset ${lost.position} does not exist any more`);
    await this.#commit(chosen);
    const position = chosen.get(keyOf(lost))?.offset ?? 0n;
    return { ...lost, epoch: nextEpoch(), position, committed: position };
  }

  /**
   * Which of these are partitions of a topic that was made again: with the one before it brokers have dropped what the group
   * had committed, and something always is. They begin as partitions that appear later do.
   */
  async remade(partitions: readonly Assignment[]): Promise<Assignment[]> {
    const committed = new Set((await this.#membership.committed(partitions)).map(keyOf));
    const fresh = partitions.filter((partition) => !committed.has(keyOf(partition)));
    this.#forget(fresh);
    return fresh;
  }

  /** They were not there when the consumer started. */
  #forget(partitions: readonly TopicPartition[]): void {
    const gone = new Set(partitions.map(keyOf));
    this.#known = new Set([...this.#known ?? []].filter((key) => !gone.has(key)));
  }

  /** The offsets of a partition's beginning and end. */
  async bounds(partition: TopicPartition): Promise<{ beginning: bigint; end: bigint }> {
    const [beginning, end] = await Promise.all([
      this.#list([partition], true),
      this.#list([partition], false),
    ]);
    return {
      beginning: beginning.get(keyOf(partition)) ?? 0n,
      end: end.get(keyOf(partition)) ?? 0n,
    };
  }

  async #choose(partitions: readonly TopicPartition[], why: string): Promise<Map<string, OffsetCommit>> {
    const { autoOffsetReset, groupId } = this.#options;
    const added = partitions.filter((partition) => this.#known?.has(keyOf(partition)) === false);
    const others = partitions.filter((partition) => !added.includes(partition));
    if (autoOffsetReset === "none" && others[0] !== undefined) {
      throw new ConfigurationError(
        `Cannot begin ${
          others.map(keyOf).join(", ")
        } for group "${groupId}": ${why} and auto_offset_reset is "none" ` +
          `(set it to "earliest" or "latest", or commit an offset for the group)`,
      );
    }
    const offsets = new Map([
      ...await this.#list(added, true),
      ...await this.#list(others, autoOffsetReset === "earliest"),
    ]);
    return new Map(partitions.map(({ topic, partition }) => {
      const key = keyOf({ topic, partition });
      return [key, { topic, partition, epoch: 0, offset: offsets.get(key) ?? 0n }];
    }));
  }

  async #list(partitions: readonly TopicPartition[], fromBeginning: boolean): Promise<Map<string, bigint>> {
    if (partitions.length === 0) return new Map();
    const topics = byTopic(partitions, ({ partition }) => ({ partition }));
    const found = await this.#cluster.fetchTopicsOffset(topics.map((topic) => ({ ...topic, fromBeginning })));
    return new Map(
      found.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [keyOf({ topic, partition }), BigInt(offset)] as const)
      ),
    );
  }

  async #commit(chosen: ReadonlyMap<string, OffsetCommit>): Promise<void> {
    if (chosen.size > 0) await this.#membership.commit([...chosen.values()]);
  }

  /** A group that is new is told of in the same words as one whose offsets have expired: nobody can tell them apart. */
  #tell(fresh: readonly TopicPartition[]): void {
    const { autoOffsetReset, groupId, log } = this.#options;
    const isEarly = (partition: TopicPartition) =>
      autoOffsetReset === "earliest" || this.#known?.has(keyOf(partition)) === false;
    for (const [where, some] of Map.groupBy(fresh, (each) => isEarly(each) ? "earliest" : "latest")) {
      const places = placesOf(some);
      log.info(`Nothing is committed by group "${groupId}" of ${places}: beginning at the ${where} offset`);
    }
  }

  #present(): ReadonlySet<string> {
    return new Set(
      this.#options.topics.flatMap((topic) =>
        this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) =>
          keyOf({ topic, partition: partitionId })
        )
      ),
    );
  }
}
