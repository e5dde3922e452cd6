import { ModError, PermanentError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/nearest.ts";
import type { Row } from "../../../core/rows.ts";
import { nameKind, quoteName } from "../words.ts";
import { type Judge, type Limits, WrongOperand } from "./judge.ts";
import { OPERATOR_NAMES, OPERATORS } from "./operators.ts";
import { Decimal, plainValue } from "./scalar.ts";
import { wrongParameter } from "./wrong.ts";

/** What becomes of a row that lacks a column of a condition: an error, or the column counts as null. */
export type MissingColumn = "error" | "null";

/** Whether a row holds what is asked of one column. */
export type ColumnTest = (row: Row, place: number) => boolean;

interface Question {
  readonly operator: string;
  readonly ofNull: boolean;
  readonly judge: Judge;
  /** What the operand is, for an error. */
  readonly against: string;
}

/** What is asked of one column, as a function. Throws a `ModError` of kind configuration that names the path. */
export function planColumn(
  column: string,
  asked: Readonly<Record<string, unknown>>,
  path: string,
  options: Limits & { readonly missing: MissingColumn },
): ColumnTest {
  const operators = Object.keys(asked);
  if (operators.length === 0) {
    throw wrongParameter(path, `expected an operator (${OPERATOR_NAMES.join(", ")})`, asked);
  }
  for (const operator of operators) {
    if (!OPERATOR_NAMES.includes(operator)) throw unknownOperator(operator, path);
  }
  const exists = flag(asked, "exists", path);
  const isNull = flag(asked, "is_null", path);
  const questions = operators.filter((operator) => Object.hasOwn(OPERATORS, operator))
    .map((operator) => question(operator, asked[operator], `${path}.${operator}`, options));
  const mayBeMissing = options.missing === "null" || exists !== undefined || isNull !== undefined;

  return (row, place) => {
    const present = Object.hasOwn(row, column) && row[column] !== undefined;
    if (!present && !mayBeMissing) throw missing(column, row, place);
    if (exists !== undefined && present !== exists) return false;
    const value = present ? plainValue(row[column]) : null;
    if (isNull !== undefined && (value === null) !== isNull) return false;
    for (const { operator, ofNull, judge, against } of questions) {
      const answer = value === null ? ofNull : judge(value);
      if (answer === false) return false;
      if (answer === undefined) throw notComparable(column, place, value, operator, against, options);
    }
    return true;
  };
}

function question(operator: string, operand: unknown, path: string, limits: Limits): Question {
  const { ofNull, plan } = OPERATORS[operator]!;
  const judge = plan(operand, limits);
  if (!(judge instanceof WrongOperand)) return { operator, ofNull, judge, against: nameKind(operand) };
  const item = judge.step === "" ? operand : (operand as readonly unknown[])[Number(judge.step.slice(1, -1))];
  throw wrongParameter(path + judge.step, `expected ${judge.expected}`, item);
}

function flag(asked: Readonly<Record<string, unknown>>, operator: string, path: string): boolean | undefined {
  if (!Object.hasOwn(asked, operator)) return undefined;
  const value = asked[operator];
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true"; // from a variable of the environment
  throw wrongParameter(`${path}.${operator}`, "expected true or false", value);
}

function unknownOperator(operator: string, path: string): ModError {
  const parameter = `${path}.${operator}`;
  return new ModError(
    "data_splitter",
    `parameter "${parameter}": there is no operator "${operator}"${didYouMean(operator, OPERATOR_NAMES)} ` +
      `(operators: ${OPERATOR_NAMES.join(", ")})`,
    { kind: "configuration", parameter },
  );
}

function notComparable(
  column: string,
  place: number,
  value: unknown,
  operator: string,
  against: string,
  { matchesMaxLength }: Limits,
): PermanentError {
  const what = `${at(place)}column ${quoteName(column)} is ${
    value instanceof Decimal ? "a decimal" : kind(value)
  }`;
  if (operator !== "matches") {
    return new PermanentError(`${what}, which cannot be compared by ${operator} with ${against}`);
  }
  return new PermanentError(
    typeof value === "string"
      ? `${what} of more than ${matchesMaxLength} characters (matches_max_length), which is not searched by matches`
      : `${what}, and matches searches texts`,
  );
}

function kind(value: unknown): string {
  if (typeof value === "number" && Number.isNaN(value)) return "NaN";
  return value instanceof Date && Number.isNaN(value.getTime()) ? "an invalid Date" : nameKind(value);
}

function at(place: number): string {
  return place < 0 ? "" : `row ${place}: `;
}

const MOST_NAMES = 20;

function missing(column: string, row: Row, place: number): PermanentError {
  const columns = Object.keys(row);
  const names = columns.slice(0, MOST_NAMES).map(quoteName).join(", ");
  const more = columns.length > MOST_NAMES ? ` and ${columns.length - MOST_NAMES} more` : "";
  const there = columns.length === 0 ? "the row is empty" : `the row has ${names}${more}`;
  return new PermanentError(`${at(place)}column ${quoteName(column)} is missing: ${there}`);
}
