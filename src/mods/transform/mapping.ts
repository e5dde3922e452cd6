import { ConfigurationError, ModError, PermanentError, RecordError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { type Cast, castValue } from "./casts.ts";
import { nameKind, quoteName } from "./words.ts";

/** Computes one column. A method's type, so that a job may say more about its rows: `(order: Order) => ...`. */
export type ColumnFunction = { compute(source: Row): unknown }["compute"];

/** What `data_mapper` is told to do; the meaning of each is that of its parameter. */
export interface Mapping {
  readonly columnMapping: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, unknown>>;
  readonly functions: Readonly<Record<string, ColumnFunction>>;
  readonly casts: Readonly<Record<string, Cast>>;
  readonly keepUnmapped: boolean;
}

/** Maps one row; `where` stands before an error, such as `row 3: `. */
export type MapRow = (source: Row, where: string) => Row;

/**
 * Checks a mapping and makes a function of it. Throws a `ModError` of kind configuration where two things write one
 * column, where a constant cannot be cast, or where a cast names a column that cannot be there.
 */
export function planMapping(mapping: Mapping): MapRow {
  const { columnMapping, functions, casts, keepUnmapped } = mapping;
  const explicit = writers(mapping);
  for (const column of Object.keys(casts)) {
    if (keepUnmapped || explicit.has(column)) continue;
    throw wrong(
      "casts",
      `casts names column ${quoteName(column)}, which is not among the columns that are kept`,
    );
  }
  const constants = Object.entries(mapping.constants).map(([column, value]) => {
    if (!Object.hasOwn(casts, column)) return [column, value] as const;
    const cast = castOrNull(value, casts[column]!);
    if (cast !== undefined) return [column, cast] as const;
    throw wrong(`constants.${column}`, `constant ${quoteName(column)} cannot be cast to ${casts[column]}`);
  });
  const castsOfRows = Object.entries(casts).filter(([column]) => !Object.hasOwn(mapping.constants, column));

  return (source, where) => {
    const target: Record<string, unknown> = {};
    for (const column of Object.keys(columnMapping)) {
      if (!Object.hasOwn(source, column)) throw missing(column, source, where);
    }
    for (const column of Object.keys(source)) {
      if (Object.hasOwn(columnMapping, column)) put(target, columnMapping[column]!, source[column]);
      else if (keepUnmapped && !explicit.has(column)) put(target, column, source[column]);
    }
    for (const [column, value] of constants) put(target, column, value);
    for (const [column, compute] of Object.entries(functions)) {
      put(target, column, computed(column, compute, source, where));
    }
    for (const [column, to] of castsOfRows) {
      if (!Object.hasOwn(target, column)) throw missing(column, target, where);
      const cast = castOrNull(target[column], to);
      if (cast === undefined) {
        throw new PermanentError(
          `${where}cannot cast column ${quoteName(column)}, ${nameKind(target[column])}, to ${to}`,
        );
      }
      put(target, column, cast);
    }
    return target;
  };
}

/** The columns that are written by name. Each may have one writer: else the order of parameters would decide. */
function writers({ columnMapping, constants, functions }: Mapping): ReadonlySet<string> {
  const by = new Map<string, string>();
  const add = (column: string, writer: string, parameter: string) => {
    const other = by.get(column);
    if (other !== undefined) {
      throw wrong(parameter, `two things write column ${quoteName(column)}: ${other} and ${writer}`);
    }
    by.set(column, writer);
  };
  for (const [source, target] of Object.entries(columnMapping)) {
    add(target, `source column ${quoteName(source)}`, "column_mapping");
  }
  for (const column of Object.keys(constants)) add(column, "a constant", "constants");
  for (const column of Object.keys(functions)) add(column, "a function", "functions");
  return new Set(by.keys());
}

function computed(column: string, compute: ColumnFunction, source: Row, where: string): unknown {
  let value: unknown;
  try {
    value = compute(source);
  } catch (cause) {
    throw new RecordError(`${where}the function for column ${quoteName(column)} failed`, { cause });
  }
  if (value instanceof Promise) {
    value.catch(() => {}); // the error below is what counts
    throw new ConfigurationError(
      `the function for column ${
        quoteName(column)
      } returned a promise: functions must return the value itself`,
    );
  }
  return value ?? null;
}

/** Null stays null whatever the type; undefined says that the value cannot be cast. */
function castOrNull(value: unknown, to: Cast): unknown {
  return value === null || value === undefined ? null : castValue(value, to);
}

/** Sets an own property, `__proto__` too, which an assignment takes for the prototype under --unstable-unsafe-proto. */
function put(row: Record<string, unknown>, column: string, value: unknown): void {
  if (column !== "__proto__") row[column] = value;
  else Object.defineProperty(row, column, { value, enumerable: true, writable: true, configurable: true });
}

const MOST_NAMES = 20;

function missing(column: string, row: Row, where: string): PermanentError {
  const columns = Object.keys(row);
  const names = columns.slice(0, MOST_NAMES).map(quoteName).join(", ");
  const more = columns.length > MOST_NAMES ? ` and ${columns.length - MOST_NAMES} more` : "";
  const there = columns.length === 0 ? "the row is empty" : `the row has ${names}${more}`;
  return new PermanentError(`${where}column ${quoteName(column)} is missing: ${there}`);
}

function wrong(parameter: string, message: string): ModError {
  return new ModError("data_mapper", message, { kind: "configuration", parameter });
}
