import { z } from "../../deps/zod.ts";
import { ConfigurationError, ModError } from "../../core/errors.ts";
import { type JsonPath, parseJsonPath } from "../../core/json_path.ts";
import { didYouMean } from "../../core/nearest.ts";
import { castOptions, planCast, type PlannedCast, type Type, TYPES } from "./mapper/cast_plan.ts";
import { quoteName } from "./words.ts";

const path = z.string().min(1);
const missing = z.enum(["error", "null", "omit"]);
const onInvalid = z.enum(["error", "null"]);

const field = z.strictObject({
  path: path.meta({ description: "JSONPath, from the element of the loop." }),
  type: z.enum(TYPES).optional().meta({
    description: "What it is cast to; without one it stays what it is.",
  }),
  ...castOptions,
  from: z.string().optional().meta({
    description:
      'Where $ stands: "root", the whole document, or the name of a loop. The innermost loop by default.',
  }),
  take: z.enum(["one", "first", "list"]).default("one").meta({
    description:
      "What a path that gives several values makes: one, an invalid value; the first; a list of all.",
  }),
  missing: missing.optional().meta({ description: "As the parameter of that name, for this field." }),
  on_invalid: onInvalid.optional().meta({ description: "As the parameter of that name, for this field." }),
});

/** The parameters of `json_parser` that make rows by JSONPath. */
export const extractSettings = {
  loop: z.union([path, z.record(z.string(), path)]).optional().meta({
    description:
      "JSONPath (RFC 9535) to the elements that become rows: $.lines[*]. Or nested loops by name, each from the element " +
      'of the one before: {"order": "$.orders[*]", "line": "$.lines[*]", "discount": "$.discounts[*]"}. Without it the ' +
      "whole document is the one element.",
  }),
  fields: z.record(z.string().min(1), z.union([path, field])).optional().meta({
    description:
      'Columns by JSONPath: {"sku": "$.sku"}. $ is the element of the innermost loop. Or an object: {"path": ' +
      '"$.order_id", "from": "root"} with type, format, zone, scale, rounding, from, take, missing, on_invalid. Without ' +
      "it the elements, which then are objects, are the rows.",
  }),
  missing: missing.default("error").meta({
    description:
      "What becomes of a field that is not there: a record error, null, or a row without that column. A null " +
      "that was sent is null. For a loop: whether the list that it names may be missing, and so give no rows.",
  }),
  on_invalid: onInvalid.default("error").meta({
    description: "What becomes of a value that cannot be cast: a record error, or null.",
  }),
  keep_empty: z.boolean().default(false).meta({
    description:
      "Whether an element without inner ones still gives a row, its inner fields null (a left join).",
  }),
  max_rows: z.int().min(1).default(100_000).meta({
    description: "Most rows of a document; more is a record error.",
    advanced: true,
  }),
  max_nodes: z.int().min(1).default(1_000_000).meta({
    description: "Most values that a path may give; more is a record error.",
    advanced: true,
  }),
} as const;

const schema = z.strictObject(extractSettings);
/** What {@link extractSettings} becomes, defaults filled in. */
export type ExtractSettings = z.output<typeof schema>;

/** A column, checked. */
export interface PlannedField {
  readonly column: string;
  readonly path: JsonPath;
  /** Whose element `$` is: 0 is the document, 1 the first loop. */
  readonly level: number;
  readonly cast: (PlannedCast & { readonly type: Type }) | undefined;
  readonly take: "one" | "first" | "list";
  readonly missing: "error" | "null" | "omit";
  readonly onInvalid: "error" | "null";
}

/** Loops and fields, checked. */
export interface ExtractPlan {
  readonly loops: readonly JsonPath[];
  /** Undefined where the elements themselves are the rows. */
  readonly fields: readonly PlannedField[] | undefined;
  readonly settings: ExtractSettings;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks loops and fields. Throws a `ModError` of kind configuration that names the parameter, and where it is wrong. */
export function planExtract(settings: ExtractSettings): ExtractPlan {
  const { loop = {}, fields } = settings;
  const loops = typeof loop === "string"
    ? [at("loop", () => parseJsonPath(loop))]
    : Object.entries(loop).map(([name, text]) => at(`loop.${name}`, () => namedLoop(name, text)));
  const names = ["root", ...typeof loop === "string" ? [] : Object.keys(loop)];
  const planned = fields === undefined ? undefined : Object.entries(fields).map(([column, spec]) => {
    const given = typeof spec === "string" ? field.parse({ path: spec }) : spec;
    const within = typeof spec === "string" ? `fields.${column}` : `fields.${column}.`;
    return planField(column, given, within, names, loops.length, settings);
  });
  return { loops, fields: planned, settings };
}

function namedLoop(name: string, text: string): JsonPath {
  if (NAME.test(name) && name !== "root" && name !== "__proto__") return parseJsonPath(text);
  throw new ConfigurationError(
    `${quoteName(name)} is no name of a loop: expected letters, digits and _, other than root`,
  );
}

function planField(
  column: string,
  given: z.output<typeof field>,
  within: string,
  names: readonly string[],
  innermost: number,
  settings: ExtractSettings,
): PlannedField {
  const { type, take, from, format, zone, scale, rounding } = given;
  const parsed = at(within.endsWith(".") ? `${within}path` : within, () => parseJsonPath(given.path));
  const cast = at(within.replace(/\.$/, ""), () => {
    if (type !== undefined) return { ...planCast({ type, format, zone, scale, rounding }), type };
    const option = Object.keys(castOptions).find((key) =>
      given[key as keyof typeof castOptions] !== undefined
    );
    if (option !== undefined) throw new ConfigurationError(`${option} needs a type`);
    return undefined;
  });
  const level = at(`${within}from`, () => {
    if (from === undefined) return innermost;
    const found = names.indexOf(from);
    if (found >= 0) return found;
    const known = names.map(quoteName).join(", ");
    throw new ConfigurationError(
      `there is no loop ${quoteName(from)}${didYouMean(from, names)} (known: ${known})`,
    );
  });
  return {
    column,
    path: parsed,
    level,
    cast,
    take,
    missing: given.missing ?? settings.missing,
    onInvalid: given.on_invalid ?? settings.on_invalid,
  };
}

function at<T>(parameter: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const message = `parameter "${parameter}": ${(error as Error).message}`;
    throw new ModError("json_parser", message, { kind: "configuration", parameter });
  }
}
