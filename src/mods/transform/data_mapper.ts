import { z } from "../../deps/zod.ts";
import { artifact, defineMod } from "../../core/define_mod.ts";
import { dataParam, rowsSchema } from "../../core/params.ts";
import { type Row, toRows } from "../../core/rows.ts";
import { planMapper } from "./mapper/mapper_plan.ts";
import { remember } from "./mapper/remember.ts";
import { type MapperSettings, mapperSettings } from "./mapper/settings.ts";

const planOf = remember((settings: MapperSettings) => planMapper(settings));

/**
 * Renames, adds, computes, casts and filters the columns of rows, to one output or to several (Talend's tMap).
 *
 * The order, for each row: variables are computed; then, for each output that takes the row, columns are renamed or kept,
 * constants are set, functions run, columns are cast by their new names, and nulls get their defaults. Filters, variables
 * and functions see the row as it came in, by its old names. A column that is written by name replaces a kept one of that
 * name. Null is kept as null, also by casts. A row that lacks a column, or holds a value that cannot be cast, is a
 * `PermanentError` that names the column and never the value.
 */
export const dataMapper = defineMod({
  name: "data_mapper",
  description: "Renames, adds, computes, casts and filters the columns of rows, to one output or to several.",
  params: z.strictObject({
    data: dataParam(rowsSchema, "One object, a list of objects, or a DuckDB result."),
    ...mapperSettings,
  }),
  artifacts: {
    data: artifact<Row | readonly Row[]>(
      "The mapped rows: an object where one came in, a list otherwise. An empty list where the filter took none, and " +
        "with outputs: then each output is an artifact of its own name, null where it took no row.",
    ),
    reject: artifact<Row | readonly Row[] | null>(
      "The rows that no output took, as they came in; null where there are none.",
    ),
  },
  run({ data, ...settings }) {
    const mapRows = holdsObjects(settings) ? planMapper(settings) : planOf(settings);
    const rows = toRows(data);
    const [first] = rows;
    const isSingle = first !== undefined && first === data;
    const { outputs, reject } = mapRows(rows, isSingle);
    const artifacts: Record<string, Row | readonly Row[] | null> = {};
    for (const [name, taken] of outputs) artifacts[name] = inForm(taken, isSingle);
    const single = outputs.get("data");
    return {
      artifacts: {
        ...artifacts,
        data: single === undefined ? [] : isSingle ? single[0] ?? [] : single,
        reject: inForm(reject, isSingle),
      },
      metrics: { rows: rows.length, rejected: reject.length },
    };
  },
});

function inForm(rows: readonly Row[], isSingle: boolean): Row | readonly Row[] | null {
  return rows.length === 0 ? null : isSingle ? rows[0]! : rows;
}

/** Objects that go into rows must be new ones with each call: somebody may change them in the row. */
function holdsObjects(settings: MapperSettings): boolean {
  for (const { constants, defaults } of [settings, ...Object.values(settings.outputs)]) {
    for (const values of [constants, defaults]) {
      for (const column in values) {
        if (typeof values[column] === "object" && values[column] !== null) return true;
      }
    }
  }
  return false;
}
