import { CONNECT, headerText, OURS } from "../consume/dead_letters_headers.ts";
import type { FoundLetter } from "./dlq_scan.ts";
import { parsePartition } from "./flags.ts";
import { type Moment, parseMoment } from "./moments.ts";
import { dlqText } from "./text/dlq.ts";
import { flagText } from "./text/flags.ts";

/** Where a record lies in a topic. */
export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** Which letters are meant. */
export interface FilterFlags {
  readonly cause?: string;
  readonly key?: string;
  readonly group?: string;
  readonly from?: Moment;
  readonly until?: Moment;
  readonly partition?: readonly number[];
  readonly letter?: readonly Place[];
}

const moment = {
  kind: "parsed",
  parse: (text: string) => parseMoment(text),
  optional: true,
  placeholder: "MOMENT",
} as const;

/** The flags of a part of a topic. */
export const rangeFlags = {
  from: { ...moment, brief: dlqText.from },
  until: { ...moment, brief: dlqText.until },
  partition: {
    kind: "parsed",
    parse: parsePartition,
    variadic: true,
    optional: true,
    brief: flagText.partition,
    placeholder: "N",
  },
} as const;

/** The flags by which letters are chosen. */
export const filterFlags = {
  cause: { kind: "parsed", parse: String, optional: true, brief: dlqText.cause, placeholder: "CAUSE" },
  key: { kind: "parsed", parse: String, optional: true, brief: dlqText.key, placeholder: "TEXT" },
  group: { kind: "parsed", parse: String, optional: true, brief: dlqText.group, placeholder: "ID" },
  letter: {
    kind: "parsed",
    parse: parsePlace,
    variadic: true,
    optional: true,
    brief: dlqText.letter,
    placeholder: "PLACE",
  },
  ...rangeFlags,
} as const;

/** Reads `0@12`: partition and offset, as `peek` and `dlq` print them. */
export function parsePlace(text: string): Place {
  const found = /^(\d{1,6})@(\d{1,19})$/.exec(text);
  if (found === null) throw new RangeError(dlqText.placeForm);
  return { partition: Number(found[1]), offset: BigInt(found[2] ?? "") };
}

/** Whether a letter is meant. Its range of offsets is not looked at: the scan keeps to it. */
export function isMeant({ partition, record, cause }: FoundLetter, flags: FilterFlags): boolean {
  const isPlace = (place: Place) => place.partition === partition && place.offset === record.offset;
  if (flags.letter !== undefined && flags.letter.length > 0 && !flags.letter.some(isPlace)) return false;
  if (flags.key !== undefined && textOfKey(record.key) !== flags.key) return false;
  if (flags.group !== undefined && headerText(record.headers, OURS.group) !== flags.group) return false;
  if (flags.cause === undefined || flags.cause === cause.id) return true;
  const text = `${cause.class}: ${headerText(record.headers, CONNECT.message) ?? ""}`;
  return text.toLowerCase().includes(flags.cause.toLowerCase());
}

function textOfKey(key: Uint8Array | null): string | undefined {
  return key === null ? undefined : new TextDecoder().decode(key);
}
