import type { TopicPartition } from "../driver.ts";
import type { TopicPartitions } from "./broker.ts";

/** `orders/0`: a partition as a key of maps. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Partitions grouped by their topics, as requests want them. */
export function byTopic<T extends TopicPartition, P>(
  items: readonly T[],
  toPartition: (item: T) => P,
): TopicPartitions<P>[] {
  const groups = new Map<string, P[]>();
  for (const item of items) {
    const group = groups.get(item.topic);
    if (group === undefined) groups.set(item.topic, [toPartition(item)]);
    else group.push(toPartition(item));
  }
  return [...groups].map(([topic, partitions]) => ({ topic, partitions }));
}
