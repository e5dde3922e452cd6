import { Decimal, decimalOf, decimalOfNumber, plainValue } from "../split/scalar.ts";

/** How texts and numbers stand to each other in keys. */
export type KeyTypes = "strict" | "numeric";

/** Why a value can be no key. */
export const NO_KEY: unique symbol = Symbol("no key");

/**
 * A value as a key: two values are one key if they have the same text here. Undefined for what matches nothing: null,
 * NaN and invalid Dates. {@link NO_KEY} for objects and lists, which cannot be keys.
 *
 * 1, 1n and a DuckDB decimal of 1.0 are one key; a Date is that of its instant; bytes are those of their content. A text
 * is no number, `"1"` is another key than 1, unless the types are numeric: then texts that are written as JSON writes
 * numbers are those numbers, and `"1.0"` is 1. The first character says what kind it is of.
 */
export function keyOf(given: unknown, types: KeyTypes): string | undefined | typeof NO_KEY {
  const value = plainValue(given);
  switch (typeof value) {
    case "string": {
      const decimal = types === "numeric" ? decimalOf(value) : undefined;
      return decimal === undefined ? `s${value}` : decimalKey(decimal);
    }
    case "number":
      return numberKey(value);
    case "bigint":
      return `n${value}`;
    case "boolean":
      return `b${value}`;
  }
  if (value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : `d${value.getTime()}`;
  if (value instanceof Decimal) return decimalKey(value);
  return value instanceof Uint8Array ? `x${value.join()}` : NO_KEY;
}

function numberKey(value: number): string | undefined {
  if (Number.isSafeInteger(value)) return `n${value}`; // -0 as 0
  if (Number.isNaN(value)) return undefined;
  if (Number.isInteger(value)) return `n${BigInt(value)}`;
  const decimal = decimalOfNumber(value);
  return decimal === undefined ? `n${value}` : decimalKey(decimal);
}

/** Whole numbers as a bigint writes them. */
function decimalKey({ digits, scale }: Decimal): string {
  return scale <= 0 ? `n${digits * 10n ** BigInt(-scale)}` : `n${digits}e-${scale}`;
}

/** Several keys as one, so that no two lists of keys are the same text. */
export function joinKeys(keys: readonly string[]): string {
  return keys.length === 1 ? keys[0]! : keys.map((key) => `${key.length}:${key}`).join("");
}

const KINDS: Readonly<Record<string, string>> = {
  s: "texts",
  n: "numbers",
  b: "booleans",
  d: "Dates",
  x: "bytes",
};

/** What kind of values a key is of, in words. */
export function kindOfKey(key: string): string {
  return KINDS[key[0] ?? ""] ?? "other values";
}
