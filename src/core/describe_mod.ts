import { z } from "../deps/zod.ts";
import type { Mod } from "./define_mod.ts";
import { expectation } from "./expectation.ts";
import { metaOf, type ParamSchema, unwrap } from "./params.ts";

/** What can be said about a parameter. */
export interface ParamDescription {
  /** Its name, as given to `runMod`. */
  readonly name: string;
  /** Its type in words, as errors tell it: `a text`, `one of "a", "b"`. */
  readonly type: string;
  /** Whether it has to be given. */
  readonly required: boolean;
  /** Its default as JSON; undefined where there is none. */
  readonly default: string | undefined;
  /** What it is for. */
  readonly description: string;
  /** Only a few jobs need it. */
  readonly advanced: boolean;
  /** It is masked wherever it is printed. */
  readonly secret: boolean;
  /** It is made from messages: never searched for references. */
  readonly data: boolean;
  /** What it consists of, where it is an object with declared keys, or a list of such. */
  readonly fields: readonly ParamDescription[];
}

/** What can be said about a mod, for people: the one source of its help and of its reference page. */
export interface ModDescription {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly ParamDescription[];
  readonly artifacts: readonly { readonly name: string; readonly description: string }[];
}

/** Describes a mod from its declaration. */
export function describeMod(mod: Mod): ModDescription {
  return {
    name: mod.name,
    description: mod.description,
    parameters: describeFields(mod.params),
    artifacts: Object.entries(mod.artifacts).map(([name, { description }]) => ({ name, description })),
  };
}

function describeFields(schema: ParamSchema | undefined): readonly ParamDescription[] {
  const { shape } = (schema === undefined ? {} : unwrap(schema)) as { shape?: Record<string, ParamSchema> };
  return Object.entries(shape ?? {}).map(([name, field]) => describeParam(name, field));
}

function describeParam(name: string, schema: ParamSchema): ParamDescription {
  const meta = metaOf(schema);
  const byDefault = defaultOf(schema);
  return {
    name,
    type: typeText(schema),
    required: byDefault === undefined && !isOptional(schema),
    default: byDefault,
    description: meta.description ?? "",
    advanced: meta.advanced === true,
    secret: meta.secret === true,
    data: meta.data === true,
    fields: describeFields(itemOf(schema) ?? schema),
  };
}

const isOptional = (schema: ParamSchema) => wrappers(schema).some(({ def }) => def.type === "optional");

function defaultOf(schema: ParamSchema): string | undefined {
  const wrapper = wrappers(schema).find(({ def }) => def.type === "default");
  if (wrapper === undefined) return undefined;
  return JSON.stringify((wrapper.def as { defaultValue?: unknown }).defaultValue);
}

/** The schema and all that it wraps. */
function wrappers(schema: ParamSchema): readonly ParamSchema[] {
  const { innerType } = schema.def as { innerType?: ParamSchema };
  return innerType === undefined ? [schema] : [schema, ...wrappers(innerType)];
}

/** The schema of a list's items. */
const itemOf = (schema: ParamSchema) => (unwrap(schema) as { element?: ParamSchema }).element;

/** The type in words. */
function typeText(schema: ParamSchema): string {
  const known = (metaOf(schema) as { enum?: readonly string[] }).enum;
  if (known !== undefined) return `one of ${known.map((value) => JSON.stringify(value)).join(", ")}`;
  const inner = unwrap(schema) as ParamSchema & { element?: ParamSchema; valueType?: ParamSchema };
  const orNull = wrappers(schema).some(({ def }) => def.type === "nullable") ? " or null" : "";
  if (inner.element !== undefined) return `a list: ${typeText(inner.element)}${orNull}`;
  if (inner.valueType !== undefined) return `an object: each value ${typeText(inner.valueType)}${orNull}`;
  if (inner.def.type === "unknown") return "anything";
  return `${inner.def.type === "number" ? numberText(inner) : leafText(inner)}${orNull}`;
}

/** What an error would say that is expected. */
function leafText(schema: ParamSchema): string {
  const { error } = schema.safeParse(Symbol("no value"));
  const issue = error?.issues[0];
  if (issue === undefined) return "anything"; // as its description says
  return expectation(issue) ?? schema.def.type;
}

function numberText(schema: ParamSchema): string {
  const { type, minimum, maximum, exclusiveMinimum } = z.toJSONSchema(schema);
  const bounds = [
    exclusiveMinimum === undefined ? "" : `more than ${exclusiveMinimum}`,
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? "" : `at least ${minimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : `at most ${maximum}`,
  ].filter((bound) => bound !== "");
  return [type === "integer" ? "a whole number" : "a number", bounds.join(", ")].filter((part) => part !== "")
    .join(", ");
}
