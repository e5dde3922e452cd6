import { ConfigurationError } from "../core/errors.ts";
import type { TableWrite } from "./database.ts";

/** Modes in which rows may take the place of those that a parent had. */
const REPLACING: readonly string[] = ["insert", "upsert"];

/**
 * Throws a `ConfigurationError` where a write asks for what no database can do: a mode that finds rows by their key
 * without key columns, or replaced children in a mode that adds none.
 */
export function checkWrite({ table, mode, keyColumns, replaceChildren }: TableWrite): void {
  if (mode !== "insert" && keyColumns.length === 0) {
    throw new ConfigurationError(`Cannot write to table "${table}": ${mode} needs the columns of the key`);
  }
  if (replaceChildren !== undefined && !REPLACING.includes(mode)) {
    throw new ConfigurationError(
      `Cannot write to table "${table}": replaced children are written by ${
        REPLACING.join(" or ")
      }, not by ${mode}`,
    );
  }
}
