import { isDuckDbValue } from "../json_text.ts";

/** The type of values that share none: everything can be written as text. */
const ANY = "text";

/**
 * The type of a column that is created for these values; null and undefined say nothing about it. As in DuckDB, by
 * PostgreSQL's names:
 *
 * - whole numbers: bigint (numeric where a bigint needs more than 64 bits); with others among them, or beyond 2^53: double
 *   precision
 * - booleans: boolean; texts: text, also those that look like dates; `Date`: timestamptz; bytes: bytea
 * - objects and arrays: jsonb; values of DuckDB's: numeric for decimals, else text
 * - none at all, or of different types: text
 */
export function inferType(values: readonly unknown[]): string {
  const present = values.filter((value) => value !== null && value !== undefined);
  if (present.length === 0) return ANY;
  if (present.every((value) => typeof value === "number" || typeof value === "bigint")) {
    return numericType(present);
  }
  const types = new Set(present.map(typeOf));
  return types.size === 1 ? [...types][0] ?? ANY : ANY;
}

function numericType(values: readonly (number | bigint)[]): string {
  const isWhole = values.every((value) => typeof value === "bigint" || Number.isSafeInteger(value));
  if (!isWhole) {
    const fits = values.every((value) => typeof value === "number" || BigInt(Number(value)) === value);
    return fits ? "double precision" : ANY;
  }
  const fits = values.every((value) => BigInt.asIntN(64, BigInt(value)) === BigInt(value));
  return fits ? "bigint" : "numeric";
}

function typeOf(value: unknown): string {
  if (typeof value === "boolean") return "boolean";
  if (typeof value !== "object" || value === null) return ANY;
  if (value instanceof Date) return "timestamptz";
  if (value instanceof Uint8Array) return "bytea";
  if (isDuckDbValue(value)) return value.constructor.name === "DuckDBDecimalValue" ? "numeric" : ANY;
  return "jsonb";
}
