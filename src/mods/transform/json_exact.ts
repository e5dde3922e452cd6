import { PermanentError } from "../../core/errors.ts";
import type { Type } from "./mapper/cast_plan.ts";
import { ExactNumber } from "./mapper/json_write.ts";
import { quoteName } from "./words.ts";
import type { BigNumbers } from "./json_text.ts";

/** How numbers leave an exact value; the meaning of each is that of `json_parser`'s parameter. */
export interface NumberRules {
  readonly bigNumbers: BigNumbers;
  readonly decimals: "number" | "string";
}

const INTEGER = /^-?\d+$/;
const MAX_DIGITS = 1000; // no database holds more, and converting millions of digits would stall the event loop

/**
 * A value as the parameters want its numbers, with each {@link ExactNumber} in it replaced; `name` is its column or key in an error.
 * Throws a `PermanentError` where a number may not be as it is.
 */
export function settleNumbers(value: unknown, rules: NumberRules, name: string): unknown {
  if (value instanceof ExactNumber) return settle(value.text, rules, name);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => settleNumbers(item, rules, name));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, settleNumbers(item, rules, key)]),
  );
}

/** A number's text as the parameters want it. */
export function settle(text: string, { bigNumbers, decimals }: NumberRules, name: string): unknown {
  const value = Number(text);
  if (!INTEGER.test(text)) {
    if (decimals === "string") return text;
    if (Number.isFinite(value)) return value;
    throw new PermanentError(`${quoteName(name)} is a number too large for a double`);
  }
  if (Number.isSafeInteger(value)) return value;
  if (bigNumbers === "error") throw new PermanentError(`${quoteName(name)} is an integer beyond 2^53`);
  if (text.length > MAX_DIGITS) {
    throw new PermanentError(`${quoteName(name)} is an integer of more than ${MAX_DIGITS} digits`);
  }
  return bigNumbers === "string" ? text : BigInt(text);
}

/** A number as a cast to a type wants it: the digits where they count, an integer as it is, or the nearest double. */
export function castable(value: unknown, type: Type): unknown {
  if (!(value instanceof ExactNumber) || type === "json") return value;
  const { text } = value;
  if (type === "string" || type === "decimal") return text;
  const number = Number(text);
  if (!INTEGER.test(text) || Number.isSafeInteger(number)) return number;
  return text.length > MAX_DIGITS ? text : BigInt(text);
}

/** Whether a cast to a type shows zeros and exponents as they were sent. */
export function keepsDigits(type: Type): boolean {
  return type === "string" || type === "decimal" || type === "json";
}
