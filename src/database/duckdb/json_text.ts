import { PermanentError } from "../../core/errors.ts";
import { isComposite, isDuckDbValue } from "./duckdb_values.ts";
import type { DuckDbApi } from "./library.ts";

/** V8 has it, TypeScript's library not yet: a number with all its digits. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/**
 * A value as JSON text. Bigints keep their digits, dates are ISO texts, DuckDB's decimals and times are texts, and half
 * surrogate pairs become U+FFFD, as in a VARCHAR. Throws a `PermanentError` for what JSON cannot hold; `JSON.stringify`
 * would drop it silently.
 */
export function jsonTextOf(api: DuckDbApi, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_key, item: unknown) => jsonValue(api, item));
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new PermanentError(
      "a nested value cannot be written as JSON: it holds itself, or is nested too deeply",
    );
  }
  if (text === undefined) throw new PermanentError(`a ${typeof value} cannot be written as JSON`);
  return text;
}

function jsonValue(api: DuckDbApi, item: unknown): unknown {
  switch (typeof item) {
    case "string":
      return item.toWellFormed();
    case "bigint":
      return rawJson(String(item));
    case "number":
      if (Number.isFinite(item)) return item;
      throw new PermanentError("NaN or infinity cannot be written as JSON");
    case "object":
      return item === null ? null : jsonObject(api, item);
    default:
      return item;
  }
}

function jsonObject(api: DuckDbApi, item: object): unknown {
  if (item instanceof Map || item instanceof Set || ArrayBuffer.isView(item)) {
    throw new PermanentError(
      `a ${item.constructor.name} cannot be written as JSON: make it an object or an array`,
    );
  }
  if (isComposite(api, item)) return compositeParts(api, item);
  return isDuckDbValue(api, item) ? String(item) : item;
}

function compositeParts(api: DuckDbApi, item: object): unknown {
  if (item instanceof api.DuckDBListValue || item instanceof api.DuckDBArrayValue) return item.items;
  if (item instanceof api.DuckDBStructValue) return item.entries;
  if (item instanceof api.DuckDBMapValue) {
    return Object.fromEntries(item.entries.map(({ key, value }) => [String(key), value]));
  }
  const inner = (item as { value: unknown }).value; // of a union or a variant
  return jsonValue(api, inner);
}
