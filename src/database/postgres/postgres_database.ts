import { ConfigurationError, PermanentError, UnavailableError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { abortedError } from "../aborted.ts";
import { CommitUnknown } from "../commit_unknown.ts";
import type { Database, QueryOptions, QueryValues, WriteCall, WriteOptions } from "../database.ts";
import { InFlight } from "../in_flight.ts";
import { type Counts, countsOfEach, mergeCalls, writeEach } from "../merged_calls.ts";
import { WriteQueue } from "../write_queue.ts";
import { checkWrite } from "../write_rules.ts";
import type { Connection } from "./connection.ts";
import { findCulprit } from "./diagnose.ts";
import { serverFailure } from "./failure.ts";
import type { Location } from "./location.ts";
import { OwnTypes } from "./own_types.ts";
import { Pool } from "./pool.ts";
import { runQuery } from "./run_query.ts";
import { commitUnknown, type Schemas, Session } from "./session.ts";
import { readTableSchema, schemaText, tableSql } from "./table_schema.ts";
import { writeTable } from "./table_writer.ts";
import { writeError } from "./write_error.ts";

/** A PostgreSQL database: writes go one after the other, queries beside them. */
export class PostgresDatabase implements Database {
  readonly name: string;
  readonly #pool: Pool;
  readonly #schemas: Schemas = new Map();
  readonly #types = new OwnTypes();
  readonly #queue = new WriteQueue((calls, signal) => this.#writeAll(calls, signal));
  readonly #queries = new InFlight();
  readonly #whenClosed: () => void;
  #closing: Promise<void> | undefined;

  constructor(location: Location, whenClosed: () => void) {
    this.name = location.name;
    this.#pool = new Pool(location);
    this.#whenClosed = whenClosed;
  }

  /** False from the moment when it is being closed. */
  get isOpen(): boolean {
    return this.#closing === undefined;
  }

  /** Makes sure that a connection can be had. Rejects as {@link Connection.open} does. */
  async connect(): Promise<void> {
    await this.#pool.use(() => Promise.resolve());
  }

  async write(call: WriteCall, { signal }: WriteOptions = {}): Promise<readonly number[]> {
    const doing = `write to ${this.name}`;
    this.#mustBeOpen(doing);
    call.forEach(checkWrite);
    return await this.#unlessAborted(doing, signal, () => this.#queue.write(call, signal));
  }

  async query(sql: string, values: QueryValues = [], options: QueryOptions = {}): Promise<readonly Row[]> {
    const doing = `query ${this.name}`;
    this.#mustBeOpen(doing);
    const { signal } = options;
    const work = (connection: Connection) =>
      runQuery(connection, this.name, sql, values, options, this.#types);
    return await this.#queries.run(() =>
      this.#unlessAborted(doing, signal, () => this.#pool.use(work, signal))
    );
  }

  close(): Promise<void> {
    return this.#closing ??= Promise.all([this.#queries.drained(), this.#queue.drained()])
      .then(() => this.#pool.close()).finally(this.#whenClosed);
  }

  #mustBeOpen(doing: string): void {
    if (!this.isOpen) throw new UnavailableError(`Cannot ${doing}: it is being closed`);
  }

  /** Whatever fails once the signal has fired fails because of it, but for a commit of which nobody knows. */
  async #unlessAborted<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted && !(error instanceof CommitUnknown)) throw abortedError(doing, signal);
      throw error instanceof CommitUnknown ? error.cause : error;
    }
  }

  /** Writes whole calls in one transaction. */
  async #writeAll(calls: readonly WriteCall[], signal: AbortSignal | undefined): Promise<Counts> {
    const write = () => this.#pool.use((connection) => this.#transaction(connection, calls, signal), signal);
    try {
      return await write();
    } catch (error) {
      // somebody may have changed a table since it was looked at: then it is tried once more
      const isAboutTables = error instanceof ConfigurationError || error instanceof PermanentError;
      if (!isAboutTables || !await this.#haveTablesChanged(calls.flat(), signal)) throw error;
      return await write();
    }
  }

  /** Looks at the tables of writes again; whether one of those that were known is not as it was. */
  async #haveTablesChanged(writes: WriteCall, signal: AbortSignal | undefined): Promise<boolean> {
    let changed = false;
    for (const write of writes) {
      const known = this.#schemas.get(tableSql(write));
      if (known === undefined) continue;
      this.#schemas.delete(tableSql(write));
      const now = await this.#pool.use((connection) => readTableSchema(connection, write), signal)
        .catch(() => undefined); // the error that led here is told
      changed ||= now === undefined || schemaText(now) !== schemaText(known);
    }
    return changed;
  }

  async #transaction(
    connection: Connection,
    calls: readonly WriteCall[],
    signal: AbortSignal | undefined,
  ): Promise<Counts> {
    const session = new Session(this.name, connection, this.#schemas, signal);
    const merged = mergeCalls(calls);
    let isCommitting = false;
    try {
      await session.run("BEGIN");
      const counts = await writeEach(merged, (table) => writeTable(session, table));
      signal?.throwIfAborted();
      isCommitting = true;
      await session.commit();
      return countsOfEach(calls, merged, counts);
    } catch (error) {
      const failure = serverFailure(error);
      if (isCommitting && (failure === undefined || failure.fatal)) {
        throw new CommitUnknown(commitUnknown(this.name));
      }
      if (connection.isUsable) await connection.run("ROLLBACK").catch(() => connection.destroy());
      const isAboutValues = failure?.kind === "permanent" && /^22/.test(failure.code);
      const culprit = isAboutValues && session.doing !== undefined && connection.isUsable
        ? await findCulprit(connection, session.doing)
        : undefined;
      throw writeError(error, session, culprit);
    }
  }
}
