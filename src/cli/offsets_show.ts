import { ConfigurationError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import type { CliContext } from "./context.ts";
import type { KafkaFlags } from "./flags.ts";
import { memberName, rowsOfGroup } from "./group_rows.ts";
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
    const found = await rowsOfGroup(admin, group, flags.topic);
    const rows = found.rows.map(({ topic, partition, committed, end, lag, member }): Shown => ({
      topic,
      partition,
      committed,
      end,
      lag,
      member: member === null ? null : memberName(member),
    }));
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

/** Throws a `ConfigurationError` that suggests a group where there is none of that name. */
export async function refuseUnknown(admin: KafkaAdmin, group: string): Promise<never> {
  throw new ConfigurationError(connectionText.noGroup(group, didYouMean(group, await admin.groups())));
}
