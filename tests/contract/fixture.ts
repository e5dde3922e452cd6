import type { OpenAdmin } from "../../src/kafka/admin.ts";
import type { ConnectionConfig } from "../../src/kafka/connection.ts";
import type { KafkaDriver, OutgoingRecord } from "../../src/kafka/driver.ts";

/** A record that is written past the driver. */
export type AppendedRecord = OutgoingRecord & { readonly partition: number; readonly timestamp?: number };

/** A Kafka for the contract tests, seen past the driver that is tested. */
export interface DriverFixture extends AsyncDisposable {
  readonly driver: KafkaDriver;
  readonly openAdmin: OpenAdmin;
  /** Its metadata may be at most a second old, so that new partitions are seen soon. */
  readonly connection: ConnectionConfig;
  createTopic(topic: string, partitions: number): Promise<void>;
  /** Adds partitions up to a total. */
  addPartitions(topic: string, total: number): Promise<void>;
  append(topic: string, records: readonly AppendedRecord[]): Promise<void>;
  /** Leaves offsets that a reader never sees: `count` records of an aborted transaction, or the like. */
  appendInvisible(topic: string, partition: number, count: number): Promise<void>;
  /** Takes away what lies before an offset, as retention does. */
  truncate(topic: string, partition: number, before: bigint): Promise<void>;
  /** What a group has committed, by partition. */
  committed(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Throws the only member out of a group, past that member. */
  dropMember(groupId: string): Promise<void>;
}

/** Opens a fixture for one test. */
export type MakeFixture = () => Promise<DriverFixture>;

/** The connection settings that every fixture has. */
export const FIXTURE_SETTINGS = { "metadata.max.age.ms": 1000 } as const;

/** A name that no other test has. */
export function unique(word: string): string {
  return `${word}-${crypto.randomUUID().slice(0, 13)}`;
}

const encoder = new TextEncoder();

/** UTF-8. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Records without keys, one for each text. */
export function texts(partition: number, ...values: readonly string[]): AppendedRecord[] {
  return values.map((value) => ({ partition, key: null, value: bytes(value), headers: [] }));
}

/** `count` texts that say where they lie: `0@0`, `0@1`. */
export function numbered(partition: number, count: number, from = 0): AppendedRecord[] {
  return texts(partition, ...Array.from({ length: count }, (_, i) => `${partition}@${from + i}`));
}
