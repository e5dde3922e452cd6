import { z } from "../../deps/zod.ts";
import { artifact, defineMod } from "../../core/define_mod.ts";
import { PermanentError } from "../../core/errors.ts";
import { dataParam } from "../../core/params.ts";
import type { Row } from "../../core/rows.ts";
import type { NumberRules } from "./json_exact.ts";
import { type ExtractSettings, extractSettings } from "./json_settings.ts";
import { jsonText, parseJson } from "./json_text.ts";
import { nameKind } from "./words.ts";

const MEBIBYTE = 1024 * 1024;

const jsonInput = z.custom<string | Uint8Array | null>(
  (value) => value === null || typeof value === "string" || value instanceof Uint8Array,
  { error: "expected JSON as text or as bytes (Uint8Array)" },
);

/**
 * Turns a JSON text into an object or a list of objects; with `loop` and `fields`, into rows by JSONPath (Talend's
 * tExtractJSONFields).
 *
 * Numbers keep their digits through paths and casts: a `decimal` of 12.50 is 12.50, a `json` holds what was sent. Only
 * filters within paths compare numbers as doubles, as RFC 9535 has it. Whatever is wrong with the text is a `PermanentError`: it says
 * line, column and what was expected, and never quotes the text.
 */
export const jsonParser = defineMod({
  name: "json_parser",
  description:
    "Turns a JSON text, such as a message's value, into an object or a list of objects, or into rows by JSONPath.",
  params: z.strictObject({
    json_string: dataParam(
      jsonInput,
      "The JSON: text, or bytes in UTF-8. An object, or a list of objects. Null (a tombstone) is a record error.",
    ),
    big_numbers: z.enum(["bigint", "string", "error"]).default("bigint").meta({
      description:
        "What becomes of an integer beyond 2^53, which a number would round: a bigint, its digits as a " +
        "string, or a record error.",
    }),
    decimals: z.enum(["number", "string"]).default("number").meta({
      description:
        "What becomes of a number with a fraction or an exponent: a number (the nearest double), or its " +
        "text as it was sent, so that 12.50 stays 12.50.",
    }),
    ...extractSettings,
    max_bytes: z.int().min(1).max(512 * MEBIBYTE).default(16 * MEBIBYTE).meta({
      description: "Largest text in bytes; a larger one is a record error.",
      advanced: true,
    }),
    max_depth: z.int().min(1).max(2000).default(1000).meta({
      description: "Most levels of objects and lists within each other; more is a record error.",
      advanced: true,
    }),
  }),
  artifacts: {
    data: artifact<Row | readonly Row[]>("The object, or the list of objects; with a loop always a list."),
  },
  run(
    {
      json_string: input,
      big_numbers: bigNumbers,
      decimals,
      max_bytes: maxBytes,
      max_depth: maxDepth,
      ...paths
    },
  ) {
    if (input === null) {
      throw new PermanentError(
        "json_string is null: the message has no value (a tombstone), so there is no JSON",
      );
    }
    const text = jsonText(input, maxBytes);
    if (paths.loop !== undefined || paths.fields !== undefined) {
      return byPath(text, maxDepth, paths, { bigNumbers, decimals });
    }
    const data = objectOrList(parseJson(text, { bigNumbers, decimals, maxBytes, maxDepth }));
    return { artifacts: { data }, metrics: { rows: Array.isArray(data) ? data.length : 1 } };
  },
});

/** Loaded by the first message whose job uses paths: a start without them need not wait for JSONPath's library. */
let loaded: typeof import("./json_rows.ts") | undefined;

async function byPath(text: string, maxDepth: number, settings: ExtractSettings, rules: NumberRules) {
  loaded ??= await import("./json_rows.ts");
  const rows = loaded.planRows(settings)(text, maxDepth, rules);
  const data = settings.loop === undefined ? rows[0]! : rows;
  return { artifacts: { data }, metrics: { rows: rows.length } };
}

function objectOrList(value: unknown): Row | readonly Row[] {
  if (!Array.isArray(value)) {
    if (isObject(value)) return value;
    throw new PermanentError(`the JSON text is ${nameKind(value)}: expected an object or a list of objects`);
  }
  const wrong = value.findIndex((item) => !isObject(item));
  if (wrong < 0) return value as readonly Row[];
  throw new PermanentError(
    `element ${wrong} of the JSON list is ${nameKind(value[wrong])}: expected an object`,
  );
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
