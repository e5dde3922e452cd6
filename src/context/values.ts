/** Whether it is an object of keys and values, and not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What lies at a path of keys; undefined where one of them is not there. Only own properties count. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** All keys that can be referred to, dotted, sections included. */
export function keysOf(values: Readonly<Record<string, unknown>>, prefix = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const dotted = prefix + key;
    return isObject(value) ? [dotted, ...keysOf(value, `${dotted}.`)] : [dotted];
  });
}

/**
 * A text from the environment as the type of the value that it overrides: a number stays a number, a list (as JSON) a
 * list. Where that is not possible it stays a text, and validation then says what was expected.
 */
export function asTypeOf(text: string, example: unknown): unknown {
  if (typeof example === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (typeof example === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (typeof example !== "object" || example === null) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) === Array.isArray(example) && typeof parsed === "object" ? parsed : text;
  } catch {
    return text;
  }
}
