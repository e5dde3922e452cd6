import { ModError, RecordError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/nearest.ts";
import type { Row } from "../../../core/rows.ts";
import { type ColumnTest, type MissingColumn, planColumn } from "./column.ts";
import type { RowPredicate, SplitConditions } from "./conditions.ts";
import type { Limits } from "./judge.ts";
import { OPERATOR_NAMES } from "./operators.ts";
import { isPlainObject, kindOfSetting, wrongParameter } from "./wrong.ts";

/** Whether a condition holds for a row; `place` is the row's place in the data, or -1 where it came alone. */
export type RowTest = (row: Row, place: number) => boolean;

/** One output and what is asked for it. */
export interface PlannedOutput {
  readonly name: string;
  readonly holds: RowTest;
}

/** How conditions are to be understood. */
export interface PlanOptions extends Limits {
  readonly missing: MissingColumn;
}

interface Planned {
  readonly conditions: SplitConditions;
  readonly options: PlanOptions;
  readonly outputs: readonly PlannedOutput[];
}

/**
 * What came again is remembered for as long as it lives. What came once is not: conditions that are written within the
 * function of a message are new ones each time, and a WeakMap of them costs ten times what planning them does.
 */
const known = new WeakMap<SplitConditions, Planned>();
const recent: Planned[] = [];
const MOST_RECENT = 8;

/**
 * Conditions as functions, in their order. An object that comes again, as a constant of the job does, is looked at once.
 * Throws a `ModError` of kind configuration that names the path of what is wrong.
 */
export function planConditions(conditions: SplitConditions, options: PlanOptions): readonly PlannedOutput[] {
  const before = known.get(conditions) ?? recent.find((planned) => planned.conditions === conditions);
  if (
    before !== undefined && before.options.missing === options.missing &&
    before.options.matchesMaxLength === options.matchesMaxLength
  ) {
    if (!known.has(conditions)) known.set(conditions, before);
    return before.outputs;
  }
  const outputs = Object.entries(conditions).map(([name, condition]) => ({
    name,
    holds: planCondition(condition, `split_conditions.${name}`, options),
  }));
  recent.unshift({ conditions, options, outputs });
  recent.length = Math.min(recent.length, MOST_RECENT);
  return outputs;
}

const COMBINED = ["and", "or", "not", "columns"];

function planCondition(condition: unknown, path: string, options: PlanOptions): RowTest {
  if (typeof condition === "function") return planPredicate(condition as RowPredicate, path);
  if (!isPlainObject(condition)) {
    throw wrongParameter(
      path,
      'expected columns and operators, such as {"type": {"eq": "A"}}, or a function',
      condition,
    );
  }
  const tests = Object.entries(condition).map(([key, value]): RowTest => {
    const at = `${path}.${key}`;
    if (key === "and") return every(planList(value, at, options));
    if (key === "or") return some(planList(value, at, options));
    if (key === "not") {
      const test = planCondition(value, at, options);
      return (row, place) => !test(row, place);
    }
    if (key === "columns") return planColumns(value, at, options);
    return planOneColumn(key, value, at, options);
  });
  if (tests.length > 0) return every(tests);
  throw wrongParameter(
    path,
    "expected at least one column: an empty condition would hold for every row",
    condition,
  );
}

function planList(list: unknown, path: string, options: PlanOptions): readonly RowTest[] {
  if (Array.isArray(list) && list.length > 0) {
    return list.map((condition, i) => planCondition(condition, `${path}[${i}]`, options));
  }
  const word = path.endsWith(".or") ? "or" : "and";
  throw wrongParameter(
    path,
    `expected a list of conditions (a column that is called ${word} stands in columns)`,
    list,
  );
}

function planColumns(columns: unknown, path: string, options: PlanOptions): RowTest {
  if (!isPlainObject(columns) || Object.keys(columns).length === 0) {
    throw wrongParameter(path, "expected an object of columns and their operators", columns);
  }
  return every(
    Object.entries(columns).map(([column, asked]) =>
      planOneColumn(column, asked, `${path}.${column}`, options)
    ),
  );
}

function planOneColumn(column: string, asked: unknown, path: string, options: PlanOptions): ColumnTest {
  if (isPlainObject(asked)) return planColumn(column, asked, path, options);
  const operator = OPERATOR_NAMES.includes(column) // {"not": {"eq": 1}}, or an operator one level too high
    ? `; "${column}" stands in the place of a column here`
    : didYouMean(column, COMBINED);
  throw wrongParameter(path, `expected an object of operators, such as {"eq": 1}${operator}`, asked);
}

function planPredicate(predicate: RowPredicate, path: string): RowTest {
  return (row, place) => {
    let answer: unknown;
    try {
      answer = predicate(row);
    } catch (cause) {
      const where = place < 0 ? "" : `row ${place}: `;
      throw new RecordError(`${where}the function ${path} failed`, { cause });
    }
    if (typeof answer === "boolean") return answer;
    if (answer instanceof Promise) answer.catch(() => {}); // the error below is what counts
    const what = answer instanceof Promise ? "a promise" : kindOfSetting(answer);
    throw new ModError(
      "data_splitter",
      `the function ${path} returned ${what}: it must return true or false`,
      {
        kind: "configuration",
        parameter: path,
      },
    );
  };
}

function every(tests: readonly RowTest[]): RowTest {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (row, place) => tests.every((test) => test(row, place));
}

function some(tests: readonly RowTest[]): RowTest {
  return (row, place) => tests.some((test) => test(row, place));
}
