import { ConfigurationError, UnavailableError } from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import type { KafkaConnection } from "../kafka/connection.ts";
import type { ProducerSession } from "../kafka/driver.ts";
import { forLetters } from "../mods/streaming/dead_letters.ts";
import { type CliContext, endWith } from "./context.ts";
import { inBatches, type Pace } from "./dlq_batches.ts";
import { type FilterFlags, isMeant } from "./dlq_filter.ts";
import { Hold } from "./dlq_hold.ts";
import { type Done, markRecord } from "./dlq_marks.ts";
import { DlqScan, type FoundLetter } from "./dlq_scan.ts";
import { Tally } from "./dlq_tally.ts";
import type { KafkaFlags } from "./flags.ts";
import { partitionsOf, warningsTo, withAdmin } from "./kafka_session.ts";
import { say } from "./output.ts";
import { NAME } from "./text.ts";
import { dlqText } from "./text/dlq.ts";

/** Flags of the commands that change something. */
export interface ChangeFlags extends KafkaFlags, FilterFlags {
  readonly execute: boolean;
  readonly dryRun: boolean;
}

/** What a change has at hand. */
export interface Workplace {
  readonly context: CliContext;
  readonly admin: KafkaAdmin;
  readonly producer: ProducerSession;
  readonly topic: string;
  /** Bound of each send, in milliseconds. */
  readonly timeoutMs: number;
}

/** A change of letters: which may be changed, and how. */
export interface Change {
  readonly verb: "redrive" | "drop";
  readonly pace: Pace;
  /** Whether no other run may do the same meanwhile. */
  readonly alone: boolean;
  /** `take`, or why not. */
  judge(letter: FoundLetter): "take" | "done" | "again";
  /** Looks whether a letter can be changed at all; throws where it cannot. */
  prepare?(admin: KafkaAdmin, letter: FoundLetter): Promise<void>;
  /** Changes letters, and marks those that are. */
  work(place: Workplace, letters: readonly FoundLetter[]): Promise<void>;
}

/** Shows what would be changed, or changes it; tells what is left out. */
export async function change(
  context: CliContext,
  flags: ChangeFlags,
  topic: string,
  change: Change,
): Promise<void> {
  if (flags.execute && flags.dryRun) return endWith(context, EXIT_CODES.usage, `${NAME}: ${dlqText.both}`);
  await withAdmin(context, flags, async (admin, connection) => {
    if (!flags.execute) {
      const { chosen, tell } = await choose(context, admin, topic, flags, change);
      const tally = new Tally();
      for await (const letter of chosen) {
        await change.prepare?.(admin, letter);
        tally.add({ ...letter, done: undefined });
      }
      tally.print(context, flags.json);
      tell();
      if (tally.letters === 0) return say(context, dlqText.noneFits);
      say(context, dlqText.would(tally.letters, change.verb));
      return say(context, dlqText.dry);
    }
    await partitionsOf(admin, topic); // a topic that is not there must not come into being by a hold
    await refuseCompacted(connection, topic, flags.timeout * 1000);
    const { driver, config } = forLetters(connection);
    const producer = await driver.produce(config, warningsTo(context));
    const place = { context, admin, producer, topic, timeoutMs: flags.timeout * 1000 };
    try {
      await using hold = change.alone
        ? await Hold.take({ producer, topic, timeoutMs: place.timeoutMs, clock: context.clock })
        : undefined;
      const { scan, chosen, tell } = await choose(context, admin, topic, flags, change);
      hold?.check(scan.holds);
      const { count, stopped } = await inBatches(
        context,
        chosen,
        change.pace,
        async (batch) => {
          hold?.assure();
          for (const letter of batch) await change.prepare?.(admin, letter);
          await change.work(place, batch);
        },
      );
      if (stopped) return endWith(context, EXIT_CODES.failed, dlqText.stopped(change.verb, count));
      tell();
      if (count === 0) return say(context, dlqText.noneFits);
      say(context, change.verb === "redrive" ? dlqText.redriven(count) : dlqText.dropped(count));
    } finally {
      await producer.close();
    }
  });
}

/** What is meant, as the topic is now. `tell` says what is not. */
async function choose(
  context: CliContext,
  admin: KafkaAdmin,
  topic: string,
  flags: ChangeFlags,
  change: Change,
) {
  const scan = await DlqScan.open(admin, topic, flags, context.clock.wallTime());
  const leftOut = { done: 0, again: 0 };
  const tell = () => {
    if (scan.foreign > 0) say(context, dlqText.foreign(scan.foreign));
    if (leftOut.done + leftOut.again > 0) say(context, dlqText.leftOut(leftOut.done, leftOut.again));
  };
  return { scan, chosen: chosenOf(scan, flags, change, leftOut), tell };
}

async function* chosenOf(
  scan: DlqScan,
  flags: FilterFlags,
  change: Change,
  leftOut: { done: number; again: number },
): AsyncGenerator<FoundLetter> {
  for await (const letter of scan.letters()) {
    if (!isMeant(letter, flags)) continue;
    const verdict = change.judge(letter);
    if (verdict === "take") yield letter;
    else leftOut[verdict]++;
  }
}

/** A mark has no key, and would be lost with others where marks had one. */
async function refuseCompacted(
  { driver, config }: KafkaConnection,
  topic: string,
  timeoutMs: number,
): Promise<void> {
  const details = (await driver.describeTopics(config, [topic], timeoutMs)).get(topic);
  if (details?.isCompacted) throw new ConfigurationError(dlqText.compacted(topic));
}

/** Marks letters as done. */
export async function mark(
  { producer, topic, timeoutMs, context }: Workplace,
  letters: readonly FoundLetter[],
  done: Done,
): Promise<void> {
  const byPartition = Map.groupBy(letters, ({ partition }) => partition);
  const records = [...byPartition].map(([partition, list]) =>
    markRecord(partition, done, list.map(({ record }) => record.offset), context.clock.wallTime())
  );
  try {
    if (records.length > 0) await producer.send(topic, records, timeoutMs);
  } catch (cause) {
    if (done !== "redriven") throw cause;
    throw new UnavailableError(dlqText.cannotMark(letters.length), { cause });
  }
}
