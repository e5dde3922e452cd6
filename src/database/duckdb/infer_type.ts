import { isComposite, isDuckDbValue } from "./duckdb_values.ts";
import type { DuckDbApi } from "./library.ts";

/** The type of values that share none: everything can be written as text. */
const ANY = "VARCHAR";

const TYPES_OF_DUCKDB: Readonly<Record<string, string>> = {
  DuckDBBitValue: "BIT",
  DuckDBBlobValue: "BLOB",
  DuckDBDateValue: "DATE",
  DuckDBIntervalValue: "INTERVAL",
  DuckDBTimeValue: "TIME",
  DuckDBTimeNSValue: "TIME_NS",
  DuckDBTimeTZValue: "TIME WITH TIME ZONE",
  DuckDBTimestampValue: "TIMESTAMP",
  DuckDBTimestampSecondsValue: "TIMESTAMP_S",
  DuckDBTimestampMillisecondsValue: "TIMESTAMP_MS",
  DuckDBTimestampNanosecondsValue: "TIMESTAMP_NS",
  DuckDBTimestampTZValue: "TIMESTAMP WITH TIME ZONE",
  DuckDBUUIDValue: "UUID",
};

/**
 * The type of a column that is created for these values; null and undefined say nothing about it.
 *
 * - whole numbers: BIGINT (HUGEINT where a bigint needs it); with others among them, or beyond 2^53: DOUBLE
 * - booleans: BOOLEAN; texts: VARCHAR, also those that look like dates; `Date`: TIMESTAMP WITH TIME ZONE; bytes: BLOB
 * - objects and arrays: JSON; values of DuckDB's: their own type, nested ones JSON
 * - none at all, or of different types: VARCHAR
 */
export function inferType(api: DuckDbApi, values: readonly unknown[]): string {
  const present = values.filter((value) => value !== null && value !== undefined);
  if (present.length === 0) return ANY;
  if (present.every((value) => typeof value === "number" || typeof value === "bigint")) {
    return numericType(present);
  }
  const types = new Set(present.map((value) => typeOf(api, value)));
  return types.size === 1 ? [...types][0] ?? ANY : ANY;
}

function numericType(values: readonly (number | bigint)[]): string {
  const isWhole = values.every((value) => typeof value === "bigint" || Number.isSafeInteger(value));
  if (!isWhole) {
    const fits = values.every((value) => typeof value === "number" || BigInt(Number(value)) === value);
    return fits ? "DOUBLE" : ANY;
  }
  const bits = (width: number) =>
    values.every((value) => BigInt.asIntN(width, BigInt(value)) === BigInt(value));
  return bits(64) ? "BIGINT" : bits(128) ? "HUGEINT" : ANY;
}

function typeOf(api: DuckDbApi, value: unknown): string {
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value !== "object" || value === null) return ANY;
  if (value instanceof Date) return "TIMESTAMP WITH TIME ZONE";
  if (value instanceof Uint8Array) return "BLOB";
  if (value instanceof api.DuckDBDecimalValue) return `DECIMAL(${value.width},${value.scale})`;
  if (isDuckDbValue(api, value) && !isComposite(api, value)) {
    return TYPES_OF_DUCKDB[value.constructor.name] ?? ANY;
  }
  return "JSON";
}
