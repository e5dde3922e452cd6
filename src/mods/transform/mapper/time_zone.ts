import { ConfigurationError } from "../../../core/errors.ts";

/** A time as it is read: its digits as milliseconds as if it were UTC, and the offset from UTC if one stood there. */
export interface ReadTime {
  readonly local: number;
  /** East of Greenwich, in milliseconds; undefined where the text names no zone. */
  readonly offset: number | undefined;
}

/** A time zone, by the tz database that the runtime has built in. */
export interface TimeZone {
  readonly name: string;
  /** How far local time is ahead of UTC at an instant; both in milliseconds. NaN for what is no time. */
  offsetAt(instant: number): number;
  /** Its short name at an instant, such as `GMT+2` or `UTC`. */
  labelAt(instant: number): string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LAST = 8.64e15; // the last instant that a Date can hold
const FIXED = /^(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?$/;

/** The zone without summer time and without history. */
export const UTC: TimeZone = { name: "UTC", offsetAt: (instant) => instant * 0, labelAt: () => "UTC" };

const zones = new Map<string, TimeZone>();

/** A zone by its name: `Europe/Berlin`, `UTC`, `+02:00`. Throws a `ConfigurationError` where there is none. */
export function timeZone(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = isUtc(name) ? UTC : fixedZone(name) ?? namedZone(name);
  zones.set(name, zone); // the names stand in a job's settings: there are few
  return zone;
}

/**
 * The instant at which clocks in a zone show a local time, in milliseconds. Of two (clocks went back) the earlier, still
 * in summer time; where there is none (clocks went forward) it moves on by the length of the gap: 02:30 is 03:30.
 * java.time and JavaScript's Temporal have this rule; java.text.SimpleDateFormat takes the later of two.
 */
export function instantOf({ local, offset }: ReadTime, zone: TimeZone): number {
  if (offset !== undefined) return local - offset;
  const before = zone.offsetAt(local - DAY); // no zone is ahead by more than 14 hours, none changes twice within days
  const after = zone.offsetAt(local + DAY);
  const [early, late] = [local - Math.max(before, after), local - Math.min(before, after)];
  if (zone.offsetAt(early) === local - early) return early;
  return zone.offsetAt(late) === local - late ? late : local - before;
}

function isUtc(name: string): boolean {
  return name === "UTC" || name === "Z" || name === "GMT";
}

function fixedZone(name: string): TimeZone | undefined {
  const match = FIXED.exec(name);
  if (match === null) return undefined;
  const [, sign, hours, minutes = "0"] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  if (size >= DAY || Number(minutes) > 59) return undefined;
  const offset = sign === "-" ? -size : size;
  return {
    name,
    offsetAt: (instant) => offset + instant * 0,
    labelAt: () => `GMT${sign}${hours}:${minutes.padStart(2, "0")}`,
  };
}

function namedZone(name: string): TimeZone {
  let digits: Intl.DateTimeFormat;
  let label: Intl.DateTimeFormat;
  try {
    digits = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    label = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "short" });
  } catch {
    throw new ConfigurationError(
      `${
        JSON.stringify(name)
      } is not a time zone: expected a name such as "Europe/Berlin", "UTC" or "+02:00"`,
    );
  }
  return {
    name,
    offsetAt: byDay((instant) => offsetBy(digits, instant)),
    labelAt: (instant) =>
      label.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? name,
  };
}

const SINCE = Date.UTC(1973, 0, 1); // older offsets have seconds and changes of their own kind: looked up each time
const MOST_DAYS = 10_000;

/** Looking an offset up costs microseconds, so it is kept for days that begin and end with the same one. */
function byDay(lookUp: (instant: number) => number): (instant: number) => number {
  const days = new Map<number, number | undefined>();
  return (instant) => {
    if (!Number.isFinite(new Date(instant).getTime())) return NaN;
    if (instant < SINCE) return lookUp(instant);
    const day = Math.floor(instant / DAY);
    if (!days.has(day)) {
      if (days.size >= MOST_DAYS) days.clear();
      const start = lookUp(day * DAY);
      days.set(day, start === lookUp(Math.min((day + 1) * DAY, LAST)) ? start : undefined);
    }
    return days.get(day) ?? lookUp(instant);
  };
}

function offsetBy(format: Intl.DateTimeFormat, instant: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = value;
  const year = part.era === "BC" ? 1 - Number(part.year) : Number(part.year);
  const shown = new Date(0);
  shown.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
  shown.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
  return shown.getTime() - Math.floor(instant / 1000) * 1000;
}
