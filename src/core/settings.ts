import type { z } from "zod";
import { metaOf, unwrap } from "./params.ts";

/** Where a setting stands: for errors about a reference in it. */
export interface SettingPlace {
  readonly mod: string;
  /** Path of the parameter, such as `additional_config.client.id`. */
  readonly parameter: string;
}

/**
 * Fills in the references of one text. A text that is one whole reference keeps the type of its value. Throws a
 * `ConfigurationError` naming place and reference where one is missing, never a value.
 */
export type ReferenceResolver = (text: string, place: SettingPlace) => unknown;

/**
 * The parameters with the references of their settings filled in. Parameters that are declared as data are handed on
 * untouched, whatever they hold. Values that came from a reference are coerced to the declared type.
 */
export function resolveSettings(
  mod: string,
  schema: z.ZodObject,
  params: Readonly<Record<string, unknown>>,
  resolve: ReferenceResolver,
): Record<string, unknown> {
  return walkObject(params, schema, "", (text, type, path) => {
    const value = resolve(text, { mod, parameter: path });
    return typeof value === "string" ? coerce(value, type) : value;
  });
}

type Fill = (text: string, type: z.ZodType | undefined, path: string) => unknown;

function walk(value: unknown, schema: z.ZodType | undefined, path: string, fill: Fill): unknown {
  if (typeof value === "string") return value.includes("${") ? fill(value, schema, path) : value;
  if (schema !== undefined && metaOf(schema).data === true) return value;
  const inner = schema === undefined ? undefined : unwrap(schema);
  if (Array.isArray(value)) {
    const element = (inner as { element?: z.ZodType } | undefined)?.element;
    return value.map((item, i) => walk(item, element, `${path}[${i}]`, fill));
  }
  return isPlainObject(value) ? walkObject(value, inner, path, fill) : value;
}

function walkObject(
  value: Readonly<Record<string, unknown>>,
  schema: z.ZodType | undefined,
  path: string,
  fill: Fill,
): Record<string, unknown> {
  const shape = (schema as { shape?: Record<string, z.ZodType> } | undefined)?.shape;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const property = shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : undefined;
    const item = value[key];
    const isData = property !== undefined && metaOf(property).data === true;
    const filled = isData ? item : walk(item, property, path === "" ? key : `${path}.${key}`, fill);
    Object.defineProperty(result, key, {
      value: filled,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

/** A text from the environment as the declared type: `"5"` as 5 for a number, `"[1,2]"` as a list. */
export function coerce(text: string, schema: z.ZodType | undefined): unknown {
  const type = schema === undefined ? undefined : unwrap(schema).def.type;
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type === "array" || type === "object" || type === "record") {
    try {
      return JSON.parse(text);
    } catch {
      return text; // validation then says what was expected
    }
  }
  return text;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
