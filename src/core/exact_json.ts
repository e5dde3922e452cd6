/** V8 has both (TC39: JSON.parse source text access); TypeScript's library does not yet. */
const { parse, rawJSON } = JSON as unknown as {
  parse(text: string, reviver: typeof exactInteger): unknown;
  rawJSON(text: string): unknown;
};

const MOST_DIGITS = 1000; // as in json_parser: converting millions of them would stall the event loop

function exactInteger(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) && source.length <= MOST_DIGITS ? BigInt(source) : value;
}

/** Reads JSON as `JSON.parse` does; integers beyond 2^53 are bigints, where that would round them. */
export function parseExactJson(text: string): unknown {
  return parse(text, exactInteger);
}

/** Writes JSON as `JSON.stringify` does, bigints by all their digits; undefined for what JSON cannot write at all. */
export function exactJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_, item: unknown) => typeof item === "bigint" ? rawJSON(String(item)) : item);
}
