import type { Row } from "../core/rows.ts";

/** `insert` adds rows; `upsert` updates the row that has the same key, and adds it where there is none. */
export type WriteMode = "insert" | "upsert";

/** Parents whose children are replaced: what is there of them goes, what is written stays. */
export interface ReplaceChildren {
  /** Columns of the child table that hold the parent's key. */
  readonly columns: readonly string[];
  /** Rows that have these columns: the parents. Other columns in them are ignored. */
  readonly of: readonly Row[];
}

/** Rows for one table. */
export interface TableWrite {
  /** Name of the table, taken as it is: a dot in it is part of the name. */
  readonly table: string;
  readonly rows: readonly Row[];
  readonly mode: WriteMode;
  /** The columns that identify a row; at least one for `upsert`. */
  readonly keyColumns: readonly string[];
  /** Creates the table from the rows where it is missing, with the key columns as its primary key. */
  readonly createTable: boolean;
  /** Types of columns in a created table, by column; the others are inferred from the rows. */
  readonly columnTypes: Readonly<Record<string, string>>;
  readonly replaceChildren: ReplaceChildren | undefined;
}

/** Several tables that are written together: all of it or nothing. */
export type WriteCall = readonly TableWrite[];

/**
 * A database that rows are written to. One object a database and process, however many ask for it; DuckDB implements
 * it, PostgreSQL will.
 *
 * Columns that a row does not have (or has as `undefined`) get the table's default when the row is added, and stay as
 * they are when it is updated; null is written as null. The rows of a call take effect in their order: writing them in
 * one call leaves the same rows as writing them in one call each.
 */
export interface Database {
  /** What it is, for people and without a password: `duckdb:data/orders.duckdb`. */
  readonly name: string;
  /**
   * Writes the tables in the order given, in one transaction; resolves when the rows are durable. Calls are written in
   * the order of their arrival.
   *
   * Rejects with a `PermanentError` where the rows do not fit the table, with a `ConfigurationError` where a table or
   * column is missing, with an `UnavailableError` where the database is not to be had now; nothing is written then.
   * None of them holds a value of the rows.
   */
  write(call: WriteCall): Promise<void>;
  /** Waits for the writes that were handed in, then closes the database. Idempotent. */
  close(): Promise<void>;
}
