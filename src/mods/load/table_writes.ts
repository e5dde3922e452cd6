import { errorText, ModError, PermanentError } from "../../core/errors.ts";
import { type Row, type Rows, toRows } from "../../core/rows.ts";
import type { TableWrite } from "../../database/database.ts";
import type { InsertParams, TableEntry } from "./table_params.ts";

/** What belongs to one table, and so cannot stand beside `tables`. */
const ONE_TABLE = ["table", "data", "key_columns", "column_types", "replace_children"] as const;

/**
 * The writes that the parameters ask for. Throws a {@link ModError} that names the parameter: of kind configuration
 * where they contradict each other, of kind permanent where the data is none.
 */
export function tableWrites(mod: string, params: InsertParams): readonly TableWrite[] {
  if (params.tables !== undefined) {
    const both = ONE_TABLE.find((name) => params[name] !== undefined);
    if (both !== undefined) {
      throw wrong(
        mod,
        both,
        "and tables exclude each other: give it in each entry of tables, or leave tables out",
      );
    }
    const { mode, create_table, schema } = params;
    return params.tables.map((entry, i) =>
      write(mod, `tables[${i}].`, { mode, create_table, schema, ...given(entry) })
    );
  }
  const { table, data } = params;
  if (table === undefined) {
    throw wrong(mod, "table", "is missing: expected a table's name, or several in tables");
  }
  return [write(mod, "", { ...params, table, data })];
}

/** The entry without what was given as undefined, which must not hide the call's own. */
function given(entry: TableEntry): TableEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as TableEntry;
}

type Entry = Omit<TableEntry, "data"> & { readonly data: Rows | undefined };

function write(mod: string, path: string, entry: Entry): TableWrite {
  const { mode = "insert", key_columns: keyColumns = [], replace_children: replace } = entry;
  if (mode !== "insert" && keyColumns.length === 0) {
    throw wrong(mod, `${path}key_columns`, `is missing: mode "${mode}" needs the columns of the key`);
  }
  if (replace !== undefined && mode !== "insert" && mode !== "upsert") {
    throw wrong(
      mod,
      `${path}replace_children`,
      `does not go with mode "${mode}": expected "insert" or "upsert"`,
    );
  }
  return {
    table: entry.table,
    schema: entry.schema,
    rows: rowsOf(mod, `${path}data`, entry.data),
    mode,
    keyColumns,
    createTable: entry.create_table ?? false,
    columnTypes: entry.column_types ?? {},
    replaceChildren: replace === undefined ? undefined : {
      columns: replace.columns,
      of: rowsOf(mod, `${path}replace_children.of`, replace.of),
    },
  };
}

function rowsOf(mod: string, parameter: string, data: Rows | undefined): readonly Row[] {
  if (data === undefined) throw wrong(mod, parameter, "is missing: expected rows, or an empty list for none");
  try {
    return toRows(data);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const text = errorText(error).replace(/^data/, parameter);
    throw new ModError(mod, text, { kind: "permanent", parameter, cause: error });
  }
}

function wrong(mod: string, parameter: string, message: string): ModError {
  return new ModError(mod, `parameter "${parameter}" ${message}`, { kind: "configuration", parameter });
}
