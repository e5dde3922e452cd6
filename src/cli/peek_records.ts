import { UnavailableError } from "../core/errors.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import type { RawRecord } from "../kafka/driver.ts";
import { peekText } from "./text/records.ts";

/** A record and where it lies. */
export interface Peeked {
  readonly topic: string;
  readonly partition: number;
  readonly record: RawRecord;
}

const WAIT_MS = 500;
/** Answers without anything new, in a row, that are borne. */
const MOST_EMPTY = 20;

interface Reading {
  readonly partition: number;
  readonly end: bigint;
  position: bigint;
  queue: RawRecord[];
}

/**
 * Records of some partitions from positions up to ends, merged by their timestamps; those of one partition keep their
 * order. Rejects with an `UnavailableError` where the broker stops sending.
 */
export async function* mergedRecords(
  admin: Pick<KafkaAdmin, "fetch">,
  topic: string,
  from: ReadonlyMap<number, bigint>,
  to: ReadonlyMap<number, bigint>,
): AsyncGenerator<Peeked> {
  const readings = [...from].map(([partition, position]): Reading => ({
    partition,
    position,
    end: to.get(partition) ?? position,
    queue: [],
  }));
  while (true) {
    await fill(admin, topic, readings);
    const next = earliest(readings);
    if (next === undefined) return;
    yield { topic, partition: next.partition, record: next.queue.shift()! };
  }
}

/** Records that are written from some positions on, as they come, without end. */
export async function* newRecords(
  admin: Pick<KafkaAdmin, "fetch">,
  topic: string,
  from: ReadonlyMap<number, bigint>,
): AsyncGenerator<readonly Peeked[]> {
  const positions = new Map(from);
  while (true) {
    const found: Peeked[] = [];
    for (const { partition, records, nextOffset } of await admin.fetch(topic, positions, WAIT_MS)) {
      positions.set(partition, nextOffset);
      found.push(...records.map((record) => ({ topic, partition, record })));
    }
    yield found;
  }
}

/** Reads on until each partition that is not at its end has a record to compare. */
async function fill(
  admin: Pick<KafkaAdmin, "fetch">,
  topic: string,
  readings: readonly Reading[],
): Promise<void> {
  for (let empty = 0; empty < MOST_EMPTY;) {
    const open = readings.filter(({ queue, position, end }) => queue.length === 0 && position < end);
    if (open.length === 0) return;
    const positions = new Map(open.map(({ partition, position }) => [partition, position]));
    const before = open.map(({ position }) => position);
    for (const { partition, records, nextOffset } of await admin.fetch(topic, positions, WAIT_MS)) {
      const reading = open.find((one) => one.partition === partition);
      if (reading === undefined) continue;
      reading.queue = records.filter(({ offset }) => offset < reading.end);
      reading.position = nextOffset;
    }
    empty = open.every(({ position }, i) => position === before[i]) ? empty + 1 : 0;
  }
  throw new UnavailableError(peekText.stalled(topic));
}

function earliest(readings: readonly Reading[]): Reading | undefined {
  let best: Reading | undefined;
  for (const reading of readings) {
    const [record] = reading.queue;
    if (record === undefined) continue;
    if (best === undefined || record.timestamp < (best.queue[0]?.timestamp ?? 0)) best = reading;
  }
  return best;
}
