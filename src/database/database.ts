import type { Row } from "../core/rows.ts";
import type { Secret } from "../core/secret.ts";

/**
 * What happens to the rows of a table; all but `insert` find them by their key columns.
 *
 * - `insert` adds rows.
 * - `upsert` updates the row that has the same key, and adds it where there is none.
 * - `insert_ignore` adds a row where there is none of its key; one that is there is left alone.
 * - `update` sets the columns that a row has besides its key; where there is none of that key, nothing happens.
 * - `delete` removes the row of that key; the other columns of the rows are ignored, whatever they are.
 */
export type WriteMode = "insert" | "upsert" | "insert_ignore" | "update" | "delete";

/** All modes, the default first. */
export const WRITE_MODES = [
  "insert",
  "upsert",
  "insert_ignore",
  "update",
  "delete",
] as const satisfies readonly WriteMode[];

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
  /** Name of the schema that the table is in, taken as it is; undefined is the database's own choice (PostgreSQL's `search_path`, DuckDB's `main`). */
  readonly schema: string | undefined;
  readonly rows: readonly Row[];
  readonly mode: WriteMode;
  /** The columns that identify a row; at least one for every mode but `insert`. */
  readonly keyColumns: readonly string[];
  /**
   * Creates the table from the rows where it is missing, with the key columns as its primary key. `update` and `delete`
   * create none: a table that is not there yet has nothing to change.
   */
  readonly createTable: boolean;
  /** Types of columns in a created table, by column; the others are inferred from the rows. */
  readonly columnTypes: Readonly<Record<string, string>>;
  /** For `insert` and `upsert` only. */
  readonly replaceChildren: ReplaceChildren | undefined;
}

/** Several tables that are written together: all of it or nothing. */
export type WriteCall = readonly TableWrite[];

/** How a write is done. */
export interface WriteOptions {
  /** Gives the write up: nothing of it is written, unless its commit was under way already. */
  readonly signal?: AbortSignal | undefined;
}

/** How a query is done. */
export interface QueryOptions {
  /** Gives the query up. */
  readonly signal?: AbortSignal | undefined;
  /** More rows than that are a `ConfigurationError`; no bound where undefined. */
  readonly maxRows?: number | undefined;
}

/**
 * Values of a query: by position (`$1` is the first) or by name (`$customer_id`). They never become part of the text.
 * What they may be: null, booleans, numbers, bigints, texts, `Date`, bytes (`Uint8Array`), arrays of these (for
 * `= ANY($1)`), and objects, which are JSON. `undefined` is a `PermanentError`: a value that is not there is null.
 */
export type QueryValues = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * A database that rows are written to and read from. One object a database and process, however many ask for it; DuckDB
 * and PostgreSQL implement it, and pass the same tests (tests/contract/database_contract.ts).
 *
 * Columns that a row does not have (or has as `undefined`) get the table's default when the row is added, and stay as
 * they are when it is updated; null is written as null. The rows of a call take effect in their order: writing them in
 * one call leaves the same rows as writing them in one call each.
 *
 * Values come back in the same form from both:
 *
 * | in the database | in the row |
 * |---|---|
 * | whole numbers of up to 32 bits | number |
 * | BIGINT and wider | bigint |
 * | DECIMAL, NUMERIC | text with all its digits: `"19.90"` |
 * | REAL, DOUBLE | number |
 * | BOOLEAN | boolean |
 * | texts, UUID, enums | text |
 * | DATE | text: `"2024-02-29"` |
 * | TIMESTAMP | text: `"2024-02-29T10:11:12.123456"`, the fraction without zeros at its end, none where it is zero |
 * | TIMESTAMP WITH TIME ZONE | the same in UTC, with a `Z`; a `Date` would lose microseconds |
 * | TIME | text: `"10:11:12.5"` |
 * | JSON | its text, so that no digit is lost |
 * | bytes | `Uint8Array` |
 * | arrays, lists | array of these |
 * | DuckDB's STRUCT and MAP | object of these |
 * | anything else | the text that the database writes for it |
 *
 * Written back in these forms, a value is the same as before.
 */
export interface Database {
  /** What it is, for people and without a password: `duckdb:data/orders.duckdb`. */
  readonly name: string;
  /**
   * Writes the tables in the order given, in one transaction; resolves when the rows are durable, to a count for each
   * table, in the same order: for `insert` and `upsert` all rows that were handed in; for `insert_ignore` those that
   * were added; for `update` those whose key was there; for `delete` the rows that were removed.
   *
   * Rejects with a `PermanentError` where the rows do not fit the table, with a `ConfigurationError` where a table or
   * column is missing, with an `UnavailableError` where the database is not to be had now, or the signal fired (its
   * reason is the cause); nothing is written then. None of them holds a value of the rows.
   */
  write(call: WriteCall, options?: WriteOptions): Promise<readonly number[]>;
  /**
   * Runs one statement and resolves to its rows: none where it gives none. A statement that writes is committed before
   * it resolves, and its rows are those of RETURNING. Reading does not wait for writes that are under way: it sees what
   * was committed when it began.
   *
   * Rejects with a `ConfigurationError` where the statement is wrong (syntax, tables, columns, names of values, two
   * columns of one name, more rows than `maxRows`), with a `PermanentError` where its values do not fit or break a
   * constraint, with an `UnavailableError` as `write` does. None of them holds a value.
   */
  query(sql: string, values?: QueryValues, options?: QueryOptions): Promise<readonly Row[]>;
  /**
   * Waits for what was handed in, then closes the database; whatever comes later is an `UnavailableError`. Idempotent.
   */
  close(): Promise<void>;
}

/** Whether the server must be talked to by TLS, and how far it is trusted: names and meaning are libpq's `sslmode`. */
export const TLS_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
/** One of {@link TLS_MODES}. */
export type TlsMode = typeof TLS_MODES[number];

/** Settings of a database that is a server. DuckDB is none and takes none of them. */
export interface DatabaseOptions {
  /** In place of the one in the url. */
  readonly password?: Secret | undefined;
  /** Connections that are open at most. */
  readonly poolSize?: number | undefined;
  /** Seconds after which the server gives a statement up; it is an `UnavailableError` then. */
  readonly statementTimeoutS?: number | undefined;
  /** Seconds that connecting may take. */
  readonly connectTimeoutS?: number | undefined;
  /** In place of `sslmode` in the url. */
  readonly tlsMode?: TlsMode | undefined;
  /** PEM file of the authorities that are trusted; given alone, it turns TLS on. */
  readonly tlsCa?: string | undefined;
  /** PEM file of the client's certificate. */
  readonly tlsCertificate?: string | undefined;
  /** PEM file of the key of `tlsCertificate`. */
  readonly tlsKey?: string | undefined;
}
