import type { DuckDBPreparedStatement, DuckDBValue } from "../../deps/duckdb.ts";
import { PermanentError } from "../../core/errors.ts";
import { columnKind } from "./column_kind.ts";
import { isComposite, isDuckDbValue } from "./duckdb_values.ts";
import { jsonTextOf } from "../json_text.ts";
import type { DuckDbApi } from "./library.ts";
import type { Column } from "./table_schema.ts";

/** A value as it is bound. A number is a DOUBLE, a bigint an integer, a string a VARCHAR. */
export type BoundValue = DuckDBValue | Uint8Array;

const HUGEINT_MAX = 2n ** 127n - 1n;
const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/**
 * A value as it goes into a column, so that nothing of it is lost on the way: DuckDB would round fractions in integer
 * columns and cut integers that do not fit 128 bits. Throws a `PermanentError` that says what does not fit, without the
 * value.
 */
export function bindable(api: DuckDbApi, value: unknown, { type }: Pick<Column, "type">): BoundValue {
  if (value === null || value === undefined) return null;
  const kind = columnKind(type);
  if (kind === "json" || kind === "nested") {
    return typeof value === "string" ? value.toWellFormed() : jsonTextOf(value);
  }
  switch (typeof value) {
    case "string":
      return kind === "integer" ? wholeText(value, type) : value;
    case "number":
      return fromNumber(value, kind, type);
    case "bigint":
      return fromBigInt(value, kind, type);
    case "boolean":
      return kind === "text" ? String(value) : value;
    case "object":
      return fromObject(api, value, kind, type);
    default:
      throw new PermanentError(`a ${typeof value} cannot be written`);
  }
}

function wholeText(text: string, type: string): BoundValue {
  const digits = WHOLE.exec(text)?.[1];
  if (digits === undefined) {
    throw new PermanentError(`a text that is not a whole number does not fit ${type}`);
  }
  return fromBigInt(BigInt(digits.replace("+", "")), "integer", type);
}

function fromNumber(value: number, kind: string, type: string): BoundValue {
  if (kind === "float") return value;
  if (kind === "text") return String(value);
  if (kind !== "integer" && kind !== "decimal") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (!Number.isFinite(value)) throw new PermanentError(`NaN or infinity does not fit ${type}`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new PermanentError(
      `a number beyond 2^53 may have lost digits before it came here, so it is not written to ${type}: ` +
        "a bigint or a text of digits keeps them",
    );
  }
  if (kind === "decimal") return String(value); // its shortest text: 19.99 is exact, the nearest double is not
  if (!Number.isInteger(value)) throw new PermanentError(`a number with a fraction does not fit ${type}`);
  return BigInt(value);
}

function fromBigInt(value: bigint, kind: string, type: string): BoundValue {
  if (kind === "text") return String(value);
  if (kind === "float") {
    if (BigInt(Number(value)) === value) return Number(value);
    throw new PermanentError(`an integer with more digits than ${type} keeps does not fit it`);
  }
  return value > HUGEINT_MAX || value < -HUGEINT_MAX ? String(value) : value; // as a text, DuckDB checks its range
}

function fromObject(api: DuckDbApi, value: object, kind: string, type: string): BoundValue {
  if (value instanceof Date) return fromDate(api, value, kind);
  if (value instanceof Uint8Array) {
    if (kind === "blob") return value;
    throw new PermanentError(`bytes do not fit ${type}: they need a BLOB column, or to be decoded before`);
  }
  if (isComposite(api, value)) return kind === "text" ? jsonTextOf(value) : refuseObject(type);
  if (isDuckDbValue(api, value)) return value;
  return kind === "text" ? jsonTextOf(value) : refuseObject(type);
}

function refuseObject(type: string): never {
  throw new PermanentError(`an object or array does not fit ${type}`);
}

function fromDate(api: DuckDbApi, date: Date, kind: string): BoundValue {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new PermanentError("an invalid Date cannot be written");
  if (kind === "timestamptz") return new api.DuckDBTimestampTZValue(BigInt(ms) * 1000n);
  if (kind === "timestamp") return new api.DuckDBTimestampValue(BigInt(ms) * 1000n);
  if (kind === "date") return new api.DuckDBDateValue(Math.floor(ms / 86_400_000));
  return date.toISOString();
}

/** Binds one value. The type is the value's own; the statement casts it to the column's. */
export function bindValue(statement: DuckDBPreparedStatement, index: number, value: BoundValue): void {
  if (value === null) return statement.bindNull(index);
  if (value instanceof Uint8Array) return statement.bindBlob(index, value);
  switch (typeof value) {
    case "string":
      return statement.bindVarchar(index, value);
    case "number":
      return statement.bindDouble(index, value);
    case "bigint":
      return BigInt.asIntN(64, value) === value
        ? statement.bindBigInt(index, value)
        : statement.bindHugeInt(index, value);
    default:
      return statement.bindValue(index, value);
  }
}

/** Two bound values that are one to the database have the same text; some that differ in text may be one as well. */
export function valueText(value: BoundValue): string {
  return `${typeof value}:${value instanceof Uint8Array ? value.join() : String(value)}`;
}
