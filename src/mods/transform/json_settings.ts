import { z } from "../../deps/zod.ts";
import { castOptions, TYPES } from "./mapper/cast_plan.ts";

const path = z.string().min(1);
const missing = z.enum(["error", "null", "omit"]);
const onInvalid = z.enum(["error", "null"]);

/** A column that says more than its path. */
export const field = z.strictObject({
  path: path.meta({ description: "JSONPath, from the element of the loop." }),
  type: z.enum(TYPES).optional().meta({
    description: "What it is cast to; without one it stays what it is.",
  }),
  ...castOptions,
  from: z.string().optional().meta({
    description:
      'What $ is: the element of the loop of that name, or of the whole document: "root". Default: the innermost loop.',
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
      "JSONPath (RFC 9535) to the elements that become rows: `$.lines[*]`. Or nested loops by name, each from the element " +
      'of the one before: `{"order": "$.orders[*]", "line": "$.lines[*]"}`. Without it the whole document is the one ' +
      "element.",
  }),
  fields: z.record(z.string().min(1), z.union([path, field])).optional().meta({
    description:
      'Columns by JSONPath: `{"sku": "$.sku"}`; `$` is the element of the innermost loop. Or an object: ' +
      '`{"path": "$.order_id", "from": "root"}`. Without it the elements, which then are objects, are the rows.',
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
/** What {@link field} becomes, defaults filled in. */
export type FieldSettings = z.output<typeof field>;
