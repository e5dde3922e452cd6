import { z } from "../../../deps/zod.ts";
import type { Row } from "../../../core/rows.ts";
import type { ColumnFunction, Variables } from "../mapping.ts";
import { castSchema } from "./cast_plan.ts";

/** Says whether a row is taken. A method's type, so that a job may say more about its rows. */
export type RowFilter = { test(source: Row, variables: Variables): boolean }["test"];

const columnName = z.string().min(1);

/** A function of a row and of its variables. */
export const columnFunction = z.custom<ColumnFunction>((value) => typeof value === "function", {
  error: "expected a function (row, variables) => value",
});

/** A condition on a row and its variables. */
export const rowFilter = z.custom<RowFilter>((value) => typeof value === "function", {
  error: "expected a function (row, variables) => true or false",
});

/** What makes the columns of an output: the same for the one output `data` and for each of several. */
export const columnSettings = {
  column_mapping: z.record(z.string(), columnName).default({}).meta({
    description:
      'New names of columns: {"customer_id": "cust_id"} renames customer_id. Each must be in every row.',
  }),
  constants: z.record(columnName, z.unknown()).default({}).meta({
    description: "Columns with the same value in each row.",
  }),
  functions: z.record(columnName, columnFunction).default({}).meta({
    description:
      "Columns computed from the row as it came in, and from variables: {total: (row, variables) => ...}. " +
      "They must not be async.",
  }),
  casts: z.record(columnName, castSchema).default({}).meta({
    description:
      "Types of columns, by their new names: string, integer (a bigint beyond 2^53), number, decimal (the exact digits, " +
      "as a text), boolean, timestamp (a Date, UTC), date (YYYY-MM-DD), json (JSON text). Or an object that says more: " +
      '`{"type": "timestamp", "format": "dd.MM.yyyy HH:mm", "zone": "Europe/Berlin"}`, ' +
      '`{"type": "decimal", "scale": 2, "rounding": "half_up"}`. Null stays null.',
  }),
  defaults: z.record(columnName, z.unknown()).default({}).meta({
    description: "Values in place of null, by the columns' new names; cast as the column is.",
  }),
  keep_unmapped: z.boolean().default(true).meta({
    description: "Whether columns that are not named here are kept.",
  }),
} as const;

/** One of several outputs. */
export const outputSettings = z.strictObject({
  ...columnSettings,
  filter: rowFilter.optional().meta({
    description: "Which rows the output takes: (row, variables) => true or false. All of them without one.",
  }),
  takes: z.enum(["rows", "unmatched", "invalid"]).default("rows").meta({
    description:
      "What it chooses from: rows; unmatched, the rows that no output of rows took (tMap's catch output " +
      "reject); invalid, the rows that failed where on_invalid is reject (tMap's catch lookup of errors).",
  }),
});

/** The settings of `data_mapper`: its parameters without its data. */
export const mapperSettings = {
  ...columnSettings,
  variables: z.record(z.string(), columnFunction).default({}).meta({
    description:
      "Values that functions and filters share (tMap's Var), computed once a row in this order; each sees those before " +
      "it as its second argument: {net: (row) => ..., gross: (row, variables) => ...}.",
  }),
  filter: rowFilter.optional().meta({
    description: "Which rows go to data: (row, variables) => true or false. The others go to reject.",
  }),
  outputs: z.record(z.string(), outputSettings).default({}).meta({
    description:
      "Several outputs in place of data, each an artifact of its name, with columns and a filter of its own.",
  }),
  match: z.enum(["all", "first"]).default("all").meta({
    description: "Whether a row goes to each output whose filter it fits, as in tMap, or to the first only.",
  }),
  missing_columns: z.enum(["error", "null"]).default("error").meta({
    description:
      "What becomes of a column that is named here and not in a row: an error that lists those that are, " +
      "or null.",
  }),
  on_invalid: z.enum(["error", "null", "reject"]).default("error").meta({
    description:
      "What becomes of a value that cannot be cast: an error, null, or its row goes to reject. reject also takes rows " +
      "that lack a column or whose function throws, unless the fault is the job's or the world's.",
  }),
  error_column: columnName.optional().meta({
    description: "Adds a column of that name to rejected rows: why, or null where no output wanted the row.",
    advanced: true,
  }),
} as const;

const schema = z.strictObject(mapperSettings);
/** What {@link mapperSettings} becomes, defaults filled in. */
export type MapperSettings = z.output<typeof schema>;
/** One of its outputs. */
export type OutputSettings = z.output<typeof outputSettings>;
