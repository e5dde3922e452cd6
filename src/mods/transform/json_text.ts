import { PermanentError } from "../../core/errors.ts";
import { findJsonProblem } from "../../core/json_scan.ts";
import { quoteName } from "./words.ts";

/** What to do with an integer that a JavaScript number cannot hold exactly, beyond 2^53 - 1 either way. */
export type BigNumbers = "bigint" | "string" | "error";

/** How a text is read; the meaning of each is that of `json_parser`'s parameter. */
export interface JsonOptions {
  readonly bigNumbers: BigNumbers;
  readonly decimals: "number" | "string";
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const MAX_DIGITS = 1000; // no database holds more, and converting millions of digits would stall the event loop
const utf8 = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Only numbers that look like one of these can lose something as a JavaScript number. */
const MAY_BE_INEXACT = /\d{16}|[eE]\+?\d{3}/;
const INTEGER = /^-?\d+$/;

/** Bytes or text as text, without a byte order mark. Throws a `PermanentError` where it is too large or not UTF-8. */
export function jsonText(input: string | Uint8Array, maxBytes: number): string {
  const size = typeof input === "string" ? utf8Size(input, maxBytes) : input.byteLength;
  if (size > maxBytes) {
    throw new PermanentError(`the JSON text is larger than max_bytes (${maxBytes} bytes)`);
  }
  if (typeof input === "string") return input.startsWith("\uFEFF") ? input.slice(1) : input;
  try {
    return utf8.decode(input);
  } catch {
    throw new PermanentError(`the ${size} bytes are not valid UTF-8: JSON is always UTF-8`);
  }
}

/** Exact only where it matters: a text of n UTF-16 units has between n and 3n bytes. */
function utf8Size(text: string, maxBytes: number): number {
  if (text.length > maxBytes || text.length * 3 <= maxBytes) return text.length;
  return encoder.encode(text).byteLength;
}

/**
 * The value of a JSON text (RFC 8259). Integers stay exact; keys are own properties, `__proto__` too; of a key that
 * comes twice the last value counts. Throws a `PermanentError` with line and column, never with the text.
 */
export function parseJson(text: string, options: JsonOptions): unknown {
  if (mayNestDeeper(text, options.maxDepth)) refuse(text, options.maxDepth);
  const exact = options.decimals === "string" || MAY_BE_INEXACT.test(text);
  try {
    return exact ? JSON.parse(text, exactNumbers(options) as Reviver) : JSON.parse(text);
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    refuse(text, options.maxDepth);
    throw new PermanentError("the JSON text is nested too deeply for the stack that is left here");
  }
}

/** A text of n characters opens at most n / 2 levels, and at most as many as it has opening brackets. */
function mayNestDeeper(text: string, maxDepth: number): boolean {
  if (text.length < maxDepth * 2) return false;
  let opening = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code === 0x7b || code === 0x5b) && ++opening > maxDepth) return true;
  }
  return false;
}

function refuse(text: string, maxDepth: number): void {
  const problem = findJsonProblem(text, maxDepth);
  if (problem === undefined) return;
  const { line, column, expected, found } = problem;
  throw new PermanentError(
    `malformed JSON at line ${line}, column ${column}: expected ${expected}, but ${found}`,
  );
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** V8 hands a reviver the text of each number as `context.source` (TC39 proposal-json-parse-with-source). */
function exactNumbers({ bigNumbers, decimals }: JsonOptions) {
  return (key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (typeof value !== "number") return value;
    const source = context.source ?? String(value);
    if (!INTEGER.test(source)) {
      if (decimals === "string") return source;
      if (Number.isFinite(value)) return value;
      throw new PermanentError(`${quoteName(key)} is a number too large for a double`);
    }
    if (Number.isSafeInteger(value)) return value;
    if (bigNumbers === "error") throw new PermanentError(`${quoteName(key)} is an integer beyond 2^53`);
    if (source.length > MAX_DIGITS) {
      throw new PermanentError(`${quoteName(key)} is an integer of more than ${MAX_DIGITS} digits`);
    }
    return bigNumbers === "string" ? source : BigInt(source);
  };
}
