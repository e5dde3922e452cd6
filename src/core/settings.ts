import type { z } from "../deps/zod.ts";
import { ConfigurationError, errorText, kindOf, ModError } from "./errors.ts";
import { childSchema, metaOf, unwrap, withKeys } from "./params.ts";

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
 * untouched, whatever they hold. Values that came from a reference are coerced to the declared type. Throws a
 * {@link ModError} with the parameter's path where a reference cannot be filled in.
 */
export function resolveSettings(
  mod: string,
  schema: z.ZodObject,
  params: Readonly<Record<string, unknown>>,
  resolve: ReferenceResolver,
): Record<string, unknown> {
  const fill: Fill = (text, type, path) => {
    try {
      const value = resolve(text, { mod, parameter: path });
      return typeof value === "string" ? coerce(value, type) : value;
    } catch (error) {
      throw new ModError(mod, errorText(error), { kind: kindOf(error), parameter: path, cause: error });
    }
  };
  return walk(params, schema, "", fill) as Record<string, unknown>;
}

type Fill = (text: string, type: z.ZodType | undefined, path: string) => unknown;

function walk(value: unknown, schema: z.ZodType | undefined, path: string, fill: Fill): unknown {
  if (schema !== undefined && metaOf(schema).data === true) return value;
  if (typeof value === "string") return value.includes("${") ? fill(value, schema, path) : value;
  if (Array.isArray(value)) {
    const items = value.map((item, i) =>
      isSettled(item) ? item : walk(item, childSchema(schema, i), `${path}[${i}]`, fill)
    );
    return items.every((item, i) => Object.is(item, value[i])) ? value : items;
  }
  if (!isPlainObject(value)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  let isFilled = false;
  for (const entry of entries) {
    const [key, item] = entry;
    if (key === "__proto__" && isRecord(schema)) throw new ConfigurationError(noProto(path)); // zod leaves it out
    if (isSettled(item)) continue;
    entry[1] = walk(item, childSchema(schema, key), path === "" ? key : `${path}.${key}`, fill);
    isFilled ||= !Object.is(entry[1], item);
  }
  // what holds no reference stays the object that it was: a mod may remember what it made of it
  return isFilled ? Object.fromEntries(entries) : value; // makes own properties, `__proto__` too
}

const noProto = (path: string) =>
  `parameter "${path}": "__proto__" is no name that a setting can be given for`;

function isRecord(schema: z.ZodType | undefined): boolean {
  return schema !== undefined && withKeys(schema).def.type === "record";
}

/** Whether it can hold no reference: most parameters, and this runs for each message. */
function isSettled(value: unknown): boolean {
  return typeof value === "string" ? !value.includes("${") : typeof value !== "object" || value === null;
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
