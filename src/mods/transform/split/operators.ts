import type { ConditionValue } from "./conditions.ts";
import { compareWith, operandOf } from "./compare.ts";
import { type Judge, type Limits, WrongOperand } from "./judge.ts";
import { compilePattern } from "./pattern.ts";

/** One operator. */
export interface Operator {
  /** What it says of null. */
  readonly ofNull: boolean;
  /** Looks at the operand once. */
  plan(operand: unknown, limits: Limits): Judge | WrongOperand;
}

/** The operators that look at a value. `exists` and `is_null` ask whether there is one, and stand apart. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: { ofNull: false, plan: (operand) => equality([operand], "", true) },
  ne: { ofNull: true, plan: (operand) => equality([operand], "", false) },
  gt: { ofNull: false, plan: (operand) => order(operand, (sign) => sign > 0) },
  gte: { ofNull: false, plan: (operand) => order(operand, (sign) => sign >= 0) },
  lt: { ofNull: false, plan: (operand) => order(operand, (sign) => sign < 0) },
  lte: { ofNull: false, plan: (operand) => order(operand, (sign) => sign <= 0) },
  in: { ofNull: false, plan: (operand) => membership(operand, true) },
  not_in: { ofNull: true, plan: (operand) => membership(operand, false) },
  matches: { ofNull: false, plan: compilePattern },
};

/** All words for what can be asked of a column. */
export const OPERATOR_NAMES: readonly string[] = [...Object.keys(OPERATORS), "is_null", "exists"];

function membership(list: unknown, whenIn: boolean): Judge | WrongOperand {
  return Array.isArray(list) ? equality(list, "[]", whenIn) : new WrongOperand("a list of values");
}

function equality(values: readonly unknown[], step: "" | "[]", whenEqual: boolean): Judge | WrongOperand {
  const wrong = values.findIndex((value) => !isConditionValue(value));
  if (wrong >= 0) return new WrongOperand(expectedInstead(values[wrong]), step === "" ? "" : `[${wrong}]`);
  const texts = new Set(values.filter((value) => typeof value === "string"));
  const operands = (values as readonly ConditionValue[]).map(operandOf);
  const others = operands.filter(({ value }) => typeof value !== "string");
  return (value) => {
    // two texts are equal or not: a long list costs one look
    if (typeof value === "string") {
      return (texts.has(value) || others.some((other) => compareWith(value, other) === 0)) === whenEqual;
    }
    return operands.some((operand) => compareWith(value, operand) === 0) === whenEqual;
  };
}

function order(bound: unknown, holds: (sign: number) => boolean): Judge | WrongOperand {
  if (typeof bound === "boolean") {
    return new WrongOperand("a number, a text or a Date: true and false have no order");
  }
  if (!isConditionValue(bound)) return new WrongOperand(expectedInstead(bound));
  const operand = operandOf(bound);
  return (value) => {
    const sign = compareWith(value, operand);
    return sign === undefined ? undefined : holds(sign);
  };
}

function isConditionValue(value: unknown): value is ConditionValue {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (typeof value === "number") return !Number.isNaN(value);
  return typeof value === "string" || typeof value === "bigint" || typeof value === "boolean";
}

function expectedInstead(value: unknown): string {
  const expected = "a number, a text, a boolean or a Date";
  return value === null ? `${expected}: to ask for null, write {"is_null": true}` : expected;
}
