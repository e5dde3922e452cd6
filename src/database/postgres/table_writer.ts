import type { ReplaceChildren, TableWrite } from "../database.ts";
import { newTable } from "../new_table.ts";
import { refuseOrphans, runsOfSameColumns } from "../planned_rows.ts";
import { inferType } from "./infer_type.ts";
import {
  keyOf,
  keyText,
  lastOfEachKey,
  placeText,
  planKeys,
  type PlannedRow,
  planRows,
} from "./planned_rows.ts";
import type { Session } from "./session.ts";
import {
  type Count,
  countSql,
  createTableSql,
  deleteSql,
  insertIgnoreSql,
  insertMissingSql,
  insertSql,
  updateSql,
  upsertSql,
} from "./statements.ts";
import { type Column, columnOf, missingTable, type TableSchema, tableSql } from "./table_schema.ts";

/** Rows of one statement: more of them go in several, so that no message grows without bound. */
const MOST_ROWS = 5000;

/** Writes the rows of one table, within the transaction that is open. Returns the count that `Database.write` has. */
export async function writeTable(session: Session, write: TableWrite): Promise<number> {
  session.table = write;
  session.doing = undefined;
  if (write.rows.length === 0 && (write.replaceChildren?.of.length ?? 0) === 0) return 0;
  const schema = await schemaFor(session, write);
  if (schema === undefined) return 0;
  const keys = write.keyColumns.map((name) => columnOf(schema, name));
  session.keys = keys;
  if (write.mode === "delete") {
    const where = (place: number, column: string) => `${placeText(schema, place)}: key column "${column}"`;
    const rows = planKeys(schema, write.rows, write.keyColumns, where);
    return await runRows(session, write, rows, (columns, n) => deleteSql(schema, columns, n));
  }
  const rows = planRows(schema, write);
  if (write.replaceChildren !== undefined) {
    await deleteChildren(session, schema, write, write.replaceChildren, rows);
    const left = write.mode === "upsert" ? lastOfEachKey(schema, rows, keys) : rows;
    await insert(session, schema, write, left);
    return rows.length;
  }
  if (write.mode === "insert") return await insert(session, schema, write, rows);
  let count = 0;
  for (const run of runsOfSameColumns(rows)) {
    run.forEach((row) => keyOf(schema, row, keys)); // a row without its key is refused
    count += await BY_KEY[write.mode](session, schema, write, run, keys);
  }
  return count;
}

/** Undefined where there is no table yet and none to be made: then there is nothing to delete or update either. */
async function schemaFor(session: Session, write: TableWrite): Promise<TableSchema | undefined> {
  const schema = await session.schema(write);
  if (schema !== undefined) return schema;
  if (!write.createTable) throw await missingTable(session.connection, write, session.database);
  if (write.rows.length === 0 || write.mode === "update" || write.mode === "delete") return undefined;
  const name = tableSql(write);
  // `IF NOT EXISTS` fails where two create a table at the same moment; so one waits here until the other has committed
  await session.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`datapy create ${name}`]);
  const made = await session.schema(write);
  if (made !== undefined) return made;
  const { columns, keys } = newTable(write, write.table, inferType);
  await session.run(createTableSql(name, columns, keys));
  return await session.schema(write);
}

/** Writes rows that have the same columns, and all of their key. */
type ByKey = (
  session: Session,
  schema: TableSchema,
  write: TableWrite,
  rows: readonly PlannedRow[],
  keys: readonly Column[],
) => Promise<number>;

const BY_KEY: Readonly<Record<"upsert" | "insert_ignore" | "update", ByKey>> = {
  upsert,
  insert_ignore: (session, schema, write, rows, keys) =>
    runRows(session, write, rows, (columns, n) => insertIgnoreSql(schema, columns, keys, n)),
  update,
};

async function insert(
  session: Session,
  schema: TableSchema,
  write: TableWrite,
  rows: readonly PlannedRow[],
): Promise<number> {
  for (const run of runsOfSameColumns(rows)) {
    await runRows(session, write, run, (columns, n) => insertSql(schema, columns, n));
  }
  return rows.length;
}

/**
 * `ON CONFLICT` looks at NOT NULL before it looks for a conflict: rows that lack such a column are an update, and an insert
 * of what was not there.
 */
async function upsert(...[session, schema, write, rows, keys]: Parameters<ByKey>): Promise<number> {
  const has = new Set(rows[0]?.columns);
  const isWhole = [...schema.columns.values()].every((column) => column.mayLack || has.has(column));
  if (isWhole) {
    await runRows(session, write, rows, (columns, n) => upsertSql(schema, columns, keys, n));
    return rows.length;
  }
  if (has.size > keys.length) {
    await runRows(session, write, rows, (columns, n) => updateSql(schema, columns, keys, n));
  }
  await runRows(session, write, rows, (columns, n) => insertMissingSql(schema, columns, keys, n));
  return rows.length;
}

/** Counts rows of the data, not of the table: several of them may have one key. */
async function update(...[session, schema, write, rows, keys]: Parameters<ByKey>): Promise<number> {
  if ((rows[0]?.columns.length ?? 0) > keys.length) {
    const changed = await runRows(session, write, rows, (columns, n) => updateSql(schema, columns, keys, n));
    if (rows.length === 1 || changed === 0) return Math.min(changed, 1);
  }
  const keyRows = rows.map((row) => ({ columns: keys, values: keyOf(schema, row, keys), place: row.place }));
  let count = 0;
  for (const chunk of chunks(keyRows)) {
    const { rows: found } = await session.run(countSql(schema, keys, countOf(chunk)), bound(chunk));
    count += Number(found[0]?.[0]);
  }
  return count;
}

/** Deletes what the parents have. Throws a `PermanentError` where one of the rows that take its place is of none of them. */
async function deleteChildren(
  session: Session,
  schema: TableSchema,
  write: TableWrite,
  replace: ReplaceChildren,
  rows: readonly PlannedRow[],
): Promise<void> {
  const columns = replace.columns.map((name) => columnOf(schema, name));
  const where = (place: number, column: string) =>
    `Cannot replace children in "${schema.name}": replace_children.of[${place}].${column}`;
  const parents = planKeys(schema, replace.of, replace.columns, where);
  const known = new Set(parents.map(({ values }) => keyText(values)));
  refuseOrphans(schema.name, rows, replace, (row) => known.has(keyText(keyOf(schema, row, columns))));
  await runRows(session, write, parents, (keys, n) => deleteSql(schema, keys, n));
}

/** Runs a statement for rows that have the same columns; returns how many rows of the table it changed. */
async function runRows(
  session: Session,
  write: TableWrite,
  rows: readonly PlannedRow[],
  sql: (columns: readonly Column[], count: Count) => string,
): Promise<number> {
  let changed = 0;
  for (const chunk of chunks(rows)) {
    const columns = chunk[0]?.columns ?? [];
    session.doing = {
      table: write,
      columns,
      values: byColumn(chunk),
      places: chunk.map(({ place }) => place),
    };
    changed += (await session.run(sql(columns, countOf(chunk)), bound(chunk))).count;
  }
  return changed;
}

function* chunks(rows: readonly PlannedRow[]): Generator<readonly PlannedRow[]> {
  for (let from = 0; from < rows.length; from += MOST_ROWS) yield rows.slice(from, from + MOST_ROWS);
}

const countOf = (rows: readonly PlannedRow[]): Count => rows.length === 1 ? "one" : "many";

/** The values of a statement for these rows. */
const bound = (rows: readonly PlannedRow[]) => rows.length === 1 ? rows[0]?.values ?? [] : byColumn(rows);

const byColumn = (rows: readonly PlannedRow[]) =>
  (rows[0]?.columns ?? []).map((_, i) => rows.map(({ values }) => values[i] ?? null));
