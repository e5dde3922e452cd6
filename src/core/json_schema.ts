import { z } from "../deps/zod.ts";
import { metaOf } from "./params.ts";

/** A JSON Schema, draft 2020-12, as far as parameters need it. */
export interface JsonSchema {
  $schema?: string;
  $comment?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  writeOnly?: boolean;
  [keyword: string]: unknown;
}

const REFERENCE: JsonSchema = {
  type: "string",
  pattern: "\\$\\{[^}]+\\}",
  description: "A reference that is filled in from the context, such as ${kafka.input_topic}.",
};

/**
 * The parameters of a mod as a JSON Schema (draft 2020-12), made from their declaration. A setting may be a `${...}`
 * reference in place of its value. What no JSON can hold, such as a function, has a `$comment` and takes anything.
 */
export function paramsJsonSchema(params: z.ZodObject): JsonSchema {
  const schema = z.toJSONSchema(params, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) =>
      adapt(zodSchema as unknown as z.ZodType, jsonSchema as JsonSchema),
  }) as JsonSchema;
  const properties: Record<string, JsonSchema> = {};
  let hasReference = false;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isData = metaOf(params.shape[name] as z.ZodType).data === true;
    const keep = isData || isPlainText(property) || isOpen(property);
    properties[name] = keep ? property : orReference(property);
    hasReference ||= !keep;
  }
  return {
    ...schema,
    properties,
    ...(hasReference ? { $defs: { ...schema.$defs, reference: REFERENCE } } : {}),
  };
}

/** What zod cannot say in JSON Schema, and what our own metadata means there. */
function adapt(schema: z.ZodType, json: JsonSchema): void {
  const { type } = schema.def as { type: string };
  if (type === "custom" && json.enum === undefined) {
    const words = expectedWords(schema);
    const types = jsonTypesOf(schema);
    if (types.length > 0 && types.length < PROBES.length) {
      json.type = types.length === 1 ? types[0]! : types;
    }
    if (words !== undefined) json.$comment = types.length === 0 ? `given in code: ${words}` : words;
  }
  if (json.enum !== undefined) delete json.$comment; // its values say it all
  if (json["secret"] === true) {
    for (const key of ["anyOf", "$comment"]) delete json[key];
    Object.assign(json, { type: "string", writeOnly: true });
  }
  for (const own of ["secret", "data", "advanced", "example", "readOnly"]) delete json[own];
}

/** What a custom type says it expects; undefined where it says nothing. */
function expectedWords(schema: z.ZodType): string | undefined {
  for (const wrong of [Symbol(), undefined]) {
    const message = schema.safeParse(wrong).error?.issues[0]?.message ?? "";
    const words = /(?:^|: )expected (.+)$/s.exec(message)?.[1];
    if (words !== undefined) return words;
  }
  return undefined;
}

const PROBES: readonly [type: string, probes: readonly unknown[]][] = [
  ["null", [null]],
  ["boolean", [true]],
  ["number", [1]],
  ["string", ["x"]],
  ["array", [[], [{}]]],
  ["object", [{}, { x: {} }]],
];

/** The types of JSON that a custom type takes, by trying. */
function jsonTypesOf(schema: z.ZodType): string[] {
  return PROBES.filter(([, probes]) => probes.some((probe) => schema.safeParse(probe).success))
    .map(([type]) => type);
}

function isPlainText(property: JsonSchema): boolean {
  return property.type === "string" && property.enum === undefined && property["pattern"] === undefined;
}

/** It takes anything, a reference too. */
function isOpen({ type, enum: values, anyOf, $ref, properties }: JsonSchema): boolean {
  return [type, values, anyOf, $ref, properties].every((part) => part === undefined);
}

function orReference({ description, default: fallback, ...rest }: JsonSchema): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, { $ref: "#/$defs/reference" }],
  };
}
