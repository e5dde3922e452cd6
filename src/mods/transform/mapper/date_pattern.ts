import { ConfigurationError } from "../../../core/errors.ts";
import { type Letter, letterOf, LETTERS, type TimeParts } from "./date_letters.ts";
import type { ReadTime, TimeZone } from "./time_zone.ts";

/** A date pattern that was read: texts to times, and times to texts. */
export interface DatePattern {
  /** Whether it names enough to read a date. */
  readonly reads: boolean;
  /** Undefined where a text does not fit the pattern, or names a day that does not exist. */
  read(text: string): ReadTime | undefined;
  /** How an instant, in milliseconds, is written in a zone. */
  write(instant: number, zone: TimeZone): string;
}

/** A letter's run, or a text that stands for itself. */
type Piece = { readonly kind: "letter"; readonly name: string; readonly letter: Letter } | {
  readonly kind: "text";
  readonly text: string;
};

const patterns = new Map<string, DatePattern>();

/**
 * Reads a pattern in the letters of java.text.SimpleDateFormat, as Talend jobs have them: `dd.MM.yyyy HH:mm`. Other
 * letters stand in single quotes, `''` is a quote. Texts must fit exactly; names of months and days are English, in any
 * case. Throws a `ConfigurationError` that lists the known letters where one is unknown.
 */
export function datePattern(pattern: string): DatePattern {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  patterns.set(pattern, made); // patterns stand in a job's settings: there are few
  return made;
}

function compile(pattern: string): DatePattern {
  const pieces = piecesOf(pattern);
  const letters = pieces.filter((piece) => piece.kind === "letter");
  const has = (names: string) => letters.some(({ name }) => names.includes(name));
  if (has("hK") && !has("a")) throw wrong(pattern, "h and K need a (AM or PM): H is the hour 0-23");
  if (has("a") && !has("hK")) throw wrong(pattern, "a (AM or PM) needs h or K: with H and k it says nothing");
  const source = pieces.map((piece) =>
    piece.kind === "text" ? escaped(piece.text) : `(${piece.letter.takes})`
  );
  const regex = new RegExp(`^${source.join("")}$`, "i");
  return {
    reads: has("y"),
    read(text) {
      const match = regex.exec(text);
      if (match === null) return undefined;
      const parts: TimeParts = { ...partsAt(0), weekday: undefined };
      letters.forEach(({ letter }, i) => letter.read(match[i + 1] ?? "", parts));
      return timeOf(parts);
    },
    write(instant, zone) {
      const parts = partsAt(instant + zone.offsetAt(instant));
      return pieces.map((piece) =>
        piece.kind === "text" ? piece.text : piece.letter.write(parts, zone, instant)
      ).join("");
    },
  };
}

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [run] of pattern.matchAll(/'(?:[^']|'')*'|'|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    const letter = run.charAt(0);
    if (run === "'") throw wrong(pattern, "a single quote is not closed");
    if (run === "''") pieces.push({ kind: "text", text: "'" });
    else if (letter === "'") pieces.push({ kind: "text", text: run.slice(1, -1).replaceAll("''", "'") });
    else if (!/[A-Za-z]/.test(letter)) pieces.push({ kind: "text", text: run });
    else {pieces.push({
        kind: "letter",
        name: letter,
        letter: letterOf(letter, run.length) ?? unknown(pattern, run),
      });}
  }
  if (pieces.length === 0) throw wrong(pattern, "it is empty");
  return pieces;
}

function unknown(pattern: string, run: string): never {
  const known = Object.entries(LETTERS).map(([letter, meaning]) => `${letter} ${meaning}`).join("; ");
  throw wrong(pattern, `${run} has no meaning here. Known are ${known}. Texts stand in single quotes`);
}

function wrong(pattern: string, why: string): ConfigurationError {
  return new ConfigurationError(`the date pattern ${JSON.stringify(pattern)} cannot be used: ${why}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&");
}

function partsAt(local: number): TimeParts {
  const date = new Date(local);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    weekday: date.getUTCDay(),
    isAfternoon: undefined,
    offset: undefined,
  };
}

/** Undefined where a part is out of its range: 31 February, 25 o'clock, a Monday that is a Tuesday. */
function timeOf(parts: TimeParts): ReadTime | undefined {
  const hour = parts.isAfternoon === true ? parts.hour + 12 : parts.hour;
  if (!(hour < 24 && parts.minute < 60 && parts.second < 60) || Number.isNaN(parts.offset)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  if (date.getUTCMonth() !== parts.month - 1 || date.getUTCDate() !== parts.day) return undefined;
  if (parts.weekday !== undefined && date.getUTCDay() !== parts.weekday) return undefined;
  date.setUTCHours(hour, parts.minute, parts.second, parts.millisecond);
  return { local: date.getTime(), offset: parts.offset };
}
