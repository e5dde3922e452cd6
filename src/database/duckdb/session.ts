import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from "../../deps/duckdb.ts";
import { foldName } from "../identifiers.ts";
import type { DuckDbApi } from "./library.ts";
import { type Column, readTableSchema, type TableName, type TableSchema } from "./table_schema.ts";
import { bindValue, type BoundValue } from "./values.ts";

/** Rows bound to a statement, kept until the next one: for finding out what did not fit. */
export interface Doing {
  readonly schema: TableSchema;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly BoundValue[])[];
  /** Place of each row in the data, from 0. */
  readonly places: readonly number[];
}

const MOST_STATEMENTS = 200;

/** A connection with what is worth keeping between writes: prepared statements, and what the tables look like. */
export class DuckDbSession {
  readonly #statements = new Map<string, DuckDBPreparedStatement>();
  readonly #schemas = new Map<string, TableSchema>();
  /** What the last statement wrote; undefined where it wrote no rows. */
  doing: Doing | undefined;
  /** A key that the write makes unique by itself; undefined where the rows may violate it. */
  ensuredKey: readonly Column[] | undefined;
  /** Of the write that is under way: no statement begins once it has fired. */
  signal: AbortSignal | undefined;

  constructor(
    /** The database's name, for messages. */
    readonly database: string,
    readonly api: DuckDbApi,
    readonly connection: DuckDBConnection,
  ) {}

  /** Runs a statement with its values; returns the number of rows that it changed. */
  async run(sql: string, values: readonly BoundValue[] = []): Promise<number> {
    return (await (await this.#bound(sql, values)).run()).rowsChanged;
  }

  /** Runs a query with its values; returns the rows. */
  async query(sql: string, values: readonly BoundValue[]): Promise<DuckDBValue[][]> {
    return (await (await this.#bound(sql, values)).runAndReadAll()).getRows();
  }

  async #bound(sql: string, values: readonly BoundValue[]): Promise<DuckDBPreparedStatement> {
    this.signal?.throwIfAborted();
    const statement = await this.#prepare(sql);
    values.forEach((value, i) => bindValue(statement, i + 1, value));
    return statement;
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) statement = await this.connection.prepare(sql);
    else this.#statements.delete(sql);
    this.#statements.set(sql, statement); // the one used last is the last to go
    const [oldest] = this.#statements;
    if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined) {
      this.#statements.delete(oldest[0]);
      oldest[1].destroySync();
    }
    return statement;
  }

  /** What a table looks like; undefined where there is none. */
  async schema(name: TableName): Promise<TableSchema | undefined> {
    const key = JSON.stringify([name.schema, name.table].map((part) => part && foldName(part)));
    const known = this.#schemas.get(key);
    if (known !== undefined) return known;
    const schema = await readTableSchema(this.connection, name);
    if (schema !== undefined) this.#schemas.set(key, schema);
    return schema;
  }

  /** Forgets what the tables look like. Returns whether anything was known. */
  forget(): boolean {
    const knew = this.#schemas.size > 0;
    this.#schemas.clear();
    return knew;
  }

  close(): void {
    this.#statements.clear(); // the connection ends them
    this.connection.closeSync();
  }
}
