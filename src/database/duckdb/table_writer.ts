import type { TableWrite } from "../database.ts";
import { runsOfSameColumns } from "../planned_rows.ts";
import { createStatement } from "./create_table.ts";
import { keyOf, lastOfEachKey, planKeys, type PlannedRow, planRows } from "./planned_rows.ts";
import { deleteChildren } from "./replace_children.ts";
import { countChunks, doing, runChunks } from "./row_chunks.ts";
import type { DuckDbSession } from "./session.ts";
import {
  countFoundSql,
  deleteManySql,
  deleteSql,
  insertSql,
  type MergeRule,
  mergeSql,
  updateSql,
} from "./statements.ts";
import { type Column, columnOf, missingTable, type TableSchema } from "./table_schema.ts";

/** Writes the rows of one table, within the transaction that is open. Returns the count that `Database.write` has. */
export async function writeTable(session: DuckDbSession, write: TableWrite): Promise<number> {
  session.doing = undefined;
  session.ensuredKey = undefined;
  if (write.rows.length === 0 && (write.replaceChildren?.of.length ?? 0) === 0) return 0;
  const schema = await schemaFor(session, write);
  if (schema === undefined) return 0;
  const keys = write.keyColumns.map((name) => columnOf(schema, name));
  session.ensuredKey = ensuresKey(schema, write, keys) ? keys : undefined;
  if (write.mode === "delete") {
    return await remove(session, schema, planKeys(session, schema, write, keys), keys);
  }
  const rows = planRows(session, schema, write);
  if (write.replaceChildren !== undefined) {
    await deleteChildren(session, schema, write.replaceChildren, rows);
    await insert(session, schema, write.mode === "upsert" ? lastOfEachKey(schema, rows, keys) : rows);
    return rows.length;
  }
  if (write.mode === "insert") return await insert(session, schema, rows);
  let count = 0;
  for (const run of runsOfSameColumns(rows)) {
    run.forEach((row) => keyOf(schema, row, keys)); // a row without its key is refused
    count += await BY_KEY[write.mode](session, schema, run, keys);
  }
  return count;
}

/**
 * These leave one row a key; replaced children too, unless a row of that key may belong to another parent.
 */
function ensuresKey(schema: TableSchema, write: TableWrite, keys: readonly Column[]): boolean {
  const parents = write.replaceChildren?.columns ?? [];
  const one = write.mode === "upsert" || write.mode === "insert_ignore";
  return one && parents.every((name) => keys.includes(columnOf(schema, name)));
}

/** Undefined where there is no table yet and none to be made: then there is nothing to delete or update either. */
async function schemaFor(session: DuckDbSession, write: TableWrite): Promise<TableSchema | undefined> {
  const schema = await session.schema(write);
  if (schema !== undefined) return schema;
  if (!write.createTable) throw await missingTable(session.connection, write, session.database);
  if (write.rows.length === 0 || write.mode === "update" || write.mode === "delete") return undefined;
  await session.connection.run(createStatement(session.api, write));
  return await session.schema(write);
}

/** Writes rows that have the same columns, and all of their key. */
type ByKey = (
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
) => Promise<number>;

const BY_KEY: Readonly<Record<"upsert" | "insert_ignore" | "update", ByKey>> = {
  upsert,
  insert_ignore: (session, schema, rows, keys) =>
    merge(session, schema, rows, keys, { update: false, insert: true, counts: "first" }),
  update,
};

async function insert(
  session: DuckDbSession,
  schema: TableSchema,
  rows: readonly PlannedRow[],
): Promise<number> {
  for (const run of runsOfSameColumns(rows)) await runChunks(session, schema, run, insertSql);
  return rows.length;
}

function merge(...[session, schema, rows, keys, rule]: [...Parameters<ByKey>, MergeRule]): Promise<number> {
  return runChunks(session, schema, rows, (table, all, source) => mergeSql(table, all, keys, source, rule));
}

/**
 * A row or two: update, and insert where there was nothing to update; that costs half of what DuckDB's MERGE or
 * `ON CONFLICT` does, which are planned anew each time. More rows: MERGE. Neither needs a unique index.
 */
async function upsert(...[session, schema, rows, keys]: Parameters<ByKey>): Promise<number> {
  if (rows.length > 2 || settable(rows, keys).length === 0) {
    await merge(session, schema, rows, keys, { update: true, insert: true, counts: "last" });
    return rows.length;
  }
  for (const row of rows) {
    if (await updateRow(session, schema, row, keys) === 0) await runChunks(session, schema, [row], insertSql);
  }
  return rows.length;
}

/** Counts rows of the data, not of the table: the same number however DuckDB is asked. */
async function update(...[session, schema, rows, keys]: Parameters<ByKey>): Promise<number> {
  const nothing = settable(rows, keys).length === 0;
  if (rows.length <= 2 && !nothing) {
    let found = 0;
    for (const row of rows) found += await updateRow(session, schema, row, keys) > 0 ? 1 : 0;
    return found;
  }
  if (!nothing) await merge(session, schema, rows, keys, { update: true, insert: false, counts: "last" });
  const keyRows = rows.map((row) => ({ columns: keys, values: keyOf(schema, row, keys), place: row.place }));
  return await countChunks(session, schema, keyRows, countFoundSql);
}

async function remove(...[session, schema, rows]: Parameters<ByKey>): Promise<number> {
  return await runChunks(session, schema, rows, rows.length > 1 ? deleteManySql : deleteSql);
}

/** The columns that are not of the key. */
function settable(rows: readonly PlannedRow[], keys: readonly Column[]): Column[] {
  return (rows[0]?.columns ?? []).filter((column) => !keys.includes(column));
}

async function updateRow(
  session: DuckDbSession,
  schema: TableSchema,
  row: PlannedRow,
  keys: readonly Column[],
): Promise<number> {
  const values = row.values.filter((_, i) => !keys.includes(row.columns[i]!));
  session.doing = doing(schema, [row]);
  return await session.run(updateSql(schema, settable([row], keys), keys), [
    ...values,
    ...keyOf(schema, row, keys),
  ]);
}
