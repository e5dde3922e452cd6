import { ConfigurationError, errorText } from "../core/errors.ts";
import type { GroupInfo, KafkaAdmin } from "../kafka/admin.ts";
import { type GroupRow, hostOf, rowsOfGroup, type TopicsNow } from "./group_rows.ts";
import { lagText } from "./text/lag.ts";

/** One partition of a group, as it is printed. */
export interface LagRow {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: bigint | null;
  readonly end: bigint;
  readonly lag: bigint | null;
  /** Age of the first record that is not done, in milliseconds; null where there is none, or it is not known. */
  readonly time_lag_ms: number | null;
  readonly member: string | null;
  readonly client: string | null;
  readonly host: string | null;
}

/** One group at one moment. */
export interface GroupLag {
  readonly info: GroupInfo;
  readonly rows: readonly LagRow[];
  /** Records to do; a partition without a commit counts with all that it holds. */
  readonly most: bigint;
  /** What people should know besides. */
  readonly notes: readonly string[];
}

/** How far a group is behind, of one topic or of all. */
export async function lagOfGroup(
  admin: KafkaAdmin,
  groupId: string,
  only: string | undefined,
  topics: TopicsNow,
  now: number,
): Promise<GroupLag> {
  const info = await admin.group(groupId);
  const { rows, gone } = await rowsOfGroup(admin, info, only, topics);
  const notes = gone.map((topic) => lagText.gone(groupId, topic));
  const shown: LagRow[] = [];
  for (const [topic, ofTopic] of Map.groupBy(rows, ({ topic }) => topic)) {
    const times = await timesOf(admin, topic, ofTopic, notes);
    shown.push(...ofTopic.map(({ partition, committed, end, lag, member }) => {
      const time = times.get(partition);
      return {
        group: groupId,
        topic,
        partition,
        committed,
        end,
        lag,
        time_lag_ms: time === undefined ? null : Math.max(0, now - time), // a producer's clock may be ahead
        member: member?.memberId ?? null,
        client: member?.clientId ?? null,
        host: member === null ? null : hostOf(member),
      };
    }));
  }
  const most = rows.reduce((sum, { lag, beginning, end }) => sum + (lag ?? end - beginning), 0n);
  return { info, rows: shown, most, notes };
}

/** When the first records that are not done were written. A user who may not read the topic still sees the rest. */
async function timesOf(
  admin: KafkaAdmin,
  topic: string,
  rows: readonly GroupRow[],
  notes: string[],
): Promise<ReadonlyMap<number, number>> {
  const behind = new Map(rows.flatMap(({ partition, committed, beginning, lag }) => {
    if (committed === null || lag === null || lag === 0n) return [];
    return [[partition, committed > beginning ? committed : beginning] as const];
  }));
  if (behind.size === 0) return new Map();
  try {
    return await admin.firstTimestamps(topic, behind);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    notes.push(lagText.unread(topic, errorText(error)));
    return new Map();
  }
}
