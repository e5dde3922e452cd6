import { PermanentError } from "../../core/errors.ts";
import type { ColumnKind } from "./column_kind.ts";
import { isDuckDbComposite, isDuckDbValue, jsonTextOf } from "../json_text.ts";
import type { Column } from "./table_schema.ts";

const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/** What a value is written to: a column, or an element of an array in it. */
type Target = Pick<Column, "type" | "kind" | "elementKind" | "mostCharacters">;

/**
 * A value as the text that PostgreSQL reads, so that nothing of it is lost on the way: it would round fractions in integer
 * columns. Null is NULL. Throws a `PermanentError` that says what does not fit, without the value.
 */
export function textOf(value: unknown, target: Target): string | null {
  if (value === null || value === undefined) return null;
  const text = anyText(value, target);
  if (text.includes("\0")) {
    throw new PermanentError("a text holds a NUL character, which PostgreSQL cannot store");
  }
  if (target.mostCharacters !== undefined && isLongerThan(text, target.mostCharacters)) {
    throw new PermanentError(`a text is too long for ${target.type}`);
  }
  return text;
}

/** Spaces at the end beyond the length are no error to PostgreSQL. */
function isLongerThan(text: string, most: number): boolean {
  return text.length > most && [...text.replace(/ +$/, "")].length > most;
}

function anyText(value: unknown, target: Target): string {
  const { kind, type } = target;
  if (kind === "json") return typeof value === "string" ? value.toWellFormed() : jsonTextOf(value);
  if (kind === "array") return arrayText(value, target);
  switch (typeof value) {
    case "string":
      return kind === "integer" ? wholeText(value, type) : value.toWellFormed();
    case "number":
      return numberText(value, kind, type);
    case "bigint":
      return bigintText(value, kind, type);
    case "boolean":
      return kind === "integer" || kind === "decimal" || kind === "float"
        ? (value ? "1" : "0")
        : String(value);
    case "object":
      return objectText(value as object, kind, type);
    default:
      throw new PermanentError(`a ${typeof value} cannot be written`);
  }
}

function wholeText(text: string, type: string): string {
  const digits = WHOLE.exec(text)?.[1];
  if (digits !== undefined) return digits;
  throw new PermanentError(`a text that is not a whole number does not fit ${type}`);
}

function numberText(value: number, kind: ColumnKind, type: string): string {
  if (kind !== "integer" && kind !== "decimal") return Object.is(value, -0) ? "-0" : String(value);
  if (!Number.isFinite(value)) throw new PermanentError(`NaN or infinity does not fit ${type}`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new PermanentError(
      `a number beyond 2^53 may have lost digits before it came here, so it is not written to ${type}: ` +
        "a bigint or a text of digits keeps them",
    );
  }
  if (kind === "integer" && !Number.isInteger(value)) {
    throw new PermanentError(`a number with a fraction does not fit ${type}`);
  }
  return String(value === 0 ? 0 : value);
}

function bigintText(value: bigint, kind: ColumnKind, type: string): string {
  if (kind === "float" && BigInt(Number(value)) !== value) {
    throw new PermanentError(`an integer with more digits than ${type} keeps does not fit it`);
  }
  return String(value);
}

function objectText(value: object, kind: ColumnKind, type: string): string {
  if (value instanceof Date) return dateText(value, kind);
  if (value instanceof Uint8Array) {
    if (kind === "bytes") return `\\x${hex(value)}`;
    throw new PermanentError(`bytes do not fit ${type}: they need a bytea column, or to be decoded before`);
  }
  if (isDuckDbValue(value) && !isDuckDbComposite(value)) return String(value);
  if (kind === "text") return jsonTextOf(value);
  throw new PermanentError(`an object or array does not fit ${type}`);
}

function dateText(date: Date, kind: ColumnKind): string {
  if (Number.isNaN(date.getTime())) throw new PermanentError("an invalid Date cannot be written");
  // years beyond four digits have a sign, which PostgreSQL does not read
  const text = date.toISOString().replace(/^\+0*(\d{4})/, "$1");
  if (text.startsWith("-")) throw new PermanentError("a Date before the year 0 cannot be written");
  return kind === "date" ? text.slice(0, text.indexOf("T")) : text;
}

const hex = (bytes: Uint8Array) => {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
};

/** An array as PostgreSQL writes it; a text is taken as JSON if it looks so, or else as PostgreSQL's own form. */
function arrayText(value: unknown, target: Target): string {
  if (typeof value === "string") {
    const trimmed = value.trimStart();
    if (!trimmed.startsWith("[") || /^\[[-+]?\d+:[-+]?\d+\]/.test(trimmed)) return value.toWellFormed();
    try {
      return arrayText(JSON.parse(value), target);
    } catch (error) {
      if (error instanceof PermanentError) throw error;
      throw new PermanentError(
        `a text that is neither JSON nor an array of PostgreSQL's does not fit ${target.type}`,
      );
    }
  }
  if (isDuckDbList(value)) return arrayText(value.items, target);
  if (!Array.isArray(value)) throw new PermanentError(`a value that is no array does not fit ${target.type}`);
  const element: Target = {
    type: target.type.replace(/(\[\d*\])+$/, ""),
    kind: target.elementKind,
    elementKind: "other",
    mostCharacters: undefined,
  };
  const parts = value.map((item: unknown) => {
    if ((Array.isArray(item) || isDuckDbList(item)) && element.kind !== "json") {
      return arrayText(item, target);
    }
    const text = textOf(item, element);
    return text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${parts.join(",")}}`;
}

const isDuckDbList = (value: unknown): value is { readonly items: readonly unknown[] } =>
  /^DuckDB(List|Array)Value$/.test((value as object | null)?.constructor?.name ?? "");
