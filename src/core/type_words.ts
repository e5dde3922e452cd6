import type { JsonSchema } from "./json_schema.ts";

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true | false",
  null: "null",
  array: "list",
  object: "object",
};

/** The type of a parameter in words, such as `list of text`, by its JSON Schema. */
export function typeWords(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ");
  if (schema.$comment !== undefined) return schema.$comment.replace(/^given in code: /, "");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) {
    const parts = schema.anyOf.filter(({ $ref }) => $ref === undefined).map(typeWords);
    return [...new Set(parts)].join(" or ");
  }
  if (Array.isArray(schema.type)) return schema.type.map((type) => NAMES[type] ?? type).join(" or ");
  switch (schema.type) {
    case "array":
      return schema.items === undefined ? "list" : `list of ${typeWords(schema.items)}`;
    case "object":
      return objectWords(schema);
    case "integer":
    case "number":
      return `${NAMES[schema.type]}${range(schema)}`;
    case undefined:
      return "any value";
    default:
      return NAMES[schema.type] ?? schema.type;
  }
}

function objectWords({ properties, additionalProperties }: JsonSchema): string {
  if (properties !== undefined) return `object {${Object.keys(properties).join(", ")}}`;
  if (typeof additionalProperties !== "object") return "object";
  const words = typeWords(additionalProperties);
  return words === "any value" ? "object" : `object of ${words}`;
}

/** Bounds, but for those that only say that a whole number is safe. */
function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const parts = [
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? "" : `at least ${minimum}`,
    exclusiveMinimum === undefined ? "" : `more than ${exclusiveMinimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : `at most ${maximum}`,
    exclusiveMaximum === undefined ? "" : `less than ${exclusiveMaximum}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}
