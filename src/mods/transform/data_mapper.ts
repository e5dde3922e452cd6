import { z } from "../../deps/zod.ts";
import { artifact, defineMod } from "../../core/define_mod.ts";
import { dataParam, rowsSchema } from "../../core/params.ts";
import { type Row, toRows } from "../../core/rows.ts";
import { CASTS } from "./casts.ts";
import { type ColumnFunction, planMapping } from "./mapping.ts";

const columnName = z.string().min(1);

const columnFunction = z.custom<ColumnFunction>((value) => typeof value === "function", {
  error: "expected a function (row) => value",
});

/**
 * Renames, adds, computes and casts columns (Talend's tMap with one output).
 *
 * The order: columns are renamed or kept, then constants are set, then functions run, then columns are cast by their new
 * names. Functions see the row as it came in, by its old names. A column that is written by name replaces a kept one of
 * that name. Null is kept as null, also by casts. A row that lacks a column, or holds a value that cannot be cast, is a
 * `PermanentError` that names the column and never the value.
 */
export const dataMapper = defineMod({
  name: "data_mapper",
  description: "Renames, adds, computes and casts the columns of rows.",
  params: z.strictObject({
    data: dataParam(rowsSchema, "One object, a list of objects, or a DuckDB result."),
    column_mapping: z.record(z.string(), columnName).default({}).meta({
      description:
        'New names of columns: {"customer_id": "cust_id"} renames customer_id. Each must be in every row.',
    }),
    constants: z.record(columnName, z.unknown()).default({}).meta({
      description: "Columns with the same value in each row.",
    }),
    functions: z.record(columnName, columnFunction).default({}).meta({
      description:
        "Columns computed from the row as it came in: {total: (row) => ...}. They must not be async.",
    }),
    casts: z.record(columnName, z.enum(CASTS)).default({}).meta({
      description:
        "Types of columns, by their new names: string, integer (a bigint beyond 2^53), number, decimal " +
        "(the exact digits, as a text), boolean, timestamp (a Date, UTC), date (YYYY-MM-DD). Null stays null.",
    }),
    keep_unmapped: z.boolean().default(true).meta({
      description: "Whether columns that are not named here are kept.",
    }),
  }),
  artifacts: {
    data: artifact<Row | readonly Row[]>("The mapped rows: an object where one came in, a list otherwise."),
  },
  run(params) {
    const mapRow = planMapping({
      columnMapping: params.column_mapping,
      constants: params.constants,
      functions: params.functions,
      casts: params.casts,
      keepUnmapped: params.keep_unmapped,
    });
    const rows = toRows(params.data);
    const [first] = rows;
    const single = first !== undefined && first === params.data;
    const data = single ? mapRow(first, "") : rows.map((row, i) => mapRow(row, `row ${i}: `));
    return { artifacts: { data }, metrics: { rows: rows.length } };
  },
});
