import { z } from "../../deps/zod.ts";
import { type Artifact, artifact, defineMod } from "../../core/define_mod.ts";
import { ModError } from "../../core/errors.ts";
import { dataParam, rowsSchema } from "../../core/params.ts";
import { type Row, toRows } from "../../core/rows.ts";
import type { SplitConditions, SplitOutput } from "./split/conditions.ts";
import { planConditions, type PlannedOutput } from "./split/plan.ts";
import { isPlainObject } from "./split/wrong.ts";

const conditions = z.custom<SplitConditions>(
  (value) => isPlainObject(value) && Object.keys(value).length > 0 && !Object.hasOwn(value, ""),
  { error: 'expected names of outputs and their conditions, such as {"added": {"type": {"eq": "ADD"}}}' },
);

/** The outputs are artifacts by the names that the job gives them; this one is always there, under its default name. */
const artifacts: Readonly<Record<string, Artifact<SplitOutput>>> = {
  rest: artifact<SplitOutput>(
    "The rows that meet no condition. Beside it one artifact for each name in split_conditions. Each is in the form in " +
      "which data came, an object or a list; null where it has no rows.",
  ),
};

/**
 * Splits rows by conditions into outputs (Talend's tMap with several outputs, section 4.3 of the seed).
 *
 * A condition is true or false, nothing between. Null, and a column that is undefined, is equal to nothing, greater and
 * less than nothing, in no list, and matches nothing: so `ne` and `not_in` hold for it, as does `not` around any of the
 * others. A row without the column is a `PermanentError` that lists the columns there are, unless `is_null` or `exists`
 * is asked of it in the same place, or `missing_columns` says null; a condition that need not be looked at asks nothing.
 *
 * Numbers and bigints compare exactly, also with texts that are written as numbers (decimals come as such texts); two
 * texts compare as texts by code point, `"9"` after `"10"`; a Date also with a text in ISO 8601. What is of another kind
 * is unequal, and a `PermanentError` that names column and kinds for gt, gte, lt, lte and matches.
 */
export const dataSplitter = defineMod({
  name: "data_splitter",
  description: "Splits rows by conditions into outputs with names, and one for the rest.",
  params: z.strictObject({
    data: dataParam(rowsSchema, "One object, a list of objects, or a DuckDB result."),
    split_conditions: conditions.meta({
      description:
        'Conditions by output: {"account_events": {"event_type": {"eq": "ACCOUNT_ADD"}}}. Several columns, and ' +
        "several operators of a column, must all hold: eq, ne, gt, gte, lt, lte, in, not_in, is_null (true or false), " +
        "matches (a regular expression, found anywhere in the text), exists. and and or take lists of conditions, not " +
        "takes one; a column of such a name stands in columns. Or a function (row) => boolean. Do not change the " +
        "object afterwards: it is looked at once.",
    }),
    match: z.enum(["first", "all"]).default("first").meta({
      description:
        "first: a row goes to the first output whose condition holds, in the order in which they are written (JavaScript " +
        "puts names that are whole numbers first). all: to each of them.",
    }),
    rest: z.string().min(1).default("rest").meta({
      description: "Name of the output for rows that meet no condition.",
    }),
    missing_columns: z.enum(["error", "null"]).default("error").meta({
      description:
        "What becomes of a row that lacks a column which a condition looks at: a record error, or the column counts as " +
        "null. Use null, or exists, where events of different shapes come together.",
    }),
    matches_max_length: z.int().min(1).default(10_000).meta({
      description:
        "Longest text in UTF-16 units that matches searches, as regular expressions can take long; a longer one is a " +
        "record error.",
      advanced: true,
    }),
  }),
  artifacts,
  run(params) {
    const { rest } = params;
    if (Object.hasOwn(params.split_conditions, rest)) {
      throw new ModError(
        "data_splitter",
        `parameter "rest": ${
          JSON.stringify(rest)
        } is an output of split_conditions as well: give the rest another name`,
        { kind: "configuration", parameter: "rest" },
      );
    }
    const outputs = planConditions(params.split_conditions, {
      missing: params.missing_columns,
      matchesMaxLength: params.matches_max_length,
    });
    const rows = toRows(params.data);
    const isSingle = rows.length === 1 && rows[0] === params.data;
    const split = splitRows(rows, outputs, params.match === "first", isSingle);
    const form = (some: readonly Row[]): SplitOutput => some.length === 0 ? null : isSingle ? some[0]! : some;
    const named = outputs.map(({ name }, i) => [name, form(split.outputs[i]!)] as const);
    return {
      artifacts: Object.fromEntries([...named, [rest, form(split.rest)]]), // own properties, `__proto__` too
      metrics: { rows: rows.length, rest_rows: split.rest.length },
    };
  },
});

function splitRows(
  rows: readonly Row[],
  outputs: readonly PlannedOutput[],
  firstOnly: boolean,
  isSingle: boolean,
): { outputs: readonly (readonly Row[])[]; rest: readonly Row[] } {
  const split: Row[][] = outputs.map(() => []);
  const rest: Row[] = [];
  rows.forEach((row, i) => {
    let isMatched = false;
    for (const [o, { holds }] of outputs.entries()) {
      if (!holds(row, isSingle ? -1 : i)) continue;
      split[o]!.push(row);
      isMatched = true;
      if (firstOnly) break;
    }
    if (!isMatched) rest.push(row);
  });
  return { outputs: split, rest };
}
