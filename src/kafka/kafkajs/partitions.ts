import type { TopicPartition } from "../driver.ts";
import type { TopicPartitions } from "./broker.ts";
import { errorFromCode } from "./internals.ts";

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

/** The answer as it is, unless a partition of it failed. */
export function failedFirst<T extends { readonly errorCode: number }>(
  topic: string,
  partitions: readonly T[],
): readonly T[] {
  const failed = partitions.find(({ errorCode }) => errorCode !== 0);
  if (failed !== undefined) throw Object.assign(errorFromCode(failed.errorCode), { topic });
  return partitions;
}
