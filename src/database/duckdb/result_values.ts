import type { DuckDBValue } from "../../deps/duckdb.ts";
import { isDuckDbValue } from "./duckdb_values.ts";
import type { DuckDbApi } from "./library.ts";

/** Days that stand for infinity in a DATE (DuckDB's date.hpp); its library would write a year of seven digits. */
const INFINITE_DAYS = 2 ** 31 - 1;

/** A value of a result in the form that `Database` promises. */
export function resultValue(api: DuckDbApi, value: DuckDBValue): unknown {
  if (typeof value !== "object" || value === null || !isDuckDbValue(api, value)) return value;
  const inner = (item: DuckDBValue) => resultValue(api, item);
  if (value instanceof api.DuckDBBlobValue) return Uint8Array.from(value.bytes); // a plain one, of its own
  if (value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue) {
    return value.items.map(inner);
  }
  if (value instanceof api.DuckDBStructValue) return mapped(Object.entries(value.entries), inner);
  if (value instanceof api.DuckDBMapValue) {
    return mapped(value.entries.map(({ key, value: item }) => [String(inner(key)), item]), inner);
  }
  if (value instanceof api.DuckDBUnionValue || value instanceof api.DuckDBVariantValue) {
    return inner(value.value);
  }
  return timeText(api, value) ?? String(value);
}

function mapped(entries: readonly [string, DuckDBValue][], inner: (value: DuckDBValue) => unknown): object {
  return Object.fromEntries(entries.map(([name, item]) => [name, inner(item)])); // own properties, `__proto__` too
}

/** A point in time by ISO 8601; undefined for a value that is none. */
function timeText(api: DuckDbApi, value: object): string | undefined {
  if (value instanceof api.DuckDBTimestampTZValue) {
    // its own text has the zone of the machine
    const text = iso(String(new api.DuckDBTimestampValue(value.micros)));
    return text.endsWith("infinity") ? text : `${text}Z`;
  }
  if (
    value instanceof api.DuckDBTimestampValue || value instanceof api.DuckDBTimestampSecondsValue ||
    value instanceof api.DuckDBTimestampMillisecondsValue ||
    value instanceof api.DuckDBTimestampNanosecondsValue
  ) return iso(String(value));
  if (!(value instanceof api.DuckDBDateValue) || Math.abs(value.days) !== INFINITE_DAYS) return undefined;
  return value.days > 0 ? "infinity" : "-infinity";
}

/** `2024-02-29 10:11:12` with the `T` of ISO 8601 in its middle. */
const iso = (text: string) => text.replace(/^(\d+-\d\d-\d\d) (?=\d)/, "$1T");
