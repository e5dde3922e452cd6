import type { DuckDBValue } from "../../deps/duckdb.ts";
import type { DuckDbApi } from "./library.ts";

/** Whether it is a value as DuckDB's results hold them, such as a decimal or a timestamp. */
export function isDuckDbValue(api: DuckDbApi, value: object): value is DuckDBValue & object {
  return /^DuckDB\w+Value$/.test(value.constructor?.name ?? "") &&
    value.constructor === (api as unknown as Record<string, unknown>)[value.constructor.name];
}

/** Whether it is one of those that hold other values. */
export function isComposite(api: DuckDbApi, value: object): boolean {
  return value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue ||
    value instanceof api.DuckDBStructValue || value instanceof api.DuckDBMapValue ||
    value instanceof api.DuckDBUnionValue || value instanceof api.DuckDBVariantValue;
}
