import { PermanentError } from "../../core/errors.ts";
import { type JsonPath, valueAt } from "../../core/json_path.ts";
import type { Row } from "../../core/rows.ts";
import { castable, type NumberRules, settleNumbers } from "./json_exact.ts";
import type { ExtractPlan, PlannedField } from "./json_fields.ts";
import type { ParsedTwice } from "./json_text.ts";
import { put } from "./mapping.ts";
import { nameKind, quoteName } from "./words.ts";

/** The element of each loop that a row is made of, the document first; undefined below an element without inner ones. */
type Path = readonly (ParsedTwice | undefined)[];

/**
 * The rows of a document: one for each element of the innermost loop, in the document's order. Throws a `PermanentError`
 * that names row and column, never a value, where a field is missing or invalid, or where there are too many rows.
 */
export function extractRows(
  document: ParsedTwice,
  plan: ExtractPlan,
  numbers: NumberRules,
): readonly Row[] {
  const { loops, settings } = plan;
  const rules = document.exact === document.plain ? undefined : numbers;
  const rows: Row[] = [];
  const descend = (path: Path): void => {
    const loop = loops[path.length - 1];
    if (loop === undefined) {
      const where = loops.length === 0 ? "" : `row ${rows.length}: `;
      if (rows.length >= settings.max_rows) {
        throw new PermanentError(`the document gives more than max_rows (${settings.max_rows}) rows`);
      }
      rows.push(rowOf(path, plan, rules, where));
      return;
    }
    const parent = path.at(-1);
    const elements = parent === undefined ? [] : elementsOf(parent, loop, plan);
    for (const element of elements) descend([...path, element]);
    if (elements.length === 0 && settings.keep_empty) descend([...path, undefined]);
  };
  descend([document]);
  return rows;
}

function elementsOf(parent: ParsedTwice, loop: JsonPath, { settings }: ExtractPlan): readonly ParsedTwice[] {
  const found = loop.locate(parent.plain, settings.max_nodes);
  if (found.length === 0 && loop.holder !== undefined) {
    refuseHolder(parent.plain, loop.holder, settings.missing);
  }
  return found.map((steps) => ({
    plain: valueAt(parent.plain, steps),
    exact: valueAt(parent.exact, steps),
  }));
}

/** A mistyped path must not pass for a document without elements. An empty list, and null, are none. */
function refuseHolder(value: unknown, holder: JsonPath, missing: "error" | "null" | "omit"): void {
  const [steps] = holder.locate(value, 1);
  if (steps === undefined) {
    if (missing !== "error") return;
    throw new PermanentError(`there is no list at ${holder.text}, and missing is "error"`);
  }
  const held = valueAt(value, steps);
  if (typeof held === "object") return;
  throw new PermanentError(`what stands at ${holder.text} is ${nameKind(held)}: expected a list`);
}

function rowOf(
  path: Path,
  { fields, settings }: ExtractPlan,
  rules: NumberRules | undefined,
  where: string,
): Row {
  if (fields === undefined) return elementAsRow(path.at(-1), rules, where);
  const row: Record<string, unknown> = {};
  for (const field of fields) {
    const element = path[field.level];
    const value = element === undefined ? null : fieldOf(element, field, settings.max_nodes, rules, where);
    if (value !== undefined) put(row, field.column, value);
  }
  return row;
}

function elementAsRow(element: ParsedTwice | undefined, rules: NumberRules | undefined, where: string): Row {
  const { plain, exact } = element ?? { plain: {}, exact: {} };
  if (typeof plain === "object" && plain !== null && !Array.isArray(plain)) {
    return (rules === undefined ? plain : settleNumbers(exact, rules, "")) as Row;
  }
  throw new PermanentError(
    `${where}the element of the loop is ${nameKind(plain)}: expected an object, or fields`,
  );
}

/** A field's value; undefined where the row shall not have the column. */
function fieldOf(
  element: ParsedTwice,
  field: PlannedField,
  maxNodes: number,
  rules: NumberRules | undefined,
  where: string,
): unknown {
  const found = field.path.locate(element.plain, maxNodes);
  if (field.take === "list") {
    return found.map((steps) => settled(valueAt(element.exact, steps), field, rules, where));
  }
  const [first, another] = found;
  if (first === undefined) {
    if (field.missing === "error") throw missing(field, where);
    return field.missing === "null" ? null : undefined;
  }
  if (another !== undefined && field.take === "one") {
    return invalid(field, where, `several values stand at ${field.path.text}: take says which`);
  }
  return settled(valueAt(element.exact, first), field, rules, where);
}

function settled(
  value: unknown,
  field: PlannedField,
  rules: NumberRules | undefined,
  where: string,
): unknown {
  if (value === null) return null;
  if (field.cast === undefined) {
    return rules === undefined ? value : settleNumbers(value, rules, field.column);
  }
  const given = castable(value, field.cast.type);
  const cast = field.cast.cast(given);
  return cast !== undefined
    ? cast
    : invalid(field, where, `${nameKind(given)} cannot be cast to ${field.cast.label}`);
}

function missing({ column, path }: PlannedField, where: string): PermanentError {
  return new PermanentError(
    `${where}field ${quoteName(column)} is missing: there is nothing at ${path.text}, and missing is "error"`,
  );
}

function invalid({ column, onInvalid }: PlannedField, where: string, why: string): null {
  if (onInvalid === "null") return null;
  throw new PermanentError(`${where}field ${quoteName(column)}: ${why}`);
}
