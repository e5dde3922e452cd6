import type { z } from "../deps/zod.ts";
import { type ErrorKind, ModError } from "./errors.ts";
import type { Mod } from "./define_mod.ts";
import { expectation, type Issue } from "./expectation.ts";
import { didYouMean } from "./nearest.ts";
import { childSchema, metaOf, withKeys } from "./params.ts";
import { maskSecrets, namesSecret } from "./secret.ts";

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
  const faults = parsed.error.issues.map((issue) => faultOf(mod.params, withinUnion(issue), params));
  const first = faults[0];
  if (first === undefined) throw new TypeError(`Cannot explain why ${mod.name} refused its parameters`);
  // a configuration error wins over data that does not fit: it will not go away with the next message; and a mistyped
  // name over the missing parameter that it was meant for
  const settings = faults.filter((fault) => !fault.isData);
  const worst = settings.find(({ issue }) => issue.code === "unrecognized_keys") ?? settings[0] ?? first;
  const kind: ErrorKind = worst.isData ? "permanent" : "configuration";
  throw new ModError(mod.name, explain(worst, params), { kind, parameter: worst.path });
}

interface Fault {
  readonly issue: Issue;
  /** Path of the parameter at fault, the unknown one included. */
  readonly path: string;
  readonly schema: z.ZodType | undefined;
  /** It lies in a parameter that is declared as data. */
  readonly isData: boolean;
  /** Its value must not be shown. */
  readonly isHidden: boolean;
}

function faultOf(root: z.ZodType, issue: Issue, params: unknown): Fault {
  let schema: z.ZodType | undefined = root;
  let isData = false;
  let isHidden = false;
  for (const step of issue.path) {
    schema = childSchema(schema, step);
    const meta = schema === undefined ? {} : metaOf(schema);
    isData ||= meta.data === true;
    isHidden ||= isData || meta.secret === true || namesSecret(String(step));
  }
  // a parameter that the job does not give at all is not the message's fault: no message will bring it
  const [first] = issue.path;
  if (first !== undefined && isObject(params) && !Object.hasOwn(params, first)) isData = false;
  const unknown = issue.code === "unrecognized_keys" && !isData ? issue.keys.slice(0, 1) : [];
  return { issue, path: pathText([...issue.path, ...unknown]), schema, isData, isHidden };
}

/** The part of a union that the value was meant for: the one whose outer form fits, if there is just one. */
function withinUnion(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const isUnknown = ({ code }: Issue) => code === "unrecognized_keys";
  const inner = issue.errors.filter((issues) =>
    issues.length > 0 && issues.every((one) => one.path.length > 0 || isUnknown(one))
  );
  const [issues, another] = inner;
  // a mistyped name says more than the missing parameter that it was meant for
  const only = another === undefined ? issues?.find(isUnknown) ?? issues?.[0] : undefined;
  return only === undefined ? issue : withinUnion({ ...only, path: [...issue.path, ...only.path] });
}

function explain({ issue, path, schema, isData, isHidden }: Fault, params: unknown): string {
  const what = path === "" ? "its parameters" : `parameter "${path}"`;
  if (issue.code === "unrecognized_keys") {
    if (isData) return `${what}: expected no other keys than those declared`; // a key of data is data
    const key = String(issue.keys[0]);
    const names = Object.keys(
      (schema === undefined ? {} : withKeys(schema) as { shape?: object }).shape ?? {},
    );
    const where = issue.path.length === 0 ? "" : ` in ${pathText(issue.path)}`;
    const takes = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
    return `unknown parameter "${key}"${where}${didYouMean(key, names)} (${takes})`;
  }
  const expected = expectation(issue);
  if (expected === undefined) return `${what}: ${issue.message}`;
  const value = valueAt(params, issue.path);
  if (value === undefined && path !== "") return `${what} is missing: expected ${expected}`;
  return `${what}: expected ${expected}, got ${isHidden ? kindOfValue(value) : show(value)}`;
}

/** A setting as it came, short and without secrets. */
function show(value: unknown): string {
  if (typeof value === "string") {
    const shown = maskSecrets(value);
    return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown);
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return kindOfValue(value);
}

function kindOfValue(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (!isObject(value)) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `tables[0].key_columns` for `["tables", 0, "key_columns"]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((step, i) =>
    typeof step === "number" ? `[${step}]` : i === 0 ? String(step) : `.${String(step)}`
  )
    .join("");
}
