import { PermanentError, RecordError } from "../../../core/errors.ts";
import type { Row } from "../../../core/rows.ts";
import { nameKind, quoteName } from "../words.ts";
import { joinKeys, keyOf, type KeyTypes, NO_KEY } from "./key.ts";
import type { Values } from "./table.ts";

/** Which of several rows of the lookup a row is joined with. */
export type Match = "first" | "last" | "all" | "unique";

/** How rows are joined. */
export interface JoinPlan {
  /** Columns of the data that are the key, in the order of the lookup's. */
  readonly keys: readonly string[];
  /** New names of the columns that are added. */
  readonly names: readonly string[];
  readonly keyTypes: KeyTypes;
  readonly match: Match;
  readonly join: "inner" | "left";
  /** Values by new name for rows without a match; null for the others. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The rows of the lookup for a row of the data. */
export type FindValues = (row: Row, place: number) => readonly Values[] | Promise<readonly Values[]>;

/** What a join came to. */
export interface Joined {
  readonly joined: readonly Row[];
  /** Rows without a match, as they came, in an inner join. */
  readonly rejected: readonly Row[];
  /** How many rows had a match. */
  readonly matched: number;
}

/** Joins rows one by one, in their order; `isSingle` says that there is one, which has no place. */
export async function joinRows(
  rows: readonly Row[],
  isSingle: boolean,
  plan: JoinPlan,
  find: FindValues,
): Promise<Joined> {
  const joined: Row[] = [];
  const rejected: Row[] = [];
  let matched = 0;
  const missing = plan.names.map((name) => Object.hasOwn(plan.defaults, name) ? plan.defaults[name] : null);
  for (const [i, row] of rows.entries()) {
    const place = isSingle ? -1 : i;
    checkNames(row, place, plan);
    const answer = find(row, place);
    const found = answer instanceof Promise ? await answer : answer; // each await costs, and most need none
    if (found.length > 0) matched++;
    if (found.length > 1 && plan.match === "unique") throw notUnique(place, plan, found.length);
    if (found.length === 0) {
      if (plan.join === "inner") rejected.push(row);
      else joined.push(withColumns(row, plan.names, missing));
    } else if (plan.match === "all") {
      for (const values of found) joined.push(withColumns(row, plan.names, values));
    } else {
      joined.push(withColumns(row, plan.names, found[plan.match === "last" ? found.length - 1 : 0]!));
    }
  }
  return { joined, rejected, matched };
}

/**
 * The key of a row; undefined where a part of it is null, which matches nothing. `look` sees each part. Throws a
 * `PermanentError` where the row lacks a column or it holds what cannot be a key.
 */
export function keyOfData(
  row: Row,
  place: number,
  { keys, keyTypes }: Pick<JoinPlan, "keys" | "keyTypes">,
  look: (part: string, key: number) => void,
): string | undefined {
  const parts: string[] = [];
  for (const [k, column] of keys.entries()) {
    const value = dataValue(row, place, column);
    const part = keyOf(value, keyTypes);
    if (part === NO_KEY) {
      throw new PermanentError(
        `${at(place)}column ${quoteName(column)} is ${nameKind(value)}, which cannot be a key of a lookup`,
      );
    }
    if (part === undefined) return undefined;
    look(part, k);
    parts.push(part);
  }
  return joinKeys(parts);
}

/** A column's value; null for undefined. Throws a `PermanentError` that lists the columns where the row lacks it. */
export function dataValue(row: Row, place: number, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column] ?? null;
  const columns = Object.keys(row);
  const names = columns.slice(0, 20).map(quoteName).join(", ");
  const more = columns.length > 20 ? ` and ${columns.length - 20} more` : "";
  const there = columns.length === 0 ? "the row is empty" : `the row has ${names}${more}`;
  throw new PermanentError(`${at(place)}column ${quoteName(column)} is missing: ${there}`);
}

function checkNames(row: Row, place: number, { names }: JoinPlan): void {
  for (const name of names) {
    if (!Object.hasOwn(row, name)) continue;
    throw new PermanentError(
      `${at(place)}column ${
        quoteName(name)
      } is in the row already: give the lookup's column another name in columns`,
    );
  }
}

function notUnique(place: number, { keys }: JoinPlan, found: number): RecordError {
  const key = keys.length === 0 ? "the query" : `the key in ${keys.map(quoteName).join(", ")}`;
  return new RecordError(`${at(place)}${key} has ${found} matches where match is "unique"`);
}

function withColumns(row: Row, names: readonly string[], values: Values): Row {
  const target: Record<string, unknown> = { ...row };
  for (const [i, name] of names.entries()) {
    if (name !== "__proto__") target[name] = values[i];
    else {
      const property = { value: values[i], enumerable: true, writable: true, configurable: true };
      Object.defineProperty(target, name, property);
    }
  }
  return target;
}

function at(place: number): string {
  return place < 0 ? "" : `row ${place}: `;
}
