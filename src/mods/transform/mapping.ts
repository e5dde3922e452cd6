import { ConfigurationError, ModError, PermanentError, RecordError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { type CastSpec, planCast, type PlannedCast } from "./mapper/cast_plan.ts";
import { nameKind, quoteName } from "./words.ts";

/** What `variables` made of a row, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Computes one column. A method's type, so that a job may say more about its rows: `(order: Order) => ...`. */
export type ColumnFunction = { compute(source: Row, variables: Variables): unknown }["compute"];

/** What `data_mapper` does for one output; the meaning of each is that of its parameter. */
export interface Mapping {
  readonly columnMapping: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, unknown>>;
  readonly functions: Readonly<Record<string, ColumnFunction>>;
  readonly casts: Readonly<Record<string, CastSpec>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly keepUnmapped: boolean;
  readonly missingColumns: "error" | "null";
  /** A value that cannot be cast is null in place of an error. */
  readonly invalidIsNull: boolean;
}

/** Maps one row; `where` stands before an error, such as `row 3: `. */
export type MapRow = (source: Row, variables: Variables, where: string) => Row;

/**
 * Checks a mapping and makes a function of it. Throws a `ModError` of kind configuration where two things write one
 * column, where a constant or a default cannot be cast, or where a cast or a default names a column that cannot be
 * there. `within` is the path of the parameter that holds the mapping, such as `outputs.accounts.`.
 */
export function planMapping(mapping: Mapping, within = ""): MapRow {
  const { columnMapping, keepUnmapped } = mapping;
  const explicit = writers(mapping, within);
  for (const parameter of ["casts", "defaults"] as const) {
    const lost = Object.keys(mapping[parameter]).find((column) => !keepUnmapped && !explicit.has(column));
    if (lost === undefined) continue;
    throw wrong(
      within + parameter,
      `${parameter} names column ${quoteName(lost)}, which is not among the columns that are kept`,
    );
  }
  const casts = new Map(
    Object.entries(mapping.casts).map(([column, spec]) => {
      return [column, planned(spec, `${within}casts.${column}`)];
    }),
  );
  const settled = (parameter: "constants" | "defaults") =>
    Object.entries(mapping[parameter]).map(([column, value]) => {
      const cast = casts.get(column);
      if (cast === undefined) return [column, value] as const;
      const made = castOrNull(value, cast);
      if (made !== undefined) return [column, made] as const;
      throw wrong(
        `${within}${parameter}.${column}`,
        `${parameter.slice(0, -1)} ${quoteName(column)} cannot be cast to ${cast.label}`,
      );
    });
  const [constants, defaults] = [settled("constants"), settled("defaults")];
  const castsOfRows = [...casts].filter(([column]) => !Object.hasOwn(mapping.constants, column));
  const functions = Object.entries(mapping.functions);
  const renamed = Object.keys(columnMapping);
  const isMissingNull = mapping.missingColumns === "null";

  return (source, variables, where) => {
    const target: Record<string, unknown> = {};
    for (const column of Object.keys(source)) {
      if (Object.hasOwn(columnMapping, column)) put(target, columnMapping[column]!, source[column]);
      else if (keepUnmapped && !explicit.has(column)) put(target, column, source[column]);
    }
    for (const column of renamed) {
      if (Object.hasOwn(source, column)) continue;
      if (!isMissingNull) throw missing(column, source, where);
      put(target, columnMapping[column]!, null);
    }
    for (const [column, value] of constants) put(target, column, value);
    for (const [column, compute] of functions) {
      put(target, column, computed(`column ${quoteName(column)}`, compute, source, variables, where));
    }
    for (const [column, cast] of castsOfRows) {
      if (!Object.hasOwn(target, column) && !isMissingNull) throw missing(column, target, where);
      const made = castOrNull(target[column], cast);
      if (made === undefined && !mapping.invalidIsNull) {
        const kind = nameKind(target[column]);
        throw new PermanentError(
          `${where}cannot cast column ${quoteName(column)}, ${kind}, to ${cast.label}`,
        );
      }
      put(target, column, made ?? null);
    }
    for (const [column, value] of defaults) {
      if (!Object.hasOwn(target, column) && !isMissingNull) throw missing(column, target, where);
      if (!Object.hasOwn(target, column) || isNothing(target[column])) put(target, column, value);
    }
    return target;
  };
}

/** The columns that are written by name. Each may have one writer: else the order of parameters would decide. */
function writers({ columnMapping, constants, functions }: Mapping, within: string): ReadonlySet<string> {
  const by = new Map<string, string>();
  const add = (column: string, writer: string, parameter: string) => {
    const other = by.get(column);
    if (other !== undefined) {
      throw wrong(within + parameter, `two things write column ${quoteName(column)}: ${other} and ${writer}`);
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

function planned(spec: CastSpec, parameter: string): PlannedCast {
  try {
    return planCast(spec);
  } catch (error) {
    throw wrong(parameter, (error as Error).message);
  }
}

/** What a job's function makes of a row; nothing is null. `what` is what it is for, in words. */
export function computed(
  what: string,
  compute: ColumnFunction,
  source: Row,
  variables: Variables,
  where: string,
): unknown {
  let value: unknown;
  try {
    value = compute(source, variables);
  } catch (cause) {
    throw new RecordError(`${where}the function for ${what} failed`, { cause });
  }
  if (value instanceof Promise) {
    value.catch(() => {}); // the error below is what counts
    throw new ConfigurationError(
      `the function for ${what} returned a promise: functions must return the value itself`,
    );
  }
  return value ?? null;
}

/** Null stays null whatever the type; undefined says that the value cannot be cast. */
function castOrNull(value: unknown, { cast }: PlannedCast): unknown {
  return isNothing(value) ? null : cast(value);
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

/** Sets an own property, `__proto__` too, which an assignment takes for the prototype under --unstable-unsafe-proto. */
export function put(row: Record<string, unknown>, column: string, value: unknown): void {
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

/** An error in the settings of `data_mapper`. */
export function wrong(parameter: string, message: string): ModError {
  return new ModError("data_mapper", message, { kind: "configuration", parameter });
}
