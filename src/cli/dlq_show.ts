import { CONNECT, headerText, ownHeaders } from "../consume/dead_letters_headers.ts";
import { ConfigurationError } from "../core/errors.ts";
import { escapeControls, escapeInJson } from "../logging/escape.ts";
import type { CliContext } from "./context.ts";
import { parsePlace, type Place } from "./dlq_filter.ts";
import { readHold } from "./dlq_hold.ts";
import { facts } from "./dlq_letter.ts";
import { readMark } from "./dlq_marks.ts";
import { DlqScan, type FoundLetter } from "./dlq_scan.ts";
import type { KafkaFlags } from "./flags.ts";
import { partitionsOf, withAdmin } from "./kafka_session.ts";
import { jsonLine } from "./output.ts";
import { field, shown, timeOf } from "./peek_format.ts";
import { dlqText } from "./text/dlq.ts";

/** `datapy dlq show TOPIC PLACE` */
export async function show(this: CliContext, flags: KafkaFlags, topic: string, place: Place): Promise<void> {
  await withAdmin(this, flags, async (admin) => {
    const { partition, offset } = place;
    const written = `${partition}@${offset}`;
    const there = (await partitionsOf(admin, topic)).includes(partition);
    const bounds = there ? (await admin.bounds(topic)).get(partition) : undefined;
    if (bounds === undefined || offset < bounds.beginning || offset >= bounds.end) {
      throw new ConfigurationError(dlqText.noLetter(topic, written));
    }
    const scan = await DlqScan.open(
      admin,
      topic,
      {
        from: { kind: "offset", offset },
        until: { kind: "offset", offset: offset + 1n },
        partition: [partition],
      },
      this.clock.wallTime(),
    );
    for await (const letter of scan.letters()) {
      return this.machine.writeOut(flags.json ? letterJson(topic, letter) : letterText(topic, letter));
    }
    const [found] = await admin.fetch(topic, new Map([[partition, offset]]), 0);
    const record = found?.records.find((one) => one.offset === offset);
    const isMark = record !== undefined && (readMark(record) ?? readHold(record)) !== undefined;
    throw new ConfigurationError((isMark ? dlqText.isMark : dlqText.noLetter)(topic, written));
  });
}

export { parsePlace };

function stateOf({ done, hasFailedAgain }: FoundLetter): string {
  return dlqText.state[hasFailedAgain ? "again" : done ?? "open"];
}

/** A letter for people: facts, headers, value, stack; each on lines of its own, safe on a terminal. */
function letterText(topic: string, letter: FoundLetter): string {
  const { partition, record, origin, cause, time } = letter;
  const lines: (readonly [string, string])[] = [
    ["letter", dlqText.from1(topic, `${partition}@${record.offset}`)],
    ["message", dlqText.from1(origin.topic, `${origin.partition}@${origin.offset}`)],
    ["state", stateOf(letter)],
    ["written", timeOf(time) ?? "-"],
    ["cause", cause.id],
    ...facts(letter),
    ["key", record.key === null ? "-" : shown(record.key)],
    ...ownHeaders(record.headers).map(([name, value]) =>
      ["header", `${name}=${value === null ? "" : shown(value)}`] as const
    ),
    ["value", record.value === null ? dlqText.tombstone : shown(record.value)],
    ...stackOf(letter).map((line, i) => [i === 0 ? "stack" : "", line] as const),
  ];
  return lines.map(([name, text]) => `${name.padEnd(9)} ${escapeControls(text)}`.trimEnd() + "\n").join("");
}

function stackOf({ record }: FoundLetter): string[] {
  const stack = headerText(record.headers, CONNECT.stacktrace);
  return stack === undefined ? [] : stack.split("\n");
}

function letterJson(topic: string, letter: FoundLetter): string {
  const { partition, record, origin, cause, time, redrives } = letter;
  const told = Object.fromEntries(facts(letter).map(([name, text]) => [name.replace(" ", "_"), text]));
  const line = jsonLine({
    topic,
    partition,
    offset: record.offset,
    state: letter.hasFailedAgain ? "again" : letter.done ?? "open",
    message: origin,
    time: timeOf(time) ?? null,
    cause: cause.id,
    ...told,
    redriven: redrives,
    stacktrace: headerText(record.headers, CONNECT.stacktrace) ?? null,
    ...field("key", record.key),
    ...field("value", record.value),
    headers: ownHeaders(record.headers).map(([name, value]) => ({
      name,
      ...(value === null ? { value: null } : field("value", value)),
    })),
  });
  return `${escapeInJson(line.trimEnd())}\n`;
}
