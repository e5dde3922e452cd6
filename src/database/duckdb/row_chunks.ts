import type { PlannedRow } from "./planned_rows.ts";
import type { Doing, DuckDbSession } from "./session.ts";
import type { Column, TableSchema } from "./table_schema.ts";
import type { BoundValue } from "./values.ts";

/** Makes the statement for a number of rows that have these columns. */
export type RowsSql = (table: TableSchema, columns: readonly Column[], rows: number) => string;

/** Runs a statement for each chunk of rows that have the same columns; returns how many rows of the table changed. */
export async function runChunks(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
): Promise<number> {
  let changed = 0;
  for (const chunk of chunks(rows)) {
    session.doing = doing(schema, chunk);
    changed += await session.run(sql(schema, chunk[0]?.columns ?? [], chunk.length), boundValues(chunk));
  }
  return changed;
}

/** The same for a query that counts; returns the sum. */
export async function countChunks(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
): Promise<number> {
  let count = 0;
  for (const chunk of chunks(rows)) {
    session.doing = doing(schema, chunk);
    const found = await session.query(sql(schema, chunk[0]?.columns ?? [], chunk.length), boundValues(chunk));
    count += Number(found[0]?.[0]);
  }
  return count;
}

const boundValues = (rows: readonly PlannedRow[]): BoundValue[] => rows.flatMap((row) => row.values);

/** What a statement for these rows is doing. */
export function doing(schema: TableSchema, rows: readonly PlannedRow[]): Doing {
  const columns = rows[0]?.columns ?? [];
  return { schema, columns, rows: rows.map(({ values }) => values), places: rows.map(({ place }) => place) };
}

const LARGE_CHUNKS = [512, 128, 32];
const MOST_VALUES = 8192;

/** Few different sizes, so that their statements stay prepared. */
function* chunks(rows: readonly PlannedRow[]): Generator<readonly PlannedRow[]> {
  const width = rows[0]?.columns.length ?? 1;
  for (let from = 0; from < rows.length;) {
    const left = rows.length - from;
    const size = LARGE_CHUNKS.find((n) => n <= left && n * width <= MOST_VALUES) ?? Math.min(left, 31);
    yield rows.slice(from, from + size);
    from += size;
  }
}
