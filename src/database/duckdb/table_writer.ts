import { PermanentError } from "../../core/errors.ts";
import type { ReplaceChildren, TableWrite } from "../database.ts";
import { createStatement } from "./create_table.ts";
import { keyOf, keyText, lastOfEachKey, type PlannedRow, planRows } from "./planned_rows.ts";
import type { DuckDbSession } from "./session.ts";
import { deleteSql, insertSql, mergeSql, updateSql } from "./statements.ts";
import { type Column, columnOf, missingTable, type TableSchema } from "./table_schema.ts";
import { bindable, type BoundValue } from "./values.ts";

/** Writes the rows of one table, within the transaction that is open. */
export async function writeTable(session: DuckDbSession, write: TableWrite): Promise<void> {
  session.doing = undefined;
  session.ensuredKey = undefined;
  if (write.rows.length === 0 && (write.replaceChildren?.of.length ?? 0) === 0) return;
  const schema = await schemaFor(session, write);
  if (schema === undefined) return; // no table yet, and no rows to make one of: no children to delete either
  const keys = write.keyColumns.map((name) => columnOf(schema, name));
  session.ensuredKey = ensuresKey(schema, write, keys) ? keys : undefined;
  const rows = planRows(session, schema, write);
  if (write.replaceChildren !== undefined) {
    await replaceChildren(session, schema, write, write.replaceChildren, rows, keys);
  } else if (write.mode === "upsert") {
    for (const run of runsOfSameColumns(rows)) await upsert(session, schema, run, keys);
  } else {
    await insert(session, schema, rows);
  }
}

/** An upsert leaves one row a key; replaced children too, unless a row of that key may belong to another parent. */
function ensuresKey(schema: TableSchema, write: TableWrite, keys: readonly Column[]): boolean {
  const parents = write.replaceChildren?.columns ?? [];
  return write.mode === "upsert" && parents.every((name) => keys.includes(columnOf(schema, name)));
}

async function schemaFor(session: DuckDbSession, write: TableWrite): Promise<TableSchema | undefined> {
  const schema = await session.schema(write.table);
  if (schema !== undefined) return schema;
  if (!write.createTable) throw await missingTable(session.connection, write.table, session.database);
  if (write.rows.length === 0) return undefined;
  await session.connection.run(createStatement(session.api, write));
  return await session.schema(write.table);
}

async function insert(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
): Promise<void> {
  for (const run of runsOfSameColumns(rows)) {
    for (const chunk of chunks(run)) await runRows(session, schema, chunk, insertSql);
  }
}

/**
 * A row or two: update, and insert where there was nothing to update; that costs half of what DuckDB's MERGE or
 * `ON CONFLICT` does, which are planned anew each time. More rows: MERGE. Neither needs a unique index.
 */
async function upsert(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
): Promise<void> {
  const keyed = rows.map((row) => ({ row, key: keyOf(schema, row, keys) }));
  const columns = rows[0]?.columns ?? [];
  const set = columns.filter((column) => !keys.includes(column));
  if (rows.length > 2 || set.length === 0) {
    for (const chunk of chunks(rows)) {
      await runRows(session, schema, chunk, (table, all, n) => mergeSql(table, all, keys, n));
    }
    return;
  }
  for (const { row, key } of keyed) {
    const values = row.values.filter((_, i) => !keys.includes(columns[i]!));
    session.doing = doing(schema, [row]);
    const updated = await session.run(updateSql(schema, set, keys), [...values, ...key]);
    if (updated === 0) await runRows(session, schema, [row], insertSql);
  }
}

/** Deletes what the parents have, then writes the rows: what is the same in both is written again. */
async function replaceChildren(
  session: DuckDbSession,
  schema: TableSchema,
  write: TableWrite,
  replace: ReplaceChildren,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
): Promise<void> {
  const columns = replace.columns.map((name) => columnOf(schema, name));
  const parents = parentRows(session, schema, replace, columns);
  const known = new Set(parents.map(({ values }) => keyText(values)));
  for (const row of rows) {
    if (known.has(keyText(keyOf(schema, row, columns)))) continue;
    throw new PermanentError(
      `Cannot write row ${row.place} of "${schema.name}": its ${
        replace.columns.join(", ")
      } is of none of the ` +
        `${replace.of.length} parents in replace_children.of`,
    );
  }
  for (const chunk of chunks(parents)) await runRows(session, schema, chunk, deleteSql);
  await insert(session, schema, write.mode === "upsert" ? lastOfEachKey(schema, rows, keys) : rows);
}

function parentRows(
  { api }: DuckDbSession,
  schema: TableSchema,
  { columns: names, of }: ReplaceChildren,
  columns: readonly Column[],
): PlannedRow[] {
  return of.map((parent, place) => {
    const values = columns.map((column, i) => {
      const name = names[i] ?? column.name;
      const where = `Cannot replace children in "${schema.name}": replace_children.of[${place}].${name}`;
      const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
      if (value === null || value === undefined) throw new PermanentError(`${where} is missing or null`);
      try {
        return bindable(api, value, column);
      } catch (error) {
        throw error instanceof PermanentError ? new PermanentError(`${where}: ${error.message}`) : error;
      }
    });
    return { columns, values, place };
  });
}

type RowsSql = (table: TableSchema, columns: readonly Column[], rows: number) => string;

async function runRows(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  sql: RowsSql,
): Promise<void> {
  session.doing = doing(schema, rows);
  const values: BoundValue[] = rows.flatMap((row) => row.values);
  await session.run(sql(schema, rows[0]?.columns ?? [], rows.length), values);
}

function doing(schema: TableSchema, rows: readonly PlannedRow[]) {
  const columns = rows[0]?.columns ?? [];
  return { schema, columns, rows: rows.map(({ values }) => values), places: rows.map(({ place }) => place) };
}

/** Neighbours that have the same columns: one statement can write them. */
function runsOfSameColumns(rows: readonly PlannedRow[]): PlannedRow[][] {
  const runs: PlannedRow[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const same = run?.[0]?.columns.length === row.columns.length &&
      row.columns.every((column, i) => column === run[0]?.columns[i]);
    if (same) run.push(row);
    else runs.push([row]);
  }
  return runs;
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
