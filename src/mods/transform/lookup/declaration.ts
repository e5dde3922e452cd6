import { ModError } from "../../../core/errors.ts";
import { databaseOptions, databaseParams } from "../../database_params.ts";
import { FileSource, formatOf } from "./file_source.ts";
import type { JoinPlan } from "./join.ts";
import type { KeepPolicy } from "./kept_table.ts";
import type { AddedColumns, LookupParams } from "./params.ts";
import { querySource } from "./query_source.ts";
import type { LookupSource } from "./source.ts";
import type { TableShape } from "./table.ts";

/** A lookup as its parameters declare it. */
export interface Declaration {
  readonly plan: JoinPlan;
  readonly shape: TableShape;
  readonly policy: KeepPolicy;
  /** Where the rows come from; undefined where they are given. */
  readonly source: (() => LookupSource) | undefined;
  /** The same text for declarations whose table is the same. */
  readonly text: string;
}

/** Checks what the parameters say together. Throws a `ModError` of kind configuration that names the one at fault. */
export function declare(params: LookupParams): Declaration {
  const { keys, key_types: keyTypes, match, join, defaults } = params;
  const source = sourceOf(params);
  checkLoading(params);
  const columns = added(params.columns);
  const names = columns.map(([, name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i || Object.hasOwn(keys, name));
  if (twice !== undefined) {
    const other = Object.hasOwn(keys, twice) ? "a key of the data" : "another column";
    throw wrong(
      "columns",
      `two things are called ${JSON.stringify(twice)}, one is ${other}: give it another name`,
    );
  }
  for (const name of Object.keys(defaults)) {
    if (join === "inner") {
      throw wrong("defaults", "has no meaning in an inner join: rows without a match are rejected");
    }
    if (!names.includes(name)) {
      throw wrong(`defaults.${name}`, `is none of the columns that are added: ${names.join(", ")}`);
    }
  }
  const shape: TableShape = {
    keys: Object.values(keys),
    columns: columns.map(([column]) => column),
    keyTypes,
  };
  const policy: KeepPolicy = {
    maxRows: params.max_rows,
    refreshMs: params.refresh_interval_s === undefined ? undefined : params.refresh_interval_s * 1000,
    maxStaleMs: params.max_stale_s === undefined ? undefined : params.max_stale_s * 1000,
  };
  return {
    plan: { keys: Object.keys(keys), names, keyTypes, match, join, defaults },
    shape,
    policy,
    source,
    text: textOf([
      OF_DATABASES.map((name) => params[name]),
      params.query,
      params.params,
      params.file,
      params.format,
      params.csv_types,
      params.csv_delimiter,
      shape,
      policy,
    ]), // deno-fmt-ignore
  };
}

function added(columns: AddedColumns): readonly (readonly [column: string, name: string])[] {
  return Array.isArray(columns) ? columns.map((column) => [column, column]) : Object.entries(columns);
}

/** What says where and how a query's database is opened. */
const OF_DATABASES = (Object.keys(databaseParams) as (keyof typeof databaseParams)[])
  .filter((name) => name !== "signal");

function sourceOf(params: LookupParams): (() => LookupSource) | undefined {
  const { url, query, file, rows } = params;
  const given = Object.entries({ query, file, rows }).filter(([, value]) => value !== undefined).map((
    [name],
  ) => name);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none is given" : `${given.join(" and ")} are given`;
    throw wrong(
      given[0] ?? "query",
      `is one of query (with url), file and rows, of which just one is needed: ${found}`,
    );
  }
  if (query === undefined) {
    const other = OF_DATABASES.find((name) => params[name] !== undefined);
    if (other !== undefined) throw wrong(other, "is for a query, and there is none");
    if (Object.keys(params.params).length > 0) throw wrong("params", "is for a query, and there is none");
  } else if (url === undefined) throw wrong("url", "is missing: expected the database of query");
  if (query !== undefined && url !== undefined) {
    return () => querySource(url, databaseOptions({ ...params, url }), query, params.params);
  }
  if (file === undefined) return undefined;
  const format = params.format ?? formatOf(file);
  if (format === undefined) {
    throw wrong(
      "format",
      "is missing: the file's name does not end with .csv, .json, .jsonl, .ndjson or .parquet",
    );
  }
  const detectTypes = params.csv_types === "detect";
  return () => new FileSource({ path: file, format, detectTypes, delimiter: params.csv_delimiter });
}

function checkLoading(
  { load, query, rows, keys, refresh_interval_s: interval, max_stale_s: stale }: LookupParams,
): void {
  if (load === "per_message" && query === undefined) throw wrong("load", '"per_message" needs url and query');
  if (load === "refresh" && rows !== undefined) {
    throw wrong("load", '"refresh" has nothing to read where rows are given');
  }
  if (load !== "per_message" && Object.keys(keys).length === 0) {
    throw wrong(
      "keys",
      'is missing: expected columns of the data and of the lookup, such as {"customer_id": "id"}',
    );
  }
  if (load === "refresh" && interval === undefined) {
    throw wrong("refresh_interval_s", 'is missing: load "refresh" needs it');
  }
  if (load !== "refresh" && interval !== undefined) {
    throw wrong("refresh_interval_s", 'is for load "refresh" only');
  }
  if (load !== "refresh" && stale !== undefined) throw wrong("max_stale_s", 'is for load "refresh" only');
  if (interval !== undefined && stale !== undefined && stale <= interval) {
    throw wrong(
      "max_stale_s",
      "must be more than refresh_interval_s: otherwise the lookup is too old before each refresh",
    );
  }
}

/** Values by their content; those that JSON would confuse keep their kind. */
function textOf(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item) {
    const original = this[key]; // a Date is a text in `item` already
    if (typeof item === "bigint") return { bigint: String(item) };
    if (original instanceof Date) return { date: original.getTime() };
    return item instanceof Uint8Array ? { bytes: [...item] } : item;
  });
}

function wrong(parameter: string, message: string): ModError {
  return new ModError("lookup", `parameter "${parameter}" ${message}`, { kind: "configuration", parameter });
}
