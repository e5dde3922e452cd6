/** A column's name in quotes for an error, cut where it is long: names, too, come out of messages. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/** What a value is, in words, for an error that must not show the value itself. */
export function nameKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a Date";
  if (ArrayBuffer.isView(value)) return "bytes";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
