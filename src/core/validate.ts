import type { z } from "zod";
import { type ErrorKind, ModError } from "./errors.ts";
import type { Mod } from "./define_mod.ts";
import { didYouMean } from "./nearest.ts";
import { metaOf, unwrap } from "./params.ts";

type Issue = z.core.$ZodIssue;

/**
 * The parameters as the mod declares them, defaults filled in. Throws a {@link ModError} that names the path of the
 * first parameter at fault, what was expected and what came: of kind `permanent` where data does not fit (the message's
 * fault), of kind `configuration` otherwise.
 */
export function validateParams<P extends z.ZodObject>(
  mod: Mod<string, P>,
  params: unknown,
): z.output<P> {
  const parsed = mod.params.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = worstIssue(mod, parsed.error.issues);
  const schema = schemaAt(mod.params, issue.path);
  const kind: ErrorKind = isData(mod, issue) ? "permanent" : "configuration";
  const path = pathText(issue.path);
  const value = valueAt(params, issue.path);
  throw new ModError(mod.name, explain(issue, path, schema, value), { kind, parameter: path });
}

/** A configuration error wins over data that does not fit: it will not go away with the next message. */
function worstIssue(mod: Mod, issues: readonly Issue[]): Issue {
  const worst = issues.find((issue) => !isData(mod, issue)) ?? issues[0];
  if (worst === undefined) throw new TypeError(`Cannot explain why ${mod.name} refused its parameters`);
  return worst;
}

function isData(mod: Mod, issue: Issue): boolean {
  let schema: z.ZodType | undefined = mod.params;
  for (const step of issue.path) {
    schema = childOf(schema, step);
    if (schema === undefined) return false;
    if (metaOf(schema).data === true) return true;
  }
  return false;
}

function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = root;
  for (const step of path) schema = childOf(schema, step);
  return schema;
}

function childOf(schema: z.ZodType | undefined, step: PropertyKey): z.ZodType | undefined {
  if (schema === undefined) return undefined;
  const inner = unwrap(schema) as { shape?: Record<PropertyKey, z.ZodType>; element?: z.ZodType };
  return typeof step === "number" ? inner.element : inner.shape?.[step];
}

function explain(issue: Issue, path: string, schema: z.ZodType | undefined, value: unknown): string {
  if (issue.code === "unrecognized_keys") {
    const key = String(issue.keys[0]);
    const names = Object.keys((schema === undefined ? {} : unwrap(schema) as { shape?: object }).shape ?? {});
    const where = path === "" ? "" : ` in ${path}`;
    return `unknown parameter "${key}"${where}${didYouMean(key, names)} (it takes ${names.join(", ")})`;
  }
  const secretOrData = schema !== undefined &&
    (metaOf(schema).secret === true || metaOf(schema).data === true);
  const came = secretOrData ? kindOfValue(value) : show(value);
  if (value === undefined && issue.code !== "custom") {
    return `parameter "${path}" is missing: expected ${expected(issue)}`;
  }
  if (issue.code === "custom") return `parameter "${path}": ${issue.message}`;
  return `parameter "${path}": expected ${expected(issue)}, got ${came}`;
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return article(issue.expected);
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `${issue.origin === "string" ? "a text of " : issue.origin === "array" ? "a list of " : ""}${
        issue.inclusive ? "at least" : "more than"
      } ${issue.minimum}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_union":
      return unionExpected(issue);
    default:
      return issue.message;
  }
}

function unionExpected(issue: Extract<Issue, { code: "invalid_union" }>): string {
  const parts = issue.errors.flat().map(expected);
  return parts.length === 0 ? issue.message : [...new Set(parts)].join(" or ");
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return kindOfValue(value);
}

function kindOfValue(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return article(Array.isArray(value) ? "array" : typeof value);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return value;
}

/** `tables[0].key_columns` for `["tables", 0, "key_columns"]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((step, i) =>
    typeof step === "number" ? `[${step}]` : i === 0 ? String(step) : `.${String(step)}`
  )
    .join("");
}
