import type { ReplaceChildren, TableWrite, WriteCall } from "./database.ts";

/** What each of several calls counts, by table. */
export type Counts = readonly (readonly number[])[];

/** One call to carry out, and the callers it is of. */
export interface MergedCall {
  readonly call: WriteCall;
  /** The calls that it was made of, by their places, oldest first. */
  readonly of: readonly number[];
}

/**
 * The same writes in fewer calls: neighbours that write the same tables in the same way become one, whose rows stand in
 * the order of arrival. Since the rows of a call take effect in their order, the tables end up as they would by one call
 * after the other.
 *
 * Only inserts and upserts are merged: of the other modes nobody could say how many rows each caller has changed.
 */
export function mergeCalls(calls: readonly WriteCall[]): MergedCall[] {
  const [only] = calls;
  if (only !== undefined && calls.length === 1) return [{ call: only, of: [0] }];
  const merged: { parts: WriteCall[]; of: number[]; kind: string | undefined; parents: Set<string> }[] = [];
  for (const [place, call] of calls.entries()) {
    const kind = mayMerge(call) ? kindOfCall(call) : undefined;
    const parents = parentsOf(call);
    const last = merged.at(-1);
    if (kind === undefined || last?.kind !== kind || parents.some((parent) => last.parents.has(parent))) {
      merged.push({ parts: [call], of: [place], kind, parents: new Set(parents) });
      continue;
    }
    last.parts.push(call);
    last.of.push(place);
    for (const parent of parents) last.parents.add(parent);
  }
  return merged.map(({ parts, of }) => ({ call: joined(parts), of }));
}

/** Writes their tables, one after the other; resolves to what each table counts. */
export async function writeEach(
  merged: readonly MergedCall[],
  write: (table: TableWrite) => Promise<number>,
): Promise<Counts> {
  const counts: number[][] = [];
  for (const { call } of merged) {
    const own: number[] = [];
    for (const table of call) own.push(await write(table));
    counts.push(own);
  }
  return counts;
}

/** What each of the calls counts, from what the merged ones counted. */
export function countsOfEach(
  calls: readonly WriteCall[],
  merged: readonly MergedCall[],
  counts: Counts,
): Counts {
  const each: (readonly number[])[] = [];
  merged.forEach(({ of }, i) => {
    for (const place of of) {
      // what was merged is inserts and upserts, which count the rows that were handed in
      each[place] = of.length === 1 ? counts[i] ?? [] : (calls[place] ?? []).map(({ rows }) => rows.length);
    }
  });
  return each;
}

function mayMerge(call: WriteCall): boolean {
  const names = new Set(call.map(({ schema, table }) => JSON.stringify([schema, table.toLowerCase()])));
  // a table that comes twice is written in between
  return names.size === call.length && call.every(({ mode }) => mode === "insert" || mode === "upsert");
}

/** Equal for calls that write the same tables in the same way. */
export function kindOfCall(call: WriteCall): string {
  return JSON.stringify(
    call.map(({ table, schema, mode, keyColumns, createTable, columnTypes, replaceChildren }) => [
      ...[table, schema, mode, keyColumns, createTable],
      ...[Object.entries(columnTypes), replaceChildren?.columns],
    ]),
  );
}

/** Parents whose children a call replaces: those of two calls must not meet in one, or the older children would stay. */
function parentsOf(call: WriteCall): string[] {
  return call.flatMap(({ replaceChildren: replace }, i) =>
    replace === undefined ? [] : replace.of.map((parent) => `${i} ${keyText(replace, parent)}`)
  );
}

/** A key by its texts: 1 and "1" may be one to the database. */
function keyText({ columns }: ReplaceChildren, parent: Readonly<Record<string, unknown>>): string {
  const wanted = columns.map((column) => column.toLowerCase());
  const values = new Map(Object.entries(parent).map(([name, value]) => [name.toLowerCase(), value]));
  return JSON.stringify(wanted.map((name) => String(values.get(name))));
}

function joined(parts: readonly WriteCall[]): WriteCall {
  const [first = []] = parts;
  if (parts.length === 1) return first;
  return first.map((write, i): TableWrite => {
    const same = parts.flatMap((part) => part[i] ?? []);
    const replaceChildren = write.replaceChildren === undefined ? undefined : {
      columns: write.replaceChildren.columns,
      of: same.flatMap(({ replaceChildren }) => replaceChildren?.of ?? []),
    };
    return { ...write, rows: same.flatMap(({ rows }) => rows), replaceChildren };
  });
}
