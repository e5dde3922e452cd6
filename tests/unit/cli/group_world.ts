import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";

/** The brokers that {@link world} stands for. */
export const AT = ["--bootstrap", "memory:9092"];
/** The wall time of the fake clock. */
export const NOW = 1_700_000_000_000;

/** Two partitions with a record a minute, the last one now; group g has done five of the first. */
export function world(): { broker: MemoryBroker } {
  const broker = new MemoryBroker();
  broker.createTopic("orders", 2);
  for (const partition of [0, 1]) {
    for (let i = 9; i >= 0; i--) {
      const timestamp = NOW - i * 60_000;
      broker.append("orders", { partition, key: null, value: new Uint8Array(), headers: [], timestamp });
    }
  }
  broker.group("g").setCommitted([{ topic: "orders", partition: 0, offset: 5n }]);
  return { broker };
}
