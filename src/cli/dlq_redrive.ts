import {
  ConfigurationError,
  type ErrorKind,
  kindOf,
  PermanentError,
  UnavailableError,
} from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import type { SentRecord } from "../kafka/driver.ts";
import { type CliContext, endWith } from "./context.ts";
import { change, type ChangeFlags, mark, type Workplace } from "./dlq_changes.ts";
import { redriven } from "./dlq_letter.ts";
import type { FoundLetter } from "./dlq_scan.ts";
import { partitionsOf } from "./kafka_session.ts";
import { jsonLine } from "./output.ts";
import { NAME } from "./text.ts";
import { dlqText } from "./text/dlq.ts";

/** Flags of `dlq redrive`. */
export interface RedriveFlags extends ChangeFlags {
  readonly to?: string;
  readonly rate?: number;
  readonly force: boolean;
}

/** Messages that are sent side by side; what a crash in between can send again. */
const MOST_AT_ONCE = 100;

/** `datapy dlq redrive TOPIC` */
export async function redrive(this: CliContext, flags: RedriveFlags, topic: string): Promise<void> {
  if (flags.to === topic) return endWith(this, EXIT_CODES.usage, `${NAME}: ${dlqText.toItself}`);
  const targets = new Map<string, readonly number[]>();
  await change(this, flags, topic, {
    verb: "redrive",
    pace: { size: MOST_AT_ONCE, ...(flags.rate === undefined ? {} : { rate: flags.rate }) },
    alone: true,
    judge({ done, redrives, hasFailedAgain }) {
      if (done !== undefined) return flags.force && !hasFailedAgain ? "take" : "done";
      return redrives > 0 && !flags.force ? "again" : "take";
    },
    async prepare(admin, letter) {
      const target = targetOf(letter, flags);
      if (!targets.has(target)) targets.set(target, await partitionsOf(admin, target));
    },
    work: (place, letters) => sendAgain(place, flags, letters, targets),
  });
}

const targetOf = ({ origin }: FoundLetter, { to }: RedriveFlags) => to ?? origin.topic;

/** Sends side by side, so that each tells for itself whether it was written; marks those that were. */
async function sendAgain(
  place: Workplace,
  flags: RedriveFlags,
  letters: readonly FoundLetter[],
  targets: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  const { producer, topic, timeoutMs, context } = place;
  const results = await Promise.allSettled(letters.map(async (letter) => {
    const target = targetOf(letter, flags);
    const record = redriven(letter, topic, context.clock.wallTime());
    const { partition } = letter.origin;
    // back to where it was: whoever wrote it may have chosen otherwise than by the key
    const isThere = flags.to === undefined && targets.get(target)?.includes(partition);
    const [sent] = await producer.send(target, [isThere ? { ...record, partition } : record], timeoutMs);
    return sent!;
  }));
  await mark(place, letters.filter((_, i) => results[i]?.status === "fulfilled"), "redriven");
  results.forEach((result, i) => {
    if (result.status === "fulfilled" && flags.json) tell(place, letters[i]!, result.value);
  });
  const failed = results.findIndex(({ status }) => status === "rejected");
  if (failed < 0) return;
  const letter = letters[failed]!;
  const cause = (results[failed] as PromiseRejectedResult).reason;
  const where = `${topic} ${letter.partition}@${letter.record.offset}`;
  throw new CLASSES[kindOf(cause)](dlqText.cannotSend(where, targetOf(letter, flags)), { cause });
}

const CLASSES: Readonly<Record<ErrorKind, new (message: string, options: ErrorOptions) => Error>> = {
  record: PermanentError,
  permanent: PermanentError,
  unavailable: UnavailableError,
  configuration: ConfigurationError,
};

function tell({ context, topic }: Workplace, { partition, record }: FoundLetter, to: SentRecord): void {
  const letter = { topic, partition, offset: record.offset };
  context.machine.writeOut(jsonLine({ letter, to }));
}
