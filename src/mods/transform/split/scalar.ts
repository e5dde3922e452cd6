/** A decimal number exactly: `digits / 10^scale`, without zeros at the end of the digits. */
export class Decimal {
  constructor(readonly digits: bigint, readonly scale: number) {}
}

const JSON_NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MAX_DIGITS = 1000; // no database holds more, and longer ones would stall the event loop

/** A text that is written as JSON writes numbers, as that number; undefined for any other: `007`, ` 1`, `1,5`. */
export function decimalOf(text: string): Decimal | undefined {
  const match = text.length <= MAX_DIGITS ? JSON_NUMBER.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_DIGITS) return undefined;
  const digits = (whole + fraction).replace(/0+$/, "");
  if (/^0*$/.test(digits)) return new Decimal(0n, 0);
  return new Decimal(
    BigInt(sign + digits),
    fraction.length - shift - (whole.length + fraction.length - digits.length),
  );
}

/** A number as the shortest text that means it, so that 0.1 is one tenth; undefined for NaN and infinity. */
export function decimalOfNumber(value: number | bigint): Decimal | undefined {
  if (typeof value === "number" && Number.isInteger(value)) return decimalOf(String(BigInt(value)));
  return decimalOf(String(value));
}

/** -1, 0 or 1. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Texts by code point, as databases in UTF-8 order them. JavaScript's `<` goes by UTF-16 units, where a character beyond
 * U+FFFF stands before U+E000.
 */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return Math.sign(rank(x) - rank(y));
  }
  return Math.sign(a.length - b.length);
}

/** Puts surrogates, which stand for what is beyond U+FFFF, behind all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * A value as conditions and keys see it: null for undefined, and the values of DuckDB's results as ours. Its decimals
 * become a {@link Decimal}, its timestamps a Date, its dates, times and UUIDs texts. They are known by their class's
 * name: the library is not loaded here.
 */
export function plainValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const name = value.constructor?.name ?? "";
  if (!name.startsWith("DuckDB")) return value;
  if (name === "DuckDBDecimalValue") return decimalOf(String(value)) ?? value;
  if (/^DuckDB(Date|Time|UUID|TimeTZ)Value$/.test(name)) return String(value);
  return instantOf(value as DuckDbInstant) ?? value;
}

interface DuckDbInstant {
  readonly micros?: unknown;
  readonly millis?: unknown;
  readonly seconds?: unknown;
  readonly nanos?: unknown;
}

function instantOf({ micros, millis, seconds, nanos }: DuckDbInstant): Date | undefined {
  if (typeof micros === "bigint") return new Date(Number(micros / 1000n));
  if (typeof millis === "bigint") return new Date(Number(millis));
  if (typeof seconds === "bigint") return new Date(Number(seconds) * 1000);
  return typeof nanos === "bigint" ? new Date(Number(nanos / 1_000_000n)) : undefined;
}
