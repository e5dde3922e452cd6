/** What `data_mapper` can cast a column to. */
export const CASTS = ["string", "integer", "number", "decimal", "boolean", "timestamp", "date"] as const;
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
 * - `timestamp`: a Date. Texts in ISO 8601, in UTC where they name no zone, digits beyond the millisecond cut off;
 *   whole numbers are Unix milliseconds, as in Kafka.
 * - `date`: a text `YYYY-MM-DD`. Takes that, and what `timestamp` takes: then the date in UTC.
 */
export function castValue(value: unknown, to: Cast): unknown {
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
      return toTimestamp(value);
    case "date":
      return toDate(value);
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

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

function toTimestamp(value: unknown): Date | undefined {
  if (value instanceof Date) return isValid(value) ? value : undefined;
  if (typeof value === "number" || typeof value === "bigint") {
    const date = new Date(Number(value));
    return (typeof value === "bigint" || Number.isInteger(value)) && isValid(date) ? date : undefined;
  }
  const parts = typeof value === "string" ? ISO_8601.exec(value) : null;
  if (parts === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zoneMinutes(zone);
  if (offset === undefined) return undefined;
  date.setUTCHours(
    Number(hour),
    Number(minute) - offset,
    Number(second),
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  return date;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(":", "") || "0")];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function toDate(value: unknown): string | undefined {
  const text = toTimestamp(value)?.toISOString();
  return text !== undefined && /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined;
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
