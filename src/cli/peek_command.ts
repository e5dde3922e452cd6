import { buildCommand } from "../deps/stricli.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import { type CliContext, endWith } from "./context.ts";
import { type KafkaFlags, kafkaFlags, parseCount, parsePartition } from "./flags.ts";
import { chosenPartitions, partitionsOf, withAdmin } from "./kafka_session.ts";
import { type Moment, offsetsOf, parseMoment } from "./moments.ts";
import { say } from "./output.ts";
import { mergedRecords, newRecords, type Peeked } from "./peek_records.ts";
import { PeekPrinter } from "./peek_printer.ts";
import type { Where } from "./peek_where.ts";
import { NAME } from "./text.ts";
import { flagText } from "./text/flags.ts";
import { peekText } from "./text/records.ts";

interface PeekFlags extends KafkaFlags {
  readonly from: Moment;
  readonly until?: Moment;
  readonly partition?: readonly number[];
  readonly where?: string;
  readonly limit?: number;
  readonly follow: boolean;
  readonly headers: boolean;
}

const moment = {
  kind: "parsed",
  parse: (text: string) => parseMoment(text, true),
  proposeCompletions: () => ["earliest", "latest"],
  placeholder: "MOMENT",
} as const;

/** `datapy peek TOPIC` */
export const peek = buildCommand({
  func: run,
  parameters: {
    flags: {
      from: { ...moment, default: "-10", brief: peekText.from },
      until: { ...moment, optional: true, brief: peekText.until },
      partition: {
        kind: "parsed",
        parse: parsePartition,
        variadic: true,
        optional: true,
        brief: flagText.partition,
        placeholder: "N",
      },
      where: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: peekText.where,
        placeholder: "EXPRESSION",
      },
      limit: { kind: "parsed", parse: parseCount, optional: true, brief: peekText.limit, placeholder: "N" },
      follow: { kind: "boolean", default: false, withNegated: false, brief: peekText.follow },
      headers: { kind: "boolean", default: false, withNegated: false, brief: peekText.headers },
      ...kafkaFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: peekText.topic, parse: String, placeholder: "TOPIC" }],
    },
  },
  docs: { brief: peekText.brief, fullDescription: peekText.full },
});

async function run(this: CliContext, flags: PeekFlags, topic: string): Promise<void> {
  if (flags.follow && flags.until !== undefined) {
    return endWith(this, EXIT_CODES.usage, `${NAME}: ${peekText.both}`);
  }
  let where: Where | undefined;
  if (flags.where !== undefined) {
    const { compileWhere } = await import("./peek_where.ts"); // other commands do not pay for it
    try {
      where = compileWhere(flags.where);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return endWith(this, EXIT_CODES.usage, `${NAME}: ${peekText.badWhere(flags.where, error.message)}`);
    }
  }
  await withAdmin(this, flags, async (admin) => {
    const partitions = chosenPartitions(topic, await partitionsOf(admin, topic), flags.partition);
    const all = await admin.bounds(topic);
    const bounds = new Map([...all].filter(([partition]) => partitions.includes(partition)));
    const now = this.clock.wallTime();
    const from = await offsetsOf(flags.from, topic, admin, bounds, now);
    const to = await offsetsOf(flags.until ?? { kind: "latest" }, topic, admin, bounds, now);
    const widestPlace = Math.max(...[...bounds].map(([partition, { end }]) => `${partition}@${end}`.length));
    const printer = new PeekPrinter(this, { ...flags, where, widestPlace });
    for await (const record of firstRecords(admin, topic, from, to, flags.from)) {
      if (!printer.print(record)) break;
    }
    if (flags.follow && !printer.isDone) await follow(admin, topic, to, printer);
    if (this.machine.outIsClosed) return;
    const total = [...bounds.values()].reduce((sum, { beginning, end }) => sum + end - beginning, 0n);
    if (total === 0n && printer.read === 0) return say(this, peekText.empty(topic));
    const isPart = flags.from.kind === "last" && total > BigInt(printer.read);
    const more = printer.isFull ? peekText.limited : isPart ? peekText.lastOf(total) : "";
    say(this, `${printer.summary}${more}`);
  });
}

/** What there is when the command begins. The last records of each partition are more than the last of the topic. */
async function* firstRecords(
  admin: KafkaAdmin,
  topic: string,
  from: ReadonlyMap<number, bigint>,
  to: ReadonlyMap<number, bigint>,
  moment: Moment,
): AsyncGenerator<Peeked> {
  const records = mergedRecords(admin, topic, from, to);
  if (moment.kind !== "last") return yield* records;
  const last: Peeked[] = [];
  for await (const record of records) {
    last.push(record);
    if (last.length > 2 * moment.count) last.splice(0, moment.count);
  }
  yield* last.slice(-moment.count);
}

async function follow(
  admin: KafkaAdmin,
  topic: string,
  from: ReadonlyMap<number, bigint>,
  printer: PeekPrinter,
): Promise<void> {
  for await (const records of newRecords(admin, topic, from)) {
    for (const record of records) {
      if (!printer.print(record)) return;
    }
  }
}
