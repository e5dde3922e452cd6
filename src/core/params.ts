import { z } from "../deps/zod.ts";
import type { Rows } from "./rows.ts";
import { Secret } from "./secret.ts";

/** What is known about a parameter besides its type; kept in zod's own metadata. */
export interface ParamMeta {
  /** What it is for, in a sentence or two. */
  readonly description?: string;
  /** It holds data made from messages: never searched for `${`, and wrong values are record errors. */
  readonly data?: boolean;
  /** It holds a secret: masked wherever it is printed. */
  readonly secret?: boolean;
  /** Only a few jobs need it. */
  readonly advanced?: boolean;
}

/**
 * Rows in any of their forms. Only looked at from outside: `toRows` checks each row. A job may give rows of its own
 * types: an interface is no `Record` to the compiler, so what is taken is any object.
 */
export const rowsSchema: z.ZodType<Rows, object> = z.custom<Rows>(
  (value) => typeof value === "object" && value !== null,
  { error: "expected an object, a list of objects, or a DuckDB result" },
) as z.ZodType<Rows, object>;

/** The schema of one parameter: any of zod 4. */
export type ParamSchema = z.ZodType;

type OptionalSecret = z.ZodOptional<z.ZodType<Secret, string | Secret>>;

/** The schema of a parameter that holds a secret and may be left out. */
export type SecretParam = OptionalSecret;

/** Marks a parameter as data: what came out of a message is never searched for references. */
export function dataParam<T extends ParamSchema>(schema: T, description: string): T {
  return schema.meta({ description, data: true }) as T;
}

/** A password or key: a string in the job, a {@link Secret} in the mod. */
export function secretParam(description: string): SecretParam {
  const schema = z.union([z.string(), z.instanceof(Secret)])
    .transform((value) => value instanceof Secret ? value : new Secret(value));
  return schema.optional().meta({ description, secret: true }) as unknown as SecretParam;
}

/** Both are asked for with each message, and schemas do not change. */
const metas = new WeakMap<z.ZodType, ParamMeta>();
const unwrapped = new WeakMap<z.ZodType, z.ZodType>();

/** A parameter's metadata, looked for through optional, default and nullable wrappers. */
export function metaOf(schema: z.ZodType): ParamMeta {
  const known = metas.get(schema);
  if (known !== undefined) return known;
  let meta: ParamMeta = {};
  for (let next: z.ZodType | undefined = schema; next !== undefined; next = innerOf(next)) {
    meta = { ...(next.meta() as ParamMeta | undefined), ...meta };
  }
  metas.set(schema, meta);
  return meta;
}

/** The schema inside optional, default, nullable and pipe wrappers. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const known = unwrapped.get(schema);
  if (known !== undefined) return known;
  let inner = schema;
  for (let next = innerOf(inner); next !== undefined; next = innerOf(inner)) inner = next;
  unwrapped.set(schema, inner);
  return inner;
}

/** The schema of a property, a list's item or a record's value, through its wrappers; undefined where it is unknown. */
export function childSchema(schema: z.ZodType | undefined, step: PropertyKey): z.ZodType | undefined {
  if (schema === undefined) return undefined;
  const inner = withKeys(schema) as {
    shape?: Record<PropertyKey, z.ZodType>;
    element?: z.ZodType;
    valueType?: z.ZodType;
  };
  if (typeof step === "number") return inner.element;
  if (inner.shape !== undefined) return Object.hasOwn(inner.shape, step) ? inner.shape[step] : undefined;
  return inner.valueType;
}

/** A schema through its wrappers; of a union the option that has keys, where just one has. */
export function withKeys(schema: z.ZodType): z.ZodType {
  const inner = unwrap(schema);
  const { options } = inner as { options?: readonly z.ZodType[] };
  const keyed = options?.map(unwrap).filter((option) => "shape" in option || "valueType" in option) ?? [];
  return keyed.length === 1 ? keyed[0]! : inner;
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const def = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  return def.innerType ?? def.in;
}
