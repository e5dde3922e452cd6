import type { ErrorKind } from "../../core/errors.ts";

/**
 * Whose fault each type of DuckDB's errors is (the word before " Error:" in its messages; DuckDB's exception.cpp). What
 * stands here as `permanent` may hold values of the rows in its message.
 */
export const DUCKDB_ERROR_KINDS: Readonly<Record<string, ErrorKind>> = {
  // the rows do not fit
  "Constraint": "permanent",
  "Conversion": "permanent",
  "Out of Range": "permanent",
  "Mismatch Type": "permanent",
  "Invalid Input": "permanent",
  "Invalid type": "permanent",
  "Decimal": "permanent",
  "Divide by Zero": "permanent",
  "Object Size": "permanent",
  "Sequence": "permanent",
  // the database is not to be had, or not in this moment
  "IO": "unavailable",
  "Connection": "unavailable",
  "TransactionContext": "unavailable",
  "Out of Memory": "unavailable",
  "INTERRUPT": "unavailable",
  "FATAL": "unavailable",
  "INTERNAL": "unavailable",
  // the job and its database do not fit each other
  "Catalog": "configuration",
  "Binder": "configuration",
  "Parser": "configuration",
  "Syntax": "configuration",
  "Permission": "configuration",
  "Dependency": "configuration",
  "Settings": "configuration",
  "Invalid Configuration": "configuration",
  "Not implemented": "configuration",
  "Missing Extension": "configuration",
  "Serialization": "configuration",
};

/** An error of DuckDB's, taken apart. */
export interface DuckDbFailure {
  /** The word before " Error:", such as `Constraint`. */
  readonly type: string;
  /** A type that is not in the table counts as unavailable: what nobody knows must not be skipped. */
  readonly kind: ErrorKind;
  /** May hold values of the rows, except where the kind is configuration. */
  readonly message: string;
  /** DuckDB has given this instance up; it must be opened again. */
  readonly fatal: boolean;
}

/** An error as DuckDB's library throws it; undefined for any other. */
export function duckDbFailure(error: unknown): DuckDbFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const match = /^([A-Z][A-Za-z ]*?) Error: ([\s\S]*)$/.exec(error.message);
  const [, type, message] = match ?? [];
  if (/^Failed to \w+: (connection disconnected|instance closed)/.test(error.message)) {
    return { type: "Connection", kind: "unavailable", message: error.message, fatal: true }; // the library's own words
  }
  if (type === undefined || message === undefined) return undefined;
  const kind = Object.hasOwn(DUCKDB_ERROR_KINDS, type) ? DUCKDB_ERROR_KINDS[type] : undefined;
  const fatal = type === "FATAL" || type === "INTERNAL" || /has been invalidated/.test(message);
  return { type, kind: fatal ? "unavailable" : kind ?? "unavailable", message, fatal };
}
