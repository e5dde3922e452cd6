import { PermanentError } from "../../core/errors.ts";
import type { QueryValues } from "../database.ts";
import { jsonTextOf } from "../json_text.ts";
import { eachQueryValue } from "../query_values.ts";
import type { QueryText } from "../query_text.ts";
import { textOf } from "./values.ts";

/**
 * The values of a query in the order of their positions, as texts, which PostgreSQL reads as the types that the statement
 * needs. Throws a `ConfigurationError` where their number or names are not those of the statement, a `PermanentError`
 * where one cannot be written; the errors say which, not what it is.
 */
export function queryValues({ names }: QueryText, values: QueryValues): (string | null)[] {
  return eachQueryValue(names, values, valueText);
}

const ANY = { type: "the type of the statement", elementKind: "other", mostCharacters: undefined } as const;

function valueText(value: unknown): string | null {
  if (value === undefined) throw new PermanentError("it is undefined: what is not there is null in SQL");
  if (value instanceof Uint8Array) return textOf(value, { ...ANY, kind: "bytes" });
  if (Array.isArray(value)) return textOf(value, { ...ANY, kind: "array" });
  const isObject = typeof value === "object" && value !== null && !(value instanceof Date);
  return textOf(isObject ? jsonTextOf(value) : value, { ...ANY, kind: "other" });
}
