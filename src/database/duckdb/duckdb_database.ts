import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import { abortedError, orAborted } from "../aborted.ts";
import type { Database, QueryOptions, QueryValues, WriteCall, WriteOptions } from "../database.ts";
import { InFlight } from "../in_flight.ts";
import { type Counts, countsOfEach, mergeCalls, type MergedCall, writeEach } from "../merged_calls.ts";
import { WriteQueue } from "../write_queue.ts";
import { checkWrite } from "../write_rules.ts";
import { commit } from "./commit.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { findCulprit } from "./diagnose.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { acquire, type Lease } from "./instances.ts";
import { interruptOnAbort } from "./interrupt.ts";
import type { Location } from "./location.ts";
import { type Query, read, write } from "./run_query.ts";
import { DuckDbSession } from "./session.ts";
import { writeTable } from "./table_writer.ts";
import { writeError } from "./write_error.ts";

/** A database in a file or in memory, written through one connection and read through others. */
export class DuckDbDatabase implements Database {
  readonly name: string;
  readonly #lease: Lease;
  readonly #session: DuckDbSession;
  readonly #readers: ConnectionPool;
  /** For queries that write: with one that waits for the writes before it, reading must not wait. */
  readonly #writers: ConnectionPool;
  readonly #queries = new InFlight();
  readonly #queue = new WriteQueue((calls, signal) => this.#writeAll(calls, signal));
  readonly #whenClosed: () => void;
  #closing: Promise<void> | undefined;
  #gaveUp = false;

  private constructor(name: string, lease: Lease, session: DuckDbSession, whenClosed: () => void) {
    this.name = name;
    this.#lease = lease;
    this.#session = session;
    this.#readers = new ConnectionPool(() => lease.connect());
    this.#writers = new ConnectionPool(() => lease.connect());
    this.#whenClosed = whenClosed;
  }

  /** Opens it, or a further connection to the one that is open. Rejects as `acquire` does. */
  static async open(location: Location, whenClosed: () => void): Promise<DuckDbDatabase> {
    const lease = await acquire(location);
    try {
      const session = new DuckDbSession(location.name, lease.api, await lease.connect());
      return new DuckDbDatabase(location.name, lease, session, whenClosed);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** False from the moment when it is being closed. */
  get isOpen(): boolean {
    return this.#closing === undefined;
  }

  async write(call: WriteCall, { signal }: WriteOptions = {}): Promise<readonly number[]> {
    const doing = `write to ${this.name}`;
    this.#mustBeOpen(doing);
    call.forEach(checkWrite);
    return await orAborted(doing, signal, this.#queue.write(call, signal));
  }

  async query(sql: string, values: QueryValues = [], options: QueryOptions = {}): Promise<readonly Row[]> {
    const doing = `query ${this.name}`;
    this.#mustBeOpen(doing);
    const { api } = this.#lease;
    const { signal } = options;
    const query: Query = {
      ...{ sql, values, options, database: this.name },
      onFatal: () => this.#giveUp(),
      commit: (run) => this.#commit(run),
    };
    return await this.#queries.run(async () =>
      await orAborted(doing, signal, this.#readers.use((own) => read(own, api, query), signal)) ??
        await this.#inTurn(doing, signal, () => this.#writers.use((own) => write(own, api, query)))
    );
  }

  close(): Promise<void> {
    return this.#closing ??= Promise.all([this.#queries.drained(), this.#queue.drained()]).then(() =>
      this.#end()
    );
  }

  #mustBeOpen(doing: string): void {
    if (!this.isOpen) throw new UnavailableError(`Cannot ${doing}: it is being closed`);
  }

  /** One that writes at a time; what waits is given up as soon as its signal fires. */
  #inTurn<T>(doing: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return orAborted(doing, signal, this.#queue.add(work, signal));
  }

  async #end(): Promise<void> {
    try {
      this.#session.close();
      this.#readers.close();
      this.#writers.close();
      await this.#lease.release();
    } finally {
      this.#whenClosed(); // or nobody could ever open the file again
    }
  }

  /** Writes whole calls in one transaction. */
  async #writeAll(calls: readonly WriteCall[], signal: AbortSignal | undefined): Promise<Counts> {
    if (this.#gaveUp) throw new UnavailableError(`Cannot write to ${this.name}: DuckDB has given it up`);
    try {
      return await this.#transaction(calls, signal);
    } catch (error) {
      // somebody may have changed a table since it was looked at: look again, once
      if (!this.#session.forget() || !(error instanceof ConfigurationError)) throw error;
      return await this.#transaction(calls, signal);
    }
  }

  async #transaction(calls: readonly WriteCall[], signal: AbortSignal | undefined): Promise<Counts> {
    try {
      const merged = mergeCalls(calls);
      const counts = await this.#statements(merged, signal);
      await this.#commit(() => this.#session.run("COMMIT")); // nothing interrupts it: its outcome would not be known
      return countsOfEach(calls, merged, counts);
    } catch (error) {
      throw await this.#failed(error, signal);
    }
  }

  async #statements(merged: readonly MergedCall[], signal: AbortSignal | undefined): Promise<Counts> {
    using _interrupt = interruptOnAbort(signal, this.#session.connection);
    this.#session.signal = signal;
    try {
      await this.#session.run("BEGIN TRANSACTION");
      const counts = await writeEach(merged, (table) => writeTable(this.#session, table));
      this.#session.doing = undefined;
      signal?.throwIfAborted(); // the last statement may have ended before the interrupt
      return counts;
    } finally {
      this.#session.signal = undefined;
    }
  }

  #commit(run: () => Promise<unknown>): Promise<void> {
    return commit(run, { name: this.name, lease: this.#lease, giveUp: () => this.#giveUp() });
  }

  async #failed(error: unknown, signal: AbortSignal | undefined): Promise<Error> {
    const failure = duckDbFailure(error);
    const { doing, ensuredKey } = this.#session;
    if (!await this.#rollback() || failure?.fatal === true) this.#giveUp();
    if (signal?.aborted && (error === signal.reason || failure?.type === "INTERRUPT")) {
      return abortedError(`write to ${this.name}`, signal);
    }
    const isAboutValues = failure?.kind === "permanent" && failure.type !== "Constraint";
    const culprit = isAboutValues && doing !== undefined
      ? await findCulprit(this.#session, doing)
      : undefined;
    return writeError(error, { database: this.name, schema: doing?.schema, ensuredKey, culprit });
  }

  /** False where the connection is in a state that nobody knows. */
  async #rollback(): Promise<boolean> {
    try {
      await this.#session.run("ROLLBACK");
      return true;
    } catch (error) {
      return /no transaction is active/.test(String(error)); // a commit that failed has ended it already
    }
  }

  /** Closes it, so that the next write opens the file again: an instance that met a fatal error answers nothing else. */
  #giveUp(): void {
    this.#gaveUp = true;
    this.close().catch(() => {});
  }
}
