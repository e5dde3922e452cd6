import type { PlannedRow } from "./planned_rows.ts";
import type { Doing, DuckDbSession } from "./session.ts";
import { type Source, stage, stagedKinds } from "./staging.ts";
import type { Column, TableSchema } from "./table_schema.ts";
import type { BoundValue } from "./values.ts";

/** Makes the statement for rows that have these columns. */
export type RowsSql = (table: TableSchema, columns: readonly Column[], source: Source) => string;

/** From so many rows on they are staged: below it, binding them to the statement costs less. */
const STAGED_FROM = 24;
/** Rows of one statement, so that the one that does not fit is found soon. */
const MOST_ROWS = 1000;
const MOST_BOUND = 31;

/** Runs a statement for each chunk of rows that have the same columns; returns how many rows of the table changed. */
export async function runChunks(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
): Promise<number> {
  return await eachChunk(session, schema, rows, sql, (text, values) => session.run(text, values));
}

/** The same for a query that counts; returns the sum. */
export async function countChunks(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
): Promise<number> {
  return await eachChunk(session, schema, rows, sql, async (text, values) => {
    const [found] = await session.query(text, values);
    return Number(found?.[0]);
  });
}

async function eachChunk(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
  run: (sql: string, values: readonly BoundValue[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const { chunk, kinds } of chunks(rows)) {
    session.doing = doing(schema, chunk);
    const columns = chunk[0]?.columns ?? [];
    if (kinds === undefined) {
      sum += await run(sql(schema, columns, { rows: chunk.length }), chunk.flatMap(({ values }) => values));
      continue;
    }
    session.signal?.throwIfAborted();
    const staged = await stage(session, chunk, kinds);
    sum += await run(sql(schema, columns, { staged }), []);
    await session.run(`DELETE FROM ${staged}`);
  }
  return sum;
}

/** What a statement for these rows is doing. */
export function doing(schema: TableSchema, rows: readonly PlannedRow[]): Doing {
  const columns = rows[0]?.columns ?? [];
  return { schema, columns, rows: rows.map(({ values }) => values), places: rows.map(({ place }) => place) };
}

/** Rows that go together: many that can be staged, or a few that are bound. */
function* chunks(
  rows: readonly PlannedRow[],
): Generator<{ readonly chunk: readonly PlannedRow[]; readonly kinds?: string | undefined }> {
  for (let from = 0; from < rows.length; from += MOST_ROWS) {
    const many = rows.slice(from, from + MOST_ROWS);
    const kinds = many.length < STAGED_FROM ? undefined : stagedKinds(many);
    if (kinds !== undefined) {
      yield { chunk: many, kinds };
      continue;
    }
    for (let at = 0; at < many.length; at += MOST_BOUND) yield { chunk: many.slice(at, at + MOST_BOUND) };
  }
}
