import { castValue } from "../casts.ts";
import { compareDecimals, compareTexts, Decimal, decimalOf, decimalOfNumber } from "./scalar.ts";

/** What a row's value is compared with: a setting, looked at once. */
export interface Operand {
  readonly value: string | number | bigint | boolean | Date;
  /** The number that it is, or that its text is written as. */
  readonly decimal: Decimal | undefined;
  /** The instant that it is, or that its text is written as in ISO 8601. */
  readonly instant: number | undefined;
}

/** Looks at an operand. */
export function operandOf(value: Operand["value"]): Operand {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return {
    value,
    decimal: isNumber ? decimalOfNumber(value) : typeof value === "string" ? decimalOf(value) : undefined,
    instant: value instanceof Date
      ? value.getTime()
      : typeof value === "string"
      ? instantOf(value)
      : undefined,
  };
}

/**
 * A row's value, as {@link plainValue} gives it, against an operand: below 0, 0, above 0, or undefined where the two
 * cannot be compared.
 *
 * Numbers and bigints compare exactly. A number and a text compare as numbers where the text is written as JSON writes
 * numbers, by all its digits; a Date and a text as instants where the text is in ISO 8601. Two texts are texts, whatever
 * is in them, by code point. NaN and invalid Dates compare with nothing.
 */
export function compareWith(value: unknown, operand: Operand): number | undefined {
  const other = operand.value;
  switch (typeof value) {
    case "string":
      return typeof other === "string" ? compareTexts(value, other) : compareText(value, operand);
    case "number":
    case "bigint":
      if (typeof other === "number" || typeof other === "bigint") {
        return value < other ? -1 : value > other ? 1 : value == other ? 0 : undefined;
      }
      return typeof other === "string" ? byDecimal(decimalOfNumber(value), operand) : undefined;
    case "boolean":
      return typeof other === "boolean" ? Number(value) - Number(other) : undefined;
  }
  if (value instanceof Date) return byInstant(value.getTime(), operand);
  return value instanceof Decimal ? byDecimal(value, operand) : undefined;
}

function compareText(text: string, operand: Operand): number | undefined {
  return operand.value instanceof Date
    ? byInstant(instantOf(text), operand)
    : byDecimal(operand.decimal === undefined ? undefined : decimalOf(text), operand);
}

function byDecimal(value: Decimal | undefined, { decimal }: Operand): number | undefined {
  return value === undefined || decimal === undefined ? undefined : compareDecimals(value, decimal);
}

function byInstant(value: number | undefined, { instant }: Operand): number | undefined {
  if (value === undefined || instant === undefined || Number.isNaN(value)) return undefined;
  return Math.sign(value - instant);
}

function instantOf(text: string): number | undefined {
  const date = castValue(text, "timestamp");
  return date instanceof Date ? date.getTime() : undefined;
}
