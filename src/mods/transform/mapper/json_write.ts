/** TC39's proposal-json-parse-with-source, which V8 has: a text that `JSON.stringify` writes as it is. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * A number by the digits with which it was sent, where a JavaScript number might not hold them all. Writes itself as
 * those digits.
 */
export class ExactNumber {
  /** `text` is a number as JSON writes them. */
  constructor(readonly text: string) {}

  /** What `JSON.stringify` asks for. */
  toJSON(): unknown {
    return rawJSON(this.text);
  }
}

/**
 * A value as JSON text: bigints with all their digits, a Date in ISO 8601. Undefined where it cannot be written without
 * loss: NaN, bytes, functions, a Map, a cycle.
 */
export function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, exactly);
  } catch {
    return undefined;
  }
}

function exactly(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return rawJSON(String(value));
  const isLost = typeof value === "number"
    ? !Number.isFinite(value)
    : typeof value === "function" || typeof value === "symbol" || ArrayBuffer.isView(value) ||
      value instanceof Map || value instanceof Set;
  if (isLost) throw new TypeError("Cannot write this value as JSON");
  return value;
}
