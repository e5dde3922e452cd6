import { ConfigurationError } from "../../core/errors.ts";
import type { OutgoingRecord } from "../driver.ts";
import { partitionOfKey } from "../murmur2.ts";
import type { PartitionMetadata } from "./internals.ts";

/** Chooses the partition of a record. */
export type Partitioner = (
  topic: string,
  record: OutgoingRecord,
  partitions: readonly PartitionMetadata[],
) => number;

/**
 * The partition that was asked for; by the key where there is one, as Java's client chooses it; in turn, over the
 * partitions that have a leader, for records without a key.
 *
 * Throws a `ConfigurationError` for a partition that does not exist.
 */
export function spreadByKey(): Partitioner {
  const turns = new Map<string, number>();
  return (topic, { key, partition }, partitions) => {
    if (partition !== undefined) {
      if (partitions.some(({ partitionId }) => partitionId === partition)) return partition;
      throw new ConfigurationError(
        `Cannot send to partition ${partition} of topic "${topic}": it has ${partitions.length}`,
      );
    }
    if (key !== null) return partitionOfKey(key, partitions.length);
    const led = partitions.filter(({ leader }) => leader >= 0);
    const choice = led.length > 0 ? led : partitions;
    const turn = turns.get(topic) ?? Math.floor(Math.random() * choice.length);
    turns.set(topic, turn + 1);
    return choice[turn % choice.length]!.partitionId;
  };
}
