import { PermanentError } from "../../core/errors.ts";
import { findJsonProblem } from "../../core/json_scan.ts";
import { settle } from "./json_exact.ts";
import { ExactNumber } from "./mapper/json_write.ts";

/** What to do with an integer that a JavaScript number cannot hold exactly, beyond 2^53 - 1 either way. */
export type BigNumbers = "bigint" | "string" | "error";

/** How a text is read; the meaning of each is that of `json_parser`'s parameter. */
export interface JsonOptions {
  readonly bigNumbers: BigNumbers;
  readonly decimals: "number" | "string";
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Only numbers that look like one of these can lose something as a JavaScript number. */
const MAY_BE_INEXACT = /\d{16}|[eE]\+?\d{3}/;
/** Only these can lose zeros or their form. */
const HAS_DECIMALS = /\d[.eE]/;
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
  const isExact = options.decimals === "string" || MAY_BE_INEXACT.test(text);
  return parse(text, options.maxDepth, isExact ? (key, source) => settle(source, options, key) : undefined);
}

/** A value twice: with numbers as doubles, for JSONPath's filters, and with the digits that were sent. */
export interface ParsedTwice {
  readonly plain: unknown;
  /** An {@link ExactNumber} stands where a double may differ from the digits; `plain` itself where none does. */
  readonly exact: unknown;
}

/** As {@link parseJson}, with the digits of all numbers at hand. Without `keepsDigits` 12.50 is taken for 12.5. */
export function parseTwice(text: string, maxDepth: number, keepsDigits: boolean): ParsedTwice {
  const plain = parse(text, maxDepth);
  if (!MAY_BE_INEXACT.test(text) && !(keepsDigits && HAS_DECIMALS.test(text))) return { plain, exact: plain };
  return { plain, exact: parse(text, maxDepth, (_, source) => new ExactNumber(source)) };
}

/** `number` makes something of the source of a number that may not be exact as a double. */
function parse(text: string, maxDepth: number, number?: (key: string, source: string) => unknown): unknown {
  if (mayNestDeeper(text, maxDepth)) refuse(text, maxDepth);
  try {
    return number === undefined ? JSON.parse(text) : JSON.parse(text, numbersBy(number) as Reviver);
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    refuse(text, maxDepth);
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
function numbersBy(number: (key: string, source: string) => unknown) {
  return (key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (typeof value !== "number") return value;
    const source = context.source ?? String(value);
    return INTEGER.test(source) && Number.isSafeInteger(value) ? value : number(key, source);
  };
}
