import { PermanentError } from "../core/errors.ts";
import type { Row } from "../core/rows.ts";

/** A column of a table, as far as planning looks at it. */
export interface PlannedColumn {
  readonly name: string;
  /** Its place in the table, from 0. */
  readonly index: number;
}

/** A row as it is handed to a database: `C` are its columns, `V` its values there. */
export interface PlannedRow<C extends PlannedColumn, V> {
  /** The columns that it has, in the table's order. */
  readonly columns: readonly C[];
  /** Their values, in the same order. */
  readonly values: readonly V[];
  /** Place in the data, from 0. */
  readonly place: number;
}

/** `Cannot write row 3 of "orders"`. */
export function placeText(table: string, place: number): string {
  return `Cannot write row ${place} of "${table}"`;
}

/**
 * A row of a table as one database takes it: `columnOf` finds a column by its name, `valueOf` makes a value for it. Throws
 * a `PermanentError` where the row has no columns, or two that are one to the database.
 */
export function planRow<C extends PlannedColumn, V>(
  table: string,
  row: Row,
  place: number,
  columnOf: (name: string) => C,
  valueOf: (value: unknown, column: C) => V,
): PlannedRow<C, V> {
  const found = new Map<C, V>();
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (value === undefined) continue;
    const column = columnOf(name);
    if (found.has(column)) {
      throw new PermanentError(
        `${placeText(table, place)} has two columns that are one to the database: "${column.name}"`,
      );
    }
    found.set(column, valueOf(value, column));
  }
  if (found.size === 0) throw new PermanentError(`${placeText(table, place)} has no columns`);
  return inOrder(found, place);
}

/** The values of the key columns. Throws a `PermanentError` where the row lacks one or has a null in it. */
export function keyOf<C extends PlannedColumn, V>(
  table: string,
  row: PlannedRow<C, V>,
  keys: readonly C[],
): NonNullable<V>[] {
  return keys.map((key) => row.values[row.columns.indexOf(key)] ?? missingKey(table, row.place, key.name));
}

/** Refuses a row without a key. */
export function missingKey(table: string, place: number, column: string | undefined): never {
  throw new PermanentError(`${placeText(table, place)}: key column "${column}" is missing or null`);
}

/**
 * One row a key: a later row replaces the values of an earlier one that it has too, as an upsert of each would. `keyText`
 * is a text that tells the keys of two rows apart.
 */
export function lastOfEachKey<C extends PlannedColumn, V>(
  rows: readonly PlannedRow<C, V>[],
  keyText: (row: PlannedRow<C, V>) => string,
): PlannedRow<C, V>[] {
  const byKey = new Map<string, PlannedRow<C, V>>();
  for (const row of rows) {
    const text = keyText(row);
    const earlier = byKey.get(text);
    byKey.set(text, earlier === undefined ? row : merged(earlier, row));
  }
  return [...byKey.values()];
}

function merged<C extends PlannedColumn, V>(
  earlier: PlannedRow<C, V>,
  later: PlannedRow<C, V>,
): PlannedRow<C, V> {
  const values = new Map<C, V>();
  for (const { columns, values: own } of [earlier, later]) {
    columns.forEach((column, i) => values.set(column, own[i]!));
  }
  return inOrder(values, later.place);
}

function inOrder<C extends PlannedColumn, V>(values: ReadonlyMap<C, V>, place: number): PlannedRow<C, V> {
  const sorted = [...values].sort(([a], [b]) => a.index - b.index);
  return { columns: sorted.map(([column]) => column), values: sorted.map(([, value]) => value), place };
}

/** Neighbours that have the same columns: one statement can write them. */
export function runsOfSameColumns<R extends { readonly columns: readonly unknown[] }>(
  rows: readonly R[],
): R[][] {
  const runs: R[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const same = run?.[0]?.columns.length === row.columns.length &&
      row.columns.every((column, i) => column === run[0]?.columns[i]);
    if (same) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

/**
 * Throws a `PermanentError` where one of the rows that are to take the place of replaced children is of none of the
 * parents: `isOfOne` says whether.
 */
export function refuseOrphans<R extends { readonly place: number }>(
  table: string,
  rows: readonly R[],
  replace: { readonly columns: readonly string[]; readonly of: readonly unknown[] },
  isOfOne: (row: R) => boolean,
): void {
  const orphan = rows.find((row) => !isOfOne(row));
  if (orphan === undefined) return;
  throw new PermanentError(
    `${placeText(table, orphan.place)}: its ${replace.columns.join(", ")} is of none of the ` +
      `${replace.of.length} parents in replace_children.of`,
  );
}
