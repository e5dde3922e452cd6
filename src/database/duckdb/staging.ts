import type { DuckDBAppender } from "../../deps/duckdb.ts";
import type { PlannedRow } from "./planned_rows.ts";
import type { DuckDbSession } from "./session.ts";
import type { BoundValue } from "./values.ts";

/** How the bound values of a column are appended to a table beside the real one, by a letter each. */
const KINDS = {
  v: { type: "VARCHAR", append: (to, value) => to.appendVarchar(value as string) },
  d: { type: "DOUBLE", append: (to, value) => to.appendDouble(value as number) },
  h: { type: "HUGEINT", append: (to, value) => to.appendHugeInt(value as bigint) },
  l: { type: "BOOLEAN", append: (to, value) => to.appendBoolean(value as boolean) },
  b: { type: "BLOB", append: (to, value) => to.appendBlob(value as Uint8Array) },
} as const satisfies Record<
  string,
  { type: string; append(to: DuckDBAppender, value: BoundValue): void }
>;

type Kind = keyof typeof KINDS;

/** Where the rows of a statement are: so many of them, bound to it, or in a table of the connection's own. */
export type Source = { readonly rows: number } | { readonly staged: string };

/**
 * The kinds of the columns; undefined where a column has values of several kinds, or such as DuckDB has a class for. They
 * are bound then, each with a type of its own.
 */
export function stagedKinds(rows: readonly PlannedRow[]): string | undefined {
  const width = rows[0]?.columns.length ?? 0;
  const kinds: Kind[] = [];
  for (let column = 0; column < width; column++) {
    let kind: Kind | undefined;
    for (const { values } of rows) {
      const value = values[column] ?? null;
      if (value === null) continue;
      const own = kindOf(value);
      if (own === undefined || (kind !== undefined && kind !== own)) return undefined;
      kind = own;
    }
    kinds.push(kind ?? "v");
  }
  return kinds.join("");
}

function kindOf(value: BoundValue): Kind | undefined {
  switch (typeof value) {
    case "string":
      return "v";
    case "number":
      return "d";
    case "bigint":
      return "h";
    case "boolean":
      return "l";
    default:
      return value instanceof Uint8Array ? "b" : undefined;
  }
}

/**
 * Appends rows to a table beside the real one, which costs a hundredth of binding each of their values to a statement.
 * Returns its name; empty it when they are written. A transaction that is rolled back takes the rows with it.
 */
export async function stage(
  { connection }: Pick<DuckDbSession, "connection">,
  rows: readonly PlannedRow[],
  kinds: string,
): Promise<string> {
  const name = `datapy_rows_${kinds}`;
  const letters = [...kinds] as Kind[];
  const columns = letters.map((kind, i) => `c${i} ${KINDS[kind].type}`);
  await connection.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${name} (${[...columns, "place INTEGER"].join(", ")})`,
  );
  const appender = await connection.createAppender(name, null, "temp");
  try {
    const appenders = letters.map((kind) => KINDS[kind].append);
    for (const [place, { values }] of rows.entries()) {
      for (const [i, append] of appenders.entries()) {
        const value = values[i] ?? null;
        if (value === null) appender.appendNull();
        else append(appender, value);
      }
      appender.appendInteger(place);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
  return `temp.${name}`;
}
