import { ConfigurationError, PermanentError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { QueryValues } from "./database.ts";

/**
 * Hands each place of a statement its value: `names` are those of its places, `1` for `$1`. Throws a `ConfigurationError`
 * where number or names of the values are not those of the statement; a `PermanentError` of `take` is thrown on with the
 * name of the value, never the value itself.
 */
export function eachQueryValue<T>(
  names: readonly string[],
  values: QueryValues,
  take: (value: unknown, place: number) => T,
): T[] {
  if (isList(values)) checkPositions(names, values);
  return names.map((name, place) => {
    const value = isList(values) ? values[place] : named(name, values);
    try {
      return take(value, place);
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
