import { ModError } from "../../../core/errors.ts";

/** An error about a condition: its path, what was expected, and what kind of value came, never the value. */
export function wrongParameter(path: string, expected: string, came: unknown): ModError {
  return new ModError("data_splitter", `parameter "${path}": ${expected}, got ${kindOfSetting(came)}`, {
    kind: "configuration",
    parameter: path,
  });
}

/** Whether it is an object of names and values, and nothing of a class: no list, no Date, no RegExp. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What a setting is, in words. */
export function kindOfSetting(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (value instanceof RegExp) return "a RegExp";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty object" : "an object";
  if (typeof value === "number" && Number.isNaN(value)) return "NaN";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}
