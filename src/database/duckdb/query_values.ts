import type { DuckDBPreparedStatement, DuckDBValue } from "../../deps/duckdb.ts";
import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { QueryValues } from "../database.ts";
import { isDuckDbValue } from "./duckdb_values.ts";
import { jsonTextOf } from "../json_text.ts";
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
  if (isList(values)) positions(names, values);
  names.forEach((name, i) => {
    const value = isList(values) ? values[i] : named(name, values);
    try {
      bindOne(api, statement, i + 1, value);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError(`value $${name} of the query: ${error.message}`);
    }
  });
}

const isList = (values: QueryValues): values is readonly unknown[] => Array.isArray(values);

function positions(names: readonly string[], values: readonly unknown[]): void {
  const named = names.find((name, i) => name !== String(i + 1));
  if (named !== undefined) {
    throw new ConfigurationError(
      `the statement has $${named}, but its values are a list: expected an object`,
    );
  }
  if (names.length === values.length) return;
  throw new ConfigurationError(
    `the statement has ${names.length} places for values, ${values.length} values were given`,
  );
}

function named(name: string, values: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(values, name)) return values[name];
  const there = Object.keys(values);
  throw new ConfigurationError(
    /^\d+$/.test(name)
      ? `the statement has $${name}, but its values have names: expected a list`
      : `the statement has $${name}, which the values do not have${didYouMean(name, there)}`,
  );
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
