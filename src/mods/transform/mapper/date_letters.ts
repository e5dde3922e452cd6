import type { TimeZone } from "./time_zone.ts";

/** A time taken apart, as pattern letters read and write it. Unset parts keep what they were made with. */
export interface TimeParts {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  /** 0 to 23. */
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  /** 0 is Sunday; undefined where no text named one. */
  weekday: number | undefined;
  /** Of `a`: true in the afternoon. */
  isAfternoon: boolean | undefined;
  /** East of Greenwich, in milliseconds. */
  offset: number | undefined;
}

/** What one run of a letter means. */
export interface Letter {
  /** Which texts it takes: the source of a regular expression without groups. */
  readonly takes: string;
  read(text: string, parts: TimeParts): void;
  write(parts: TimeParts, zone: TimeZone, instant: number): string;
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The letters of java.text.SimpleDateFormat that are known here, and what each is: for errors and for the docs. */
export const LETTERS: Readonly<Record<string, string>> = {
  y: "year (yyyy; yy is 2000 to 2099)",
  M: "month (MM 07, M 7, MMM Jul, MMMM July)",
  d: "day (dd 05, d 5)",
  E: "day of the week (E Mon, EEEE Monday)",
  H: "hour 0-23",
  k: "hour 1-24",
  h: "hour 1-12, with a",
  K: "hour 0-11, with a",
  m: "minute",
  s: "second",
  S: "fraction of a second (SSS milliseconds)",
  a: "AM or PM",
  X: "offset, Z for UTC (X +02, XX +0200, XXX +02:00)",
  Z: "offset (+0200)",
  z: "zone's name (UTC, GMT+2)",
};

/** A run of `count` times the same letter, or undefined where there is no such letter or not as often. */
export function letterOf(letter: string, count: number): Letter | undefined {
  switch (letter) {
    case "y":
      return count === 2 ? twoDigitYear : count === 1 || count === 4 ? number("year", 4, 4) : undefined;
    case "M":
      return count > 2 ? names(count, MONTHS, "month", 1) : number("month", count, 2);
    case "d":
      return number("day", count, 2);
    case "E":
      return names(count, WEEKDAYS, "weekday", 0);
    case "H":
      return number("hour", count, 2);
    case "k":
      return number("hour", count, 2, (shown) => shown % 24, (hour) => hour === 0 ? 24 : hour);
    case "h":
      return number("hour", count, 2, (shown) => shown % 12, (hour) => hour % 12 === 0 ? 12 : hour % 12);
    case "K":
      return number("hour", count, 2, (shown) => shown, (hour) => hour % 12);
    case "m":
      return number("minute", count, 2);
    case "s":
      return number("second", count, 2);
    case "S":
      return count <= 9 ? fraction(count) : undefined;
    case "a":
      return halfOfDay;
    case "X":
      return count <= 3 ? offset(count, true) : undefined;
    case "Z":
      return offset(2, false);
    case "z":
      return zoneName;
    default:
      return undefined;
  }
}

type NumberPart = "year" | "month" | "day" | "hour" | "minute" | "second";

/** One letter takes as many digits as there are, two and more take just as many. */
function number(
  part: NumberPart,
  count: number,
  most: number,
  toPart = (shown: number) => shown,
  toShown = (value: number) => value,
): Letter | undefined {
  if (count > most) return undefined;
  return {
    takes: count === 1 && most === 2 ? "\\d{1,2}" : `\\d{${most}}`,
    read(text, parts) {
      const shown = Number(text);
      const value = toPart(shown);
      parts[part] = toShown(value) === shown ? value : NaN; // 13 is no hour of h
    },
    write: (parts) => String(toShown(parts[part])).padStart(count, "0"),
  };
}

const twoDigitYear: Letter = {
  takes: "\\d{2}",
  read(text, parts) {
    parts.year = 2000 + Number(text);
  },
  write: ({ year }) => String(((year % 100) + 100) % 100).padStart(2, "0"),
};

function names(
  count: number,
  all: readonly string[],
  part: "month" | "weekday",
  first: number,
): Letter | undefined {
  if (count > 4) return undefined;
  const shown = count === 4 ? all : all.map((name) => name.slice(0, 3));
  const lower = shown.map((name) => name.toLowerCase());
  return {
    takes: shown.join("|"),
    read(text, parts) {
      parts[part] = lower.indexOf(text.toLowerCase()) + first;
    },
    write: (parts) => shown[(parts[part] ?? NaN) - first] ?? "",
  };
}

/** Digits beyond the millisecond are cut off, and written as zeros. */
function fraction(count: number): Letter {
  return {
    takes: `\\d{${count}}`,
    read(text, parts) {
      parts.millisecond = Number(text.padEnd(3, "0").slice(0, 3));
    },
    write: ({ millisecond }) => String(millisecond).padStart(3, "0").padEnd(9, "0").slice(0, count),
  };
}

const halfOfDay: Letter = {
  takes: "AM|PM",
  read(text, parts) {
    parts.isAfternoon = text.toUpperCase() === "PM";
  },
  write: ({ hour }) => hour < 12 ? "AM" : "PM",
};

const MINUTE = 60_000;

function offset(parts: number, hasZ: boolean): Letter {
  const digits = ["\\d{2}", "\\d{2}\\d{2}", "\\d{2}:\\d{2}"][parts - 1];
  return {
    takes: `[+-]${digits}${hasZ ? "|Z" : ""}`,
    read(text, time) {
      time.offset = offsetOf(text);
    },
    write(_, zone, instant) {
      const minutes = Math.trunc(zone.offsetAt(instant) / MINUTE);
      if (minutes === 0 && hasZ) return "Z";
      const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
      const tail = parts === 1 ? "" : `${parts === 3 ? ":" : ""}${String(minute).padStart(2, "0")}`;
      return `${minutes < 0 ? "-" : "+"}${String(hour).padStart(2, "0")}${tail}`;
    },
  };
}

/** Read are only names that say an offset: CET or EST mean different zones to different people. */
const zoneName: Letter = {
  takes: "(?:UTC|GMT)(?:[+-]\\d{1,2}(?::\\d{2})?)?",
  read(text, parts) {
    parts.offset = text.length === 3 ? 0 : offsetOf(text.slice(3));
  },
  write: (_, zone, instant) => zone.labelAt(instant),
};

/** Of `+02`, `-0330`, `+5:30` or `Z`, in milliseconds; NaN where there is no such offset. */
function offsetOf(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d{1,2}):?(\d\d)?$/.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return NaN;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}
