import { UnavailableError } from "../../core/errors.ts";
import type { Answer, Connection } from "./connection.ts";
import { type Column, readTableSchema, type TableName, type TableSchema, tableSql } from "./table_schema.ts";

/** Rows bound to a statement: for finding out what did not fit. */
export interface Doing {
  readonly table: TableName;
  readonly columns: readonly Column[];
  /** For each column its texts. */
  readonly values: readonly (readonly (string | null)[])[];
  /** Place of each row in the data, from 0. */
  readonly places: readonly number[];
}

/** What the tables look like, by their names in SQL; kept between writes. */
export type Schemas = Map<string, TableSchema>;

/** A transaction on a connection, with what it knows and what it does. */
export class Session {
  /** The table that is being written. */
  table: TableName | undefined;
  /** What the last statement wrote; undefined where it wrote no rows. */
  doing: Doing | undefined;
  /** The key that the last statement finds rows by. */
  keys: readonly Column[] = [];

  constructor(
    /** The database's name, for messages. */
    readonly database: string,
    readonly connection: Connection,
    readonly schemas: Schemas,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Runs a statement, which the signal cancels. */
  run(sql: string, values: readonly unknown[] = []): Promise<Answer> {
    return this.connection.run(sql, values, { signal: this.signal });
  }

  /** What a table looks like; undefined where there is none. */
  async schema(name: TableName): Promise<TableSchema | undefined> {
    const key = tableSql(name);
    const known = this.schemas.get(key);
    if (known !== undefined) return known;
    const schema = await readTableSchema(this.connection, name);
    if (schema !== undefined) this.schemas.set(key, schema);
    return schema;
  }

  /** Ends the transaction for good. A commit that was sent is not cancelled: nobody would know what became of it. */
  async commit(): Promise<void> {
    this.table = undefined;
    this.doing = undefined;
    await this.connection.run("COMMIT");
  }
}

/** The error of a commit whose answer did not come. */
export const commitUnknown = (database: string) =>
  new UnavailableError(
    `Cannot write to ${database}: the connection was lost while the rows were committed, so it is not known whether they ` +
      "are there; they are written again, which an upsert does not notice and a plain insert does",
  );
