import { fetchRecords } from "./admin_fetch.ts";
import type { AdminSession } from "./admin_session.ts";
import { factsOf } from "./error_facts.ts";

/** Batches of aborted transactions that are read past, before the answer is that nobody knows. */
const MOST_BATCHES = 20;

/** Partitions that are asked for side by side. */
const AT_ONCE = 16;

/**
 * See `KafkaAdmin.firstTimestamps`. Each partition is asked by itself for a single byte: brokers send the first batch of
 * an answer whole and nothing more (KIP-74), so that a look at many partitions stays small.
 */
export async function firstTimestamps(
  session: AdminSession,
  topic: string,
  positions: ReadonlyMap<number, bigint>,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const left = [...positions];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const timestamp = await firstTimestamp(session, topic, ...next);
      if (timestamp !== undefined) found.set(next[0], timestamp);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}

async function firstTimestamp(
  session: AdminSession,
  topic: string,
  partition: number,
  from: bigint,
): Promise<number | undefined> {
  let position = from;
  for (let batches = 0; batches < MOST_BATCHES; batches++) {
    const bounds = { waitMs: 0, maxBytes: 1, maxPartitionBytes: 1 };
    const asked = new Map([[partition, position]]);
    const [answer] = await fetchRecords(session, topic, asked, bounds).catch((error) => {
      if (factsOf(error).type === "OFFSET_OUT_OF_RANGE") return []; // it was deleted meanwhile
      throw error;
    });
    const [record] = answer?.records ?? [];
    if (record !== undefined) return record.timestamp < 0 ? undefined : record.timestamp;
    if (answer === undefined || answer.nextOffset === position) return undefined;
    position = answer.nextOffset;
  }
  return undefined;
}
