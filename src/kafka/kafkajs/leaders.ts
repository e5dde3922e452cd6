import type { TopicPartition } from "../driver.ts";
import type { Cluster } from "./internals.ts";
import { keyOf } from "./partitions.ts";

/** Which broker leads which partition, by the newest metadata at hand. */
export class Leaders {
  readonly #cluster: Cluster;
  readonly #topics: readonly string[];
  #metadata: unknown;
  #leaders: ReadonlyMap<string, string> = new Map();

  constructor(cluster: Cluster, topics: readonly string[]) {
    this.#cluster = cluster;
    this.#topics = topics;
    this.look();
  }

  /** Looks whether the metadata was read anew; returns true where it was. */
  look(): boolean {
    const { metadata } = this.#cluster.brokerPool;
    if (metadata === this.#metadata || metadata === null) return false;
    this.#metadata = metadata;
    this.#leaders = new Map(this.#topics.flatMap((topic) =>
      this.#cluster.findTopicPartitionMetadata(topic)
        .map(({ partitionId, leader }) => [keyOf({ topic, partition: partitionId }), String(leader)] as const)
    ));
    return true;
  }

  /** Node id of the partition's leader; `-1` where there is none now. */
  of(partition: TopicPartition): string {
    return this.#leaders.get(keyOf(partition)) ?? "-1";
  }

  /** All partitions of the topics that exist now. */
  get partitions(): ReadonlySet<string> {
    return new Set(this.#leaders.keys());
  }
}
