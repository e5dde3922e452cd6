/** `orders[0,1,2], customers[0]`, or `no partitions`. */
export function placesOf(
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): string {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const list = byTopic.get(topic);
    if (list === undefined) byTopic.set(topic, [partition]);
    else list.push(partition);
  }
  const parts = [...byTopic].map(([topic, list]) => `${topic}[${list.sort((a, b) => a - b).join(",")}]`);
  return parts.length === 0 ? "no partitions" : parts.join(", ");
}
