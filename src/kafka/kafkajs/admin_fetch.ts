import type { PeekedRecords } from "../admin.ts";
import type { AdminSession } from "./admin_session.ts";
import { ISOLATION_LEVELS } from "./cluster.ts";
import { type FetchAnswer, fetchRequest } from "./fetch_request.ts";
import { failedFirst } from "./partitions.ts";
import { rawRequest } from "./raw_request.ts";
import { readPartition } from "./records.ts";

/** How much one answer may bring, and how long it may wait for something. */
export interface FetchBounds {
  /** Milliseconds, where all positions are at the end. */
  readonly waitMs: number;
  /** Bytes of all partitions; a first batch comes whole, however large. */
  readonly maxBytes: number;
  /** Bytes of each partition; the first one's first batch comes whole. */
  readonly maxPartitionBytes: number;
}

/** Reads what follows some positions of a topic, by one request to each leader: see `KafkaAdmin.fetch`. */
export async function fetchRecords(
  session: AdminSession,
  topic: string,
  positions: ReadonlyMap<number, bigint>,
  { waitMs, maxBytes, maxPartitionBytes }: FetchBounds,
): Promise<readonly PeekedRecords[]> {
  const fetched = await session.call(
    `read topic "${topic}"`,
    (cluster) =>
      session.onLeaders(cluster, topic, [...positions.keys()], async (broker, partitions) => {
        const settings = {
          ...{ minBytes: 1, maxWaitMs: waitMs, maxBytes, maxPartitionBytes },
          isolationLevel: ISOLATION_LEVELS.read_committed,
        };
        const wanted = partitions.map((partition) => ({
          assignment: { topic, partition },
          next: positions.get(partition) ?? 0n,
        }));
        const { responses } = await rawRequest<FetchAnswer>(broker, "Fetch", fetchRequest(settings, wanted));
        return failedFirst(topic, responses.flatMap(({ partitions }) => partitions));
      }),
  );
  return fetched.map((one) => ({
    topic,
    partition: one.partition,
    ...readPartition(positions.get(one.partition) ?? 0n, one),
  }));
}
