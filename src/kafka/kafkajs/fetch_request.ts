import type { Assignment, TopicPartition } from "../driver.ts";
import type { FetchedPartition } from "./broker.ts";
import { byTopic } from "./partitions.ts";

/** Sizes in bytes, times in milliseconds; by Kafka's names in additional_config. */
export interface FetchSettings {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly isolationLevel: number;
}

/** A partition, and the offset to fetch from. */
export interface Wanted {
  readonly assignment: Assignment;
  readonly next: bigint;
}

/** What came, by topic. */
export interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

/** The request for what is wanted, in kafkajs' words; the partitions in their order. */
export function fetchRequest(
  settings: FetchSettings,
  wanted: readonly { readonly assignment: TopicPartition; readonly next: bigint }[],
): object {
  const topics = byTopic(
    wanted.map(({ assignment: { topic, partition }, next }) => ({ topic, partition, next })),
    ({ partition, next }) => ({
      partition,
      fetchOffset: next.toString(),
      maxBytes: settings.maxPartitionBytes,
    }),
  );
  return {
    replicaId: -1,
    isolationLevel: settings.isolationLevel,
    maxWaitTime: settings.maxWaitMs,
    minBytes: settings.minBytes,
    maxBytes: settings.maxBytes,
    topics,
  };
}
