import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { QueryValues } from "../database.ts";
import { jsonTextOf } from "../json_text.ts";
import type { QueryText } from "../query_text.ts";
import { textOf } from "./values.ts";

/**
 * The values of a query in the order of their positions, as texts, which PostgreSQL reads as the types that the statement
 * needs. Throws a `ConfigurationError` where their number or names are not those of the statement, a `PermanentError`
 * where one cannot be written; the errors say which, not what it is.
 */
export function queryValues({ names }: QueryText, values: QueryValues): (string | null)[] {
  if (isList(values)) checkPositions(names, values);
  return names.map((name, i) => {
    const value = isList(values) ? values[i] : named(name, values);
    try {
      return valueText(value);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError(`value $${name} of the query: ${error.message}`);
    }
  });
}

const isList = (values: QueryValues): values is readonly unknown[] => Array.isArray(values);

function checkPositions(names: readonly string[], values: readonly unknown[]): void {
  const named = names.find((name, i) => name !== String(i + 1));
  if (named !== undefined) {
    throw new ConfigurationError(
      `the statement has $${named}, but its values are a list: expected an object`,
    );
  }
  if (names.length === values.length) return;
  throw new ConfigurationError(
    `the statement has ${names.length} places for values, ${values.length} values were given`,
  );
}

function named(name: string, values: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(values, name)) return values[name];
  throw new ConfigurationError(
    /^\d+$/.test(name)
      ? `the statement has $${name}, but its values have names: expected a list`
      : `the statement has $${name}, which the values do not have${didYouMean(name, Object.keys(values))}`,
  );
}

const ANY = { type: "the type of the statement", elementKind: "other", mostCharacters: undefined } as const;

function valueText(value: unknown): string | null {
  if (value === undefined) throw new PermanentError("it is undefined: what is not there is null in SQL");
  if (value instanceof Uint8Array) return textOf(value, { ...ANY, kind: "bytes" });
  if (Array.isArray(value)) return textOf(value, { ...ANY, kind: "array" });
  const isObject = typeof value === "object" && value !== null && !(value instanceof Date);
  return textOf(isObject ? jsonTextOf(value) : value, { ...ANY, kind: "other" });
}
