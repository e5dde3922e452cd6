import { buildCommand } from "../deps/stricli.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { type KafkaFlags, kafkaFlags } from "./flags.ts";
import { TopicsNow } from "./group_rows.ts";
import { partitionsOf, withAdmin } from "./kafka_session.ts";
import { lagOfGroup, type LagRow } from "./lag_rows.ts";
import { refuseUnknown } from "./offsets_show.ts";
import { type Column, printRows, say } from "./output.ts";
import { duration, NAME } from "./text.ts";
import { lagText } from "./text/lag.ts";
import { offsetsText } from "./text/offsets.ts";

interface LagFlags extends KafkaFlags {
  readonly group?: readonly string[];
  readonly topic?: string;
  readonly maxLag?: bigint;
}

const COLUMNS: readonly Column<LagRow>[] = [
  { title: "GROUP", of: (row) => row.group },
  { title: "TOPIC", of: (row) => row.topic },
  { title: "PARTITION", of: (row) => row.partition, right: true },
  { title: "COMMITTED", of: (row) => row.committed, right: true },
  { title: "END", of: (row) => row.end, right: true },
  { title: "LAG", of: (row) => row.lag, right: true },
  {
    title: "TIME LAG",
    of: (row) => row.time_lag_ms === null ? null : duration(row.time_lag_ms),
    right: true,
  },
  { title: "MEMBER", of: (row) => row.member },
  { title: "CLIENT", of: (row) => row.client === null ? null : `${row.client} (${row.host})` },
];

/** `datapy lag` */
export const lag = buildCommand({
  func: run,
  parameters: {
    flags: {
      group: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: lagText.group,
        placeholder: "GROUP",
      },
      topic: { kind: "parsed", parse: String, optional: true, brief: lagText.topic, placeholder: "TOPIC" },
      maxLag: { kind: "parsed", parse: parseLag, optional: true, brief: lagText.maxLag, placeholder: "N" },
      ...kafkaFlags,
    },
  },
  docs: { brief: lagText.brief, fullDescription: lagText.full },
});

async function run(this: CliContext, flags: LagFlags): Promise<void> {
  await withAdmin(this, flags, async (admin) => {
    if (flags.topic !== undefined) await partitionsOf(admin, flags.topic);
    const asked = [...new Set(flags.group ?? [])];
    const topics = new TopicsNow(admin);
    const groups = [];
    for (const groupId of asked.length > 0 ? asked : await admin.groups()) {
      const found = await lagOfGroup(admin, groupId, flags.topic, topics, this.clock.wallTime());
      const isNothing = found.rows.length === 0 && found.notes.length === 0;
      if (isNothing && asked.length === 0) continue;
      if (isNothing && found.info.state === "Dead") await refuseUnknown(admin, groupId);
      groups.push({ ...found, isNothing });
    }
    printRows(this, COLUMNS, groups.flatMap(({ rows }) => rows), flags.json);
    for (const { info, rows, notes, isNothing } of groups) {
      for (const note of notes) say(this, note);
      if (isNothing) say(this, offsetsText.nothing(info.groupId, flags.topic));
      if (flags.json || rows.length === 0) continue;
      const total = rows.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);
      const uncommitted = rows.filter(({ committed }) => committed === null).length;
      say(this, lagText.total(info.groupId, info.members.length, total, uncommitted));
    }
    if (groups.length === 0) say(this, lagText.none);
    const { maxLag } = flags;
    if (maxLag === undefined) return;
    for (const { info, most } of groups.filter(({ most }) => most > maxLag)) {
      endWith(this, EXIT_CODES.failed, `${NAME}: ${lagText.exceeded(info.groupId, most, maxLag)}`);
    }
  });
}

function parseLag(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new RangeError(lagText.maxLagForm);
  return BigInt(text);
}
