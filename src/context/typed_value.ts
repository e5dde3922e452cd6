import { ConfigurationError } from "../core/errors.ts";
import type { Context } from "./context.ts";
import { asTypeOf } from "./values.ts";

/**
 * A key's value as the type of its fallback; a text where there is none. That a fallback was given counts, even if it is
 * `undefined`. Throws a `ConfigurationError` where a setting without a fallback is missing or a value has another type.
 */
export function typedValue(
  context: Context,
  key: string,
  ...rest: [fallback?: unknown, oneOf?: readonly string[]]
): unknown {
  const [fallback, oneOf] = rest;
  const value = context.value(key);
  if (value === undefined || value === null) {
    if (rest.length > 0) return fallback;
    throw new ConfigurationError(`setting "${key}" is missing: ${context.missing(key)}`);
  }
  if (oneOf !== undefined) {
    if (oneOf.includes(value as string)) return value;
    const choices = oneOf.map((choice) => JSON.stringify(choice)).join(", ");
    throw new ConfigurationError(`setting "${key}": expected one of ${choices}`);
  }
  const example = fallback ?? "";
  const typed = typeof value === "string" ? asTypeOf(value, example) : asText(value, example);
  const expected = Array.isArray(example) ? "a list of texts" : EXPECTED[typeof example];
  const fits = Array.isArray(example)
    ? Array.isArray(typed) && typed.every((item) => typeof item === "string")
    : typeof typed === typeof example;
  if (fits) return typed;
  throw new ConfigurationError(`setting "${key}": expected ${expected ?? "a text"}, got ${described(value)}`);
}

const EXPECTED: Readonly<Record<string, string>> = {
  number: "a number",
  boolean: "true or false",
  string: "a text",
};

/** A number or boolean of the context file where a text is asked for. */
function asText(value: unknown, example: unknown): unknown {
  const isScalar = typeof value === "number" || typeof value === "boolean";
  return typeof example === "string" && isScalar ? String(value) : value;
}

/** What came, without the value: it may be a secret. */
function described(value: unknown): string {
  if (typeof value === "string") return "a text";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
