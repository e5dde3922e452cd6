import { EXIT_CODES } from "../job/exit_codes.ts";
import type { GroupInfo } from "../kafka/admin.ts";
import { type CliContext, endWith } from "./context.ts";
import type { KafkaFlags } from "./flags.ts";
import { memberName } from "./group_rows.ts";
import { chosenPartitions, partitionsOf, withAdmin } from "./kafka_session.ts";
import { type Moment, offsetsOf } from "./moments.ts";
import { type Column, printRows, say } from "./output.ts";
import { NAME } from "./text.ts";
import { offsetsText } from "./text/offsets.ts";

/** Flags of `offsets reset`. */
export interface ResetFlags extends KafkaFlags {
  readonly group: string;
  readonly topic: string;
  readonly partition?: readonly number[];
  readonly to: Moment;
  readonly execute: boolean;
  readonly dryRun: boolean;
}

interface Change {
  readonly topic: string;
  readonly partition: number;
  /** Null where nothing was committed. */
  readonly before: bigint | null;
  readonly after: bigint;
  /** Records that come again if it is positive, that are skipped if it is negative; null where nothing was committed. */
  readonly again: bigint | null;
}

const COLUMNS: readonly Column<Change>[] = [
  { title: "TOPIC", of: (row) => row.topic },
  { title: "PARTITION", of: (row) => row.partition, right: true },
  { title: "BEFORE", of: (row) => row.before, right: true },
  { title: "AFTER", of: (row) => row.after, right: true },
  { title: "EFFECT", of: effectOf },
];

/** `datapy offsets reset` */
export async function reset(this: CliContext, flags: ResetFlags): Promise<void> {
  if (flags.execute && flags.dryRun) return endWith(this, EXIT_CODES.usage, `${NAME}: ${offsetsText.both}`);
  await withAdmin(this, flags, async (admin) => {
    const { topic, group: groupId, to } = flags;
    const partitions = chosenPartitions(topic, await partitionsOf(admin, topic), flags.partition);
    const all = await admin.bounds(topic);
    const bounds = new Map([...all].filter(([partition]) => partitions.includes(partition)));
    const targets = await offsetsOf(to, topic, admin, bounds, this.clock.wallTime());
    const group = await admin.group(groupId);
    const committed = new Map(
      (await admin.committed(groupId)).filter((at) => at.topic === topic).map((
        at,
      ) => [at.partition, at.offset]),
    );
    const changes = [...targets].map(([partition, after]): Change => {
      const before = committed.get(partition) ?? null;
      return { topic, partition, before, after, again: before === null ? null : before - after };
    });
    if (to.kind === "offset" && changes.some(({ after }) => after !== to.offset)) {
      say(this, offsetsText.clamped(to.offset));
    }
    printRows(this, COLUMNS, changes, flags.json);
    say(this, offsetsText.total(sum(changes, 1n), sum(changes, -1n)));
    if (group.members.length > 0) {
      return endWith(this, EXIT_CODES.failed, `${NAME}: ${offsetsText.active(groupId, membersOf(group))}`);
    }
    if (group.state === "Dead" && committed.size === 0) say(this, offsetsText.isNew(groupId));
    if (!flags.execute) return say(this, offsetsText.dry);
    await admin.setCommitted(
      groupId,
      changes.map(({ partition, after }) => ({ topic, partition, offset: after })),
    );
    say(this, offsetsText.done(groupId));
  });
}

function membersOf({ members }: GroupInfo): string[] {
  return members.map((member) => {
    const held = member.partitions.map(({ topic, partition }) => `${topic}[${partition}]`).join(", ");
    return `${memberName(member)}${held === "" ? "" : `, with ${held}`}`;
  });
}

/** What comes again by the changes (sign 1), or is skipped (sign -1). */
function sum(changes: readonly Change[], sign: bigint): bigint {
  return changes.reduce((sum, { again }) => {
    const count = (again ?? 0n) * sign;
    return count > 0n ? sum + count : sum;
  }, 0n);
}

function effectOf({ again }: Change): string {
  if (again === null) return offsetsText.unknown;
  if (again === 0n) return offsetsText.same;
  return again > 0n ? offsetsText.again(again) : offsetsText.skipped(-again);
}
