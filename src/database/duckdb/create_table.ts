import type { TableWrite } from "../database.ts";
import { newTable } from "../new_table.ts";
import { inferType } from "./infer_type.ts";
import type { DuckDbApi } from "./library.ts";
import { createTableSql } from "./statements.ts";
import { tableText } from "./table_schema.ts";

/**
 * The statement that creates a table for the rows: the columns in the order of their first appearance, the key columns
 * as the primary key. It makes no other index, although one on the parent's key would find children faster: DuckDB 1.5
 * loses entries of such indexes when it checkpoints after a crash (duckdb/duckdb#23788).
 */
export function createStatement(api: DuckDbApi, write: TableWrite): string {
  const { table, schema } = write;
  const { columns, keys } = newTable(
    write,
    tableText({ name: table, inSchema: schema }),
    (values) => inferType(api, values),
  );
  return createTableSql({ name: table, inSchema: schema }, columns, keys);
}
