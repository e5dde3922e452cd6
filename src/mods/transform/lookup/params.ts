import { z } from "../../../deps/zod.ts";
import { dataParam, rowsSchema } from "../../../core/params.ts";
import { databaseParams } from "../../database_params.ts";
import { isPlainObject } from "../split/wrong.ts";

const name = z.string().min(1);
const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

/** An object of names and values. zod's own records drop a name that is `__proto__` without a word, and half a key with it. */
function named<T>(what: string, fits: (value: unknown) => value is T) {
  return z.custom<Readonly<Record<string, T>>>((value) => isNamed(value, fits), {
    error: `expected ${what}`,
  });
}

function isNamed<T>(
  value: unknown,
  fits: (item: unknown) => item is T,
): value is Readonly<Record<string, T>> {
  return isPlainObject(value) && Object.entries(value).every(([key, item]) => key !== "" && fits(item));
}

const isAny = (_value: unknown): _value is unknown => true;

/** Columns that are added, with or without new names. */
export type AddedColumns = readonly string[] | Readonly<Record<string, string>>;

const addedColumns = z.custom<AddedColumns>(
  (value) => Array.isArray(value) ? value.every(isName) : isNamed(value, isName),
  { error: "expected a list of columns, or an object of columns and their new names" },
);

const MOST_SECONDS = 7 * 24 * 3600;

/** The parameters of `lookup`. */
export const lookupParams = z.strictObject({
  data: dataParam(rowsSchema, "One object, a list of objects, or a DuckDB result."),
  ...databaseParams,
  url: name.optional().meta({
    description: "The database of query: duckdb:path/to/file.duckdb, or postgres://user@host:5432/database.",
  }),
  query: name.optional().meta({
    description: "SQL that gives the rows of the lookup. Values stand in it as $name: see params and load.",
  }),
  params: named("an object of names and values", isAny).default({}).meta({
    description: 'Values for the $name of query: {"country": "DE"}.',
  }),
  file: name.optional().meta({
    description:
      "A file with the rows of the lookup, in place of url and query: CSV (comma, the first line names the columns), " +
      "JSON, JSON lines or Parquet; .gz too, but for Parquet. With * all files that match.",
  }),
  format: z.enum(["csv", "json", "jsonl", "parquet"]).optional().meta({
    description: "What file is; told by the end of its name where left out.",
  }),
  csv_types: z.enum(["text", "detect"]).default("text").meta({
    description:
      "text: all values of a CSV file are texts as they stand there, 007 too; an empty field is null. detect: a column " +
      "that holds only numbers is one of numbers (bigint where whole), and so on.",
  }),
  csv_delimiter: z.string().length(1).default(",").meta({
    description: "What stands between the columns of a CSV file.",
    advanced: true,
  }),
  rows: dataParam(
    rowsSchema.optional(),
    "The rows of the lookup themselves, in place of a source. Do not change the list afterwards: it is looked at once.",
  ),
  keys: named("an object of columns of the data and columns of the lookup", isName).default({}).meta({
    description:
      'Columns that must be equal, data to lookup: {"customer_id": "id"}. Null is equal to nothing. May be left out ' +
      "with load: per_message, where the query finds the rows.",
  }),
  columns: addedColumns.meta({
    description:
      'Columns of the lookup that are added: ["city"], or with new names {"name": "customer_name"}. A name that the row ' +
      "has already is an error. An empty list adds none, to filter by an inner join.",
  }),
  match: z.enum(["unique", "first", "last", "all"]).default("unique").meta({
    description:
      "Of several rows of the lookup with the key of a row: unique: more than one is an error, when a row asks for it; " +
      "first, last: in the order of the source (give the query an ORDER BY); all: one row of data for each.",
  }),
  join: z.enum(["left", "inner"]).default("left").meta({
    description: "A row without a match: left: nulls, or defaults; inner: it goes to the output reject.",
  }),
  defaults: named("an object of columns and values", isAny).default({}).meta({
    description: "Values for rows without a match, by the new names of columns, in a left join.",
  }),
  key_types: z.enum(["strict", "numeric"]).default("strict").meta({
    description:
      'strict: the text "1" is another key than the number 1; 1 and 1n are the same. numeric: a text that is written as ' +
      'a number is that number, so "1", "1.0" and 1 are the same, but not "01".',
  }),
  load: z.enum(["once", "per_message", "refresh"]).default("once").meta({
    description:
      "once: read when first asked for, kept in memory until the job ends. refresh: read again every refresh_interval_s in " +
      "the background, while the old rows serve. per_message: the query runs for each row (once for equal values), " +
      "takes $name from params or else from the row's column of that name, and nothing is kept.",
  }),
  refresh_interval_s: z.number().positive().max(MOST_SECONDS).optional().meta({
    description: "Seconds from the end of one reading to the next, with load: refresh.",
  }),
  max_stale_s: z.number().positive().optional().meta({
    description:
      "Age in seconds beyond which rows that could not be refreshed serve no more: an outage, the message comes again. " +
      "Without it they serve for ever, with a warning each time that a refresh fails.",
  }),
  signal: databaseParams.signal.meta({
    description:
      "Ends the waiting when it fires, as an outage: that for a row's query, and that for rows which are read " +
      "for all messages, which go on being read. A message_processor hands on the signal that it was given.",
  }),
  max_rows: z.int().min(1).default(1_000_000).meta({
    description: "Most rows of the lookup; more is a configuration error, as they are kept in memory.",
    advanced: true,
  }),
});

/** The parameters as the mod sees them. */
export type LookupParams = z.output<typeof lookupParams>;
