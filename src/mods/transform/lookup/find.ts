import {
  ConfigurationError,
  errorText,
  ModError,
  PermanentError,
  UnavailableError,
} from "../../../core/errors.ts";
import type { ModContext } from "../../../core/define_mod.ts";
import { type Row, type Rows, toRows } from "../../../core/rows.ts";
import { unlessAborted } from "../../../core/unless_aborted.ts";
import { quoteName } from "../words.ts";
import type { Declaration } from "./declaration.ts";
import { dataValue, type FindValues, keyOfData } from "./join.ts";
import { keyOf, kindOfKey, NO_KEY } from "./key.ts";
import type { LookupParams } from "./params.ts";
import { queryNames } from "../../../database/query_text.ts";
import { atMost } from "./query_source.ts";
import type { LookupSource } from "./source.ts";
import { buildTable, type LookupTable } from "./table.ts";
import { givenTable, lookupTables } from "./tables.ts";

/** How to find the rows of the lookup, and what is in memory for it. */
export interface Finder {
  readonly find: FindValues;
  readonly table: Pick<LookupTable, "rows" | "bytes">;
}

/** The table that is declared, read if it was not. Rejects as its source does. */
export async function tableFinder(
  declaration: Declaration,
  { rows, max_rows: maxRows, signal }: LookupParams,
  context: ModContext,
): Promise<Finder> {
  const { shape, policy, source, text } = declaration;
  const table = source === undefined
    ? await givenTable(rows as Rows, () => atMost(rowsOf(rows as Rows), maxRows, "rows"), text, shape)
    : await unlessGivenUp(
      signal,
      lookupTables.get().kept(text, () => ({ source: source(), shape, policy }), context.log).current(),
    );
  return { find: finder(table, declaration, context), table };
}

/** The message's time may be over before the rows are there, which go on being read for the others. */
async function unlessGivenUp<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return await work;
  try {
    return await unlessAborted(signal, work);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new UnavailableError("waiting for the rows of the lookup was aborted", { cause: signal.reason });
  }
}

const mismatched = new WeakSet<LookupTable>();

function finder(table: LookupTable, { plan, shape }: Declaration, context: ModContext): FindValues {
  return (row, place) => {
    const parts: string[] = [];
    const key = keyOfData(row, place, plan, (part) => void parts.push(part));
    const found = key === undefined ? [] : table.find(key);
    if (found.length > 0 || key === undefined || table.rows === 0 || mismatched.has(table)) return found;
    const other = parts.findIndex((part, k) => !table.kinds(k).has(kindOfKey(part)));
    if (other < 0 || table.kinds(other).size === 0) return found;
    mismatched.add(table);
    const kinds = [...table.kinds(other)].join(" and ");
    context.warn(
      `column ${quoteName(plan.keys[other]!)} of the data holds ${kindOfKey(parts[other]!)}, column ` +
        `${
          quoteName(shape.keys[other]!)
        } of the lookup ${kinds}: they never match (see key_types; warned of once)`,
    );
    return found;
  };
}

/** Asks the query for each row, with its values; once for values that are equal. */
export function queryFinder(
  { plan, shape, policy }: Declaration,
  { query = "", params, signal }: LookupParams,
  source: LookupSource,
): Finder {
  const names = queryNames(query).filter((name) => !Object.hasOwn(params, name));
  const asked = new Map<string, Promise<LookupTable>>();
  const held = { rows: 0, bytes: 0 };
  const ask = async (values: Row): Promise<LookupTable> => {
    const rows = await source.read(values, { signal, maxRows: policy.maxRows });
    const table = await buildTable(rows, shape, source.name);
    held.rows += table.rows;
    held.bytes += table.bytes;
    return table;
  };
  const find: FindValues = async (row, place) => {
    const key = keyOfData(row, place, plan, () => {});
    if (key === undefined) return [];
    const values = names.map((name) => [name, dataValue(row, place, name)] as const);
    const parts = values.map(([, value]) => keyOf(value, "strict") ?? "null");
    const isKnown = !parts.includes(NO_KEY); // objects are not compared
    const text = JSON.stringify(parts.map(String));
    const table = isKnown
      ? asked.get(text) ?? ask(Object.fromEntries(values))
      : ask(Object.fromEntries(values));
    if (isKnown) asked.set(text, table);
    return (await table).find(key);
  };
  return { find, table: held };
}

function rowsOf(rows: Rows): readonly Row[] {
  try {
    return toRows(rows);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const text = errorText(error).replace(/^data/, "rows");
    throw new ModError("lookup", text, {
      kind: "configuration",
      parameter: "rows",
      cause: new ConfigurationError(text),
    });
  }
}
