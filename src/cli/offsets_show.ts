import { ConfigurationError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { GroupInfo, KafkaAdmin } from "../kafka/admin.ts";
import type { CliContext } from "./context.ts";
import type { KafkaFlags } from "./flags.ts";
import { partitionsOf, withAdmin } from "./kafka_session.ts";
import { type Column, printRows, say } from "./output.ts";
import { connectionText } from "./text/connection.ts";
import { offsetsText } from "./text/offsets.ts";

/** Flags of `offsets show`. */
export interface ShowFlags extends KafkaFlags {
  readonly group: string;
  readonly topic?: string;
}

interface Shown {
  readonly topic: string;
  readonly partition: number;
  /** Null where nothing is committed. */
  readonly committed: bigint | null;
  readonly end: bigint;
  readonly lag: bigint | null;
  /** Null where nobody has the partition. */
  readonly member: string | null;
}

const COLUMNS: readonly Column<Shown>[] = [
  { title: "TOPIC", of: (row) => row.topic },
  { title: "PARTITION", of: (row) => row.partition, right: true },
  { title: "COMMITTED", of: (row) => row.committed, right: true },
  { title: "END", of: (row) => row.end, right: true },
  { title: "LAG", of: (row) => row.lag, right: true },
  { title: "MEMBER", of: (row) => row.member },
];

/** `datapy offsets show` */
export async function show(this: CliContext, flags: ShowFlags): Promise<void> {
  await withAdmin(this, flags, async (admin) => {
    const group = await admin.group(flags.group);
    if (flags.topic !== undefined) await partitionsOf(admin, flags.topic);
    const rows = await rowsOf(admin, group, flags.topic);
    if (rows.length === 0) {
      if (group.state === "Dead") await refuseUnknown(admin, flags.group);
      say(this, offsetsText.nothing(flags.group, flags.topic));
    }
    printRows(this, COLUMNS, rows, flags.json);
    if (flags.json) return;
    say(this, offsetsText.state(flags.group, group.state, group.members.length));
    if (rows.length > 0) say(this, offsetsText.lag(rows.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n)));
  });
}

/** What is committed, and the partitions that members have, of one topic or of all. */
async function rowsOf(admin: KafkaAdmin, group: GroupInfo, only: string | undefined): Promise<Shown[]> {
  const committed = (await admin.committed(group.groupId)).filter(({ topic }) =>
    only === undefined || topic === only
  );
  const held = group.members.flatMap(({ clientId, host, partitions }) =>
    partitions.map((at) => ({ ...at, member: `${clientId} at ${host.replace(/^\//, "")}` }))
  ).filter(({ topic }) => only === undefined || topic === only);
  const topics = [...new Set([...committed, ...held].map(({ topic }) => topic))].sort();
  const present = new Set((await admin.topics()).map(({ name }) => name)); // offsets outlive their topic
  const rows: Shown[] = [];
  for (const topic of topics.filter((topic) => present.has(topic))) {
    for (const [partition, { end }] of await admin.bounds(topic)) {
      const at = (one: { topic: string; partition: number }) =>
        one.topic === topic && one.partition === partition;
      const offset = committed.find(at)?.offset ?? null;
      const lag = offset === null ? null : end > offset ? end - offset : 0n;
      rows.push({ topic, partition, committed: offset, end, lag, member: held.find(at)?.member ?? null });
    }
  }
  return rows;
}

async function refuseUnknown(admin: KafkaAdmin, group: string): Promise<never> {
  throw new ConfigurationError(connectionText.noGroup(group, didYouMean(group, await admin.groups())));
}
