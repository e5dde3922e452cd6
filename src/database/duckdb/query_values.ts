import type { DuckDBPreparedStatement, DuckDBValue } from "../../deps/duckdb.ts";
import { PermanentError } from "../../core/errors.ts";
import type { QueryValues } from "../database.ts";
import { isDuckDbValue } from "./duckdb_values.ts";
import { jsonTextOf } from "../json_text.ts";
import { eachQueryValue } from "../query_values.ts";
import type { DuckDbApi } from "./library.ts";
import { bindable, bindValue, type BoundValue } from "./values.ts";

/**
 * Binds the values of a query. Throws a `ConfigurationError` where their number or names are not those of the
 * statement, a `PermanentError` where one does not fit; the errors say which, not what it is.
 */
export function bindQueryValues(
  api: DuckDbApi,
  statement: DuckDBPreparedStatement,
  values: QueryValues,
): void {
  const names = Array.from({ length: statement.parameterCount }, (_, i) => statement.parameterName(i + 1));
  eachQueryValue(names, values, (value, place) => bindOne(api, statement, place + 1, value));
}

function bindOne(api: DuckDbApi, statement: DuckDBPreparedStatement, index: number, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.includes(undefined))) {
    throw new PermanentError("it is undefined, or holds that: what is not there is null in SQL");
  }
  if (Array.isArray(value)) return bindList(api, statement, index, value);
  const known = statement.parameterTypeId(index) !== api.DuckDBTypeId.INVALID;
  bindValue(
    statement,
    index,
    known ? bindable(api, value, { type: String(statement.parameterType(index)) }) : plainValue(api, value),
  );
}

/** A list, with one type for all of its items. */
function bindList(api: DuckDbApi, statement: DuckDBPreparedStatement, index: number, list: unknown[]): void {
  const items = list.map((item) => plainValue(api, item));
  const types = new Set(items.filter((item) => item !== null).map((item) => typeof item));
  const mixed = types.size === 2 && types.has("number") && types.has("bigint"); // 1.5 among whole numbers
  const type = types.has("number")
    ? api.DOUBLE
    : types.has("bigint")
    ? items.every((item) => typeof item !== "bigint" || BigInt.asIntN(64, item) === item)
      ? api.BIGINT
      : api.HUGEINT
    : types.has("boolean")
    ? api.BOOLEAN
    : types.has("string")
    ? api.VARCHAR
    : api.SQLNULL;
  if (types.has("object") || types.size > (mixed ? 2 : 1)) {
    throw new PermanentError("the items of a list are numbers, or texts, or booleans; never some of each");
  }
  const same = mixed ? items.map((item) => typeof item === "bigint" ? Number(item) : item) : items;
  statement.bindList(index, same as DuckDBValue[], api.LIST(type));
}

/** A value where DuckDB does not say what type it expects. */
function plainValue(api: DuckDbApi, value: unknown): BoundValue {
  if (value instanceof Date) return bindable(api, value, { type: "TIMESTAMP WITH TIME ZONE" });
  if (value instanceof Uint8Array) return value;
  const isObject = typeof value === "object" && value !== null && !isDuckDbValue(api, value);
  return isObject ? jsonTextOf(value) : bindable(api, value, { type: "ANY" });
}
