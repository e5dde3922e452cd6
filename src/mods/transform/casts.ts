import { readIso } from "./mapper/iso_time.ts";
import { instantOf, type TimeZone, UTC } from "./mapper/time_zone.ts";

/** What `data_mapper` can cast a column to. */
export const CASTS = ["string", "integer", "number", "decimal", "boolean", "timestamp", "date"] as const;
/** One of {@link CASTS}. */
export type Cast = typeof CASTS[number];

const INTEGER = /^-?\d+$/;
const NUMERIC = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_DIGITS = 1000;

/**
 * A value as another type, or undefined where it cannot be one without guessing or rounding. Texts are taken as they
 * are: no blanks around them, no thousands separators.
 *
 * - `string`: numbers and booleans as JSON writes them, a Date as ISO 8601 in UTC. Nested values are refused.
 * - `integer`: whole numbers, and texts of digits; a number up to 2^53, a bigint beyond.
 * - `number`: a double. Texts as in JSON. Whole texts and bigints beyond 2^53 are refused, as they would be rounded.
 * - `decimal`: the exact digits as a text (`12.50` stays `12.50`), without an exponent, for a DECIMAL column.
 * - `boolean`: true and false, those words in any case, 1 and 0.
 * - `timestamp`: a Date. Texts in ISO 8601, in `zone` where they name none, digits beyond the millisecond cut off;
 *   whole numbers are Unix milliseconds, as in Kafka.
 * - `date`: a text `YYYY-MM-DD`. Takes that, and what `timestamp` takes: then the date in `zone`.
 */
export function castValue(value: unknown, to: Cast, zone: TimeZone = UTC): unknown {
  switch (to) {
    case "string":
      return toText(value);
    case "integer":
      return toInteger(value);
    case "number":
      return toNumber(value);
    case "decimal":
      return toDecimal(value);
    case "boolean":
      return toBoolean(value);
    case "timestamp":
      return toTimestamp(value, zone);
    case "date":
      return toDate(value, zone);
  }
}

function toText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return value instanceof Date && isValid(value) ? value.toISOString() : undefined;
}

function toInteger(value: unknown): number | bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value;
  if (typeof value !== "string" || value.length > MAX_DIGITS || !INTEGER.test(value)) return undefined;
  return toInteger(BigInt(value));
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : undefined;
  if (typeof value !== "string" || !NUMERIC.test(value)) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) return undefined;
  return INTEGER.test(value) && !Number.isSafeInteger(number) ? undefined : number;
}

function toDecimal(value: unknown): string | undefined {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? withoutExponent(String(value)) : undefined;
  return typeof value === "string" ? withoutExponent(value) : undefined;
}

/** `1.5e3` as `1500`; a text without an exponent as it is; undefined where it is no number or longer than is sensible. */
function withoutExponent(text: string): string | undefined {
  if (text.length > MAX_DIGITS || !NUMERIC.test(text)) return undefined;
  const [mantissa = "", exponent] = text.toLowerCase().split("e");
  if (exponent === undefined) return text;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_DIGITS) return undefined;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.slice(sign.length).split(".");
  const point = Math.max(1, whole.length + shift); // how many digits stand before the point
  const zeros = "0".repeat(Math.max(0, 1 - whole.length - shift));
  const digits = (zeros + whole + fraction).padEnd(point, "0");
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = digits.slice(point);
  return `${sign}${left}${right === "" ? "" : `.${right}`}`;
}

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value).toLowerCase()
    : "";
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

function toTimestamp(value: unknown, zone: TimeZone): Date | undefined {
  if (value instanceof Date) return isValid(value) ? value : undefined;
  if (typeof value === "number" || typeof value === "bigint") {
    const date = new Date(Number(value));
    return (typeof value === "bigint" || Number.isInteger(value)) && isValid(date) ? date : undefined;
  }
  const time = typeof value === "string" ? readIso(value) : undefined;
  return time === undefined ? undefined : new Date(instantOf(time, zone));
}

function toDate(value: unknown, zone: TimeZone): string | undefined {
  const day = typeof value === "string" ? readIso(value) : undefined;
  if (day !== undefined && day.offset === undefined) return dayOf(day.local); // as it is written, in any zone
  const instant = toTimestamp(value, zone)?.getTime();
  return instant === undefined ? undefined : dayOf(instant + zone.offsetAt(instant));
}

/** `YYYY-MM-DD` of a local time in milliseconds; undefined outside of the years 0 to 9999. */
export function dayOf(local: number): string | undefined {
  const date = new Date(local);
  const text = isValid(date) ? date.toISOString() : "";
  return /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined;
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
