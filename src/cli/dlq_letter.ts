import { CONNECT, headerText, OURS, ownHeaders, REDRIVE } from "../consume/dead_letters_headers.ts";
import type { OutgoingRecord, RawRecord } from "../kafka/driver.ts";
import { murmur2 } from "../kafka/murmur2.ts";
import type { Peeked } from "./peek_records.ts";

/** Where the message of a letter lay. */
export interface Origin {
  readonly topic: string;
  /** -1 where the letter does not tell. */
  readonly partition: number;
  readonly offset: string;
}

/** Why letters of one kind failed. */
export interface Cause {
  /** Eight hexadecimal digits, the same for all letters of this cause. */
  readonly id: string;
  readonly topic: string;
  readonly class: string;
  /** The error's text, with `#` for numbers and ids. */
  readonly message: string;
}

/** A record of a dead letter topic, read. */
export interface Letter {
  readonly partition: number;
  readonly record: RawRecord;
  readonly origin: Origin;
  readonly cause: Cause;
  /** When it was written, Unix time in milliseconds. */
  readonly time: number;
  /** How often its message was redriven before. */
  readonly redrives: number;
}

/** Reads a letter of ours or of Kafka Connect; undefined where the record is none. */
export function readLetter({ partition, record }: Peeked): Letter | undefined {
  const read = (name: string) => headerText(record.headers, name);
  const topic = read(CONNECT.topic);
  // anybody can write such a header: what is no name of a topic is no letter
  if (topic === undefined || !/^[a-zA-Z0-9._-]{1,249}$/.test(topic)) return undefined;
  const from = read(CONNECT.partition) ?? "";
  const count = read(REDRIVE.count) ?? "";
  return {
    partition,
    record,
    origin: {
      topic,
      partition: /^\d{1,9}$/.test(from) ? Number(from) : -1,
      offset: read(CONNECT.offset) ?? "",
    },
    cause: causeOf(topic, read(CONNECT.exception) ?? "-", read(CONNECT.message) ?? "-"),
    time: record.timestamp,
    redrives: /^\d{1,9}$/.test(count) ? Number(count) : 0,
  };
}

const ID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=[a-z]*\d)[0-9a-f]{8,}\b/gi;
const LONGEST = 100;

/** The error's text without what differs from message to message: ids and numbers become `#`, blanks one space. */
export function normalised(message: string): string {
  const text = message.replace(ID, "#").replace(/\d+(?:[.,:]\d+)*/g, "#").replace(/\s+/g, " ").trim();
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function causeOf(topic: string, name: string, message: string): Cause {
  const text = normalised(message);
  const hash = murmur2(new TextEncoder().encode(JSON.stringify([topic, name, text]))) >>> 0;
  return { id: hash.toString(16).padStart(8, "0"), topic, class: name, message: text };
}

/**
 * The message of a letter, to be sent again: its key, value and own headers as they were, and behind them where the
 * letter lies, how often the message was redriven, and when.
 */
export function redriven(
  { partition, record, redrives }: Letter,
  dlq: string,
  now: number,
): Pick<OutgoingRecord, "key" | "value" | "headers"> {
  const names: readonly string[] = Object.values(REDRIVE);
  const added: [string, string][] = [
    [REDRIVE.from, `${dlq}/${partition}/${record.offset}`],
    [REDRIVE.count, String(redrives + 1)],
    [REDRIVE.time, new Date(now).toISOString()],
  ];
  return {
    key: record.key,
    value: record.value,
    headers: [
      ...ownHeaders(record.headers).filter(([name]) => !names.includes(name)),
      ...added.map(([name, text]) => [name, new TextEncoder().encode(text)] as const),
    ],
  };
}

/** What a letter tells besides its cause, for people: name and text, in the order of importance. */
export function facts({ record: { headers } }: Letter): (readonly [name: string, text: string])[] {
  const names = [
    ["error", CONNECT.message],
    ["class", CONNECT.exception],
    ["in", CONNECT.executing],
    ["stage", CONNECT.stage],
    ["kind", OURS.kind],
    ["attempts", OURS.attempts],
    ["job", CONNECT.connector],
    ["group", OURS.group],
    ["redriven", REDRIVE.count],
    ["left out", OURS.without],
  ] as const;
  return names.flatMap(([title, name]) => {
    const text = headerText(headers, name);
    return text === undefined ? [] : [[title, text] as const];
  });
}
