import { PermanentError } from "../../core/errors.ts";
import type { ReplaceChildren } from "../database.ts";
import { refuseOrphans } from "../planned_rows.ts";
import { keyOf, keyText, type PlannedRow } from "./planned_rows.ts";
import { runChunks } from "./row_chunks.ts";
import type { DuckDbSession } from "./session.ts";
import { deleteManySql, deleteSql } from "./statements.ts";
import { type Column, columnOf, type TableSchema, tableText } from "./table_schema.ts";
import { bindable } from "./values.ts";

/**
 * Deletes what the parents have. Throws a `PermanentError` where one of the rows that are to take its place is of none
 * of them.
 */
export async function deleteChildren(
  session: DuckDbSession,
  schema: TableSchema,
  replace: ReplaceChildren,
  rows: readonly PlannedRow[],
): Promise<void> {
  const columns = replace.columns.map((name) => columnOf(schema, name));
  const parents = parentRows(session, schema, replace, columns);
  const known = new Set(parents.map(({ values }) => keyText(values)));
  refuseOrphans(tableText(schema), rows, replace, (row) => known.has(keyText(keyOf(schema, row, columns))));
  await runChunks(session, schema, parents, parents.length > 1 ? deleteManySql : deleteSql);
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
      const where = `Cannot replace children in "${
        tableText(schema)
      }": replace_children.of[${place}].${name}`;
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
