import type { z } from "../deps/zod.ts";

/** One thing that zod found wrong. */
export type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  int: "a whole number",
  array: "an array",
  object: "an object",
  record: "an object",
  map: "a Map",
  set: "a Set",
  date: "a Date",
  function: "a function",
  null: "null",
  undefined: "nothing",
  never: "nothing",
  nonoptional: "a value",
  nan: "NaN",
};

/** How a mod's own message begins that says what is right: it then counts more than what zod would say. */
const OWN = "expected ";

/** What would have been right, as words that follow "expected"; undefined where only the issue's own message says it. */
export function expectation(issue: Issue): string | undefined {
  if (issue.message?.startsWith(OWN)) return issue.message.slice(OWN.length);
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? `a ${issue.expected}`;
    case "invalid_value":
      return oneOf(issue.values.map(shown));
    case "too_small":
      return size(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return size(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return format(issue);
    case "invalid_union":
      return union(issue);
    default:
      return undefined;
  }
}

function size(origin: string, comparison: string, limit: number | bigint): string {
  const amount = `${comparison} ${limit}`;
  const plural = String(limit) === "1" ? "" : "s";
  if (origin === "string") return `a text of ${amount} character${plural}`;
  if (origin === "array" || origin === "set") return `a list of ${amount} item${plural}`;
  return amount;
}

function format(issue: Extract<Issue, { code: "invalid_format" }>): string {
  if (issue.format === "regex") return `a text that matches ${issue.pattern ?? "its pattern"}`;
  if (issue.format === "starts_with") {
    return `a text that begins with ${shown((issue as { prefix?: unknown }).prefix)}`;
  }
  return `a valid ${issue.format === "url" ? "URL" : issue.format}`;
}

function union(issue: Extract<Issue, { code: "invalid_union" }>): string | undefined {
  const parts = issue.errors.map((issues) => issues[0] === undefined ? undefined : expectation(issues[0]));
  const known = [...new Set(parts.filter((part) => part !== undefined))];
  return known.length === 0 ? undefined : oneOf(known, "");
}

function oneOf(values: readonly string[], prefix = "one of "): string {
  if (values.length === 1) return values[0] ?? "";
  return prefix === "" ? values.join(" or ") : `${prefix}${values.join(", ")}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
