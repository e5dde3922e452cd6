import { PermanentError } from "../core/errors.ts";

/** V8 has it, TypeScript's library not yet: a number with all its digits. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/**
 * A value as JSON text, the same for every database. Bigints keep their digits, dates are ISO texts, DuckDB's lists and
 * structs are arrays and objects, its other values (decimals, times) are texts, half surrogate pairs become U+FFFD. Throws a `PermanentError` for what JSON cannot hold; `JSON.stringify` would drop it silently.
 */
export function jsonTextOf(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_key, item: unknown) => jsonValue(item));
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new PermanentError(
      "a nested value cannot be written as JSON: it holds itself, or is nested too deeply",
    );
  }
  if (text === undefined) throw new PermanentError(`a ${typeof value} cannot be written as JSON`);
  return text;
}

function jsonValue(item: unknown): unknown {
  switch (typeof item) {
    case "string":
      return item.toWellFormed();
    case "bigint":
      return rawJson(String(item));
    case "number":
      if (Number.isFinite(item)) return item;
      throw new PermanentError("NaN or infinity cannot be written as JSON");
    case "object":
      return item === null ? null : jsonObject(item);
    default:
      return item;
  }
}

function jsonObject(item: object): unknown {
  if (item instanceof Map || item instanceof Set || ArrayBuffer.isView(item)) {
    throw new PermanentError(
      `a ${item.constructor.name} cannot be written as JSON: make it an object or an array`,
    );
  }
  return isDuckDbValue(item) ? ofDuckDb(item) : item;
}

/**
 * Whether it is a value as DuckDB's library gives it, such as a decimal. By the name of its class: a job on PostgreSQL
 * has not loaded the library, though it may write what another database gave it.
 */
export function isDuckDbValue(value: object): boolean {
  return /^DuckDB\w+Value$/.test(value.constructor?.name ?? "");
}

/** DuckDB's values that hold others, by their classes: what they hold, as JavaScript has it. */
const COMPOSITES: Readonly<Record<string, (value: never) => unknown>> = {
  DuckDBListValue: ({ items }: { items: readonly unknown[] }) => items,
  DuckDBArrayValue: ({ items }: { items: readonly unknown[] }) => items,
  DuckDBStructValue: ({ entries }: { entries: unknown }) => entries,
  DuckDBMapValue: ({ entries }: { entries: readonly { key: unknown; value: unknown }[] }) =>
    Object.fromEntries(entries.map(({ key, value }) => [String(key), value])),
  DuckDBUnionValue: ({ value }: { value: unknown }) => jsonValue(value),
  DuckDBVariantValue: ({ value }: { value: unknown }) => jsonValue(value),
};

/** Whether it is a value of DuckDB's that holds others. */
export const isDuckDbComposite = (value: object) => Object.hasOwn(COMPOSITES, value.constructor?.name ?? "");

function ofDuckDb(value: object): unknown {
  const parts = COMPOSITES[value.constructor.name];
  return parts === undefined ? String(value) : parts(value as never);
}
