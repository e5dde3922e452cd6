import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { Database, WriteCall } from "../database.ts";
import { WriteQueue } from "../write_queue.ts";
import { findCulprit } from "./diagnose.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { acquire, type Lease } from "./instances.ts";
import type { Location } from "./location.ts";
import { DuckDbSession } from "./session.ts";
import { writeTable } from "./table_writer.ts";
import { writeError } from "./write_error.ts";

/** A database in a file or in memory, written through one connection. */
export class DuckDbDatabase implements Database {
  readonly name: string;
  readonly #lease: Lease;
  readonly #session: DuckDbSession;
  readonly #queue = new WriteQueue();
  readonly #whenClosed: () => void;
  #closing: Promise<void> | undefined;
  #gaveUp = false;

  private constructor(name: string, lease: Lease, session: DuckDbSession, whenClosed: () => void) {
    this.name = name;
    this.#lease = lease;
    this.#session = session;
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

  async write(call: WriteCall): Promise<readonly number[]> {
    if (!this.isOpen) throw new UnavailableError(`Cannot write to ${this.name}: it is being closed`);
    await this.#queue.add(() => this.#writeAll([call]));
    return call.map(({ rows }) => rows.length);
  }

  query(): Promise<readonly Row[]> {
    return Promise.reject(new UnavailableError(`Cannot query ${this.name} yet`));
  }

  close(): Promise<void> {
    return this.#closing ??= this.#queue.drained().then(() => this.#end());
  }

  async #end(): Promise<void> {
    try {
      this.#session.close();
      await this.#lease.release();
    } finally {
      this.#whenClosed(); // or nobody could ever open the file again
    }
  }

  /** Writes whole calls in one transaction. One call each for now; gathered writes would hand in several. */
  async #writeAll(calls: readonly WriteCall[]): Promise<void> {
    if (this.#gaveUp) throw new UnavailableError(`Cannot write to ${this.name}: DuckDB has given it up`);
    try {
      await this.#transaction(calls);
    } catch (error) {
      // somebody may have changed a table since it was looked at: look again, once
      if (!this.#session.forget() || !(error instanceof ConfigurationError)) throw error;
      await this.#transaction(calls);
    }
  }

  async #transaction(calls: readonly WriteCall[]): Promise<void> {
    try {
      await this.#session.run("BEGIN TRANSACTION");
      for (const call of calls) {
        for (const write of call) await writeTable(this.#session, write);
      }
      this.#session.doing = undefined;
      await this.#session.run("COMMIT");
    } catch (error) {
      throw await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<Error> {
    const failure = duckDbFailure(error);
    const { doing, ensuredKey } = this.#session;
    if (!await this.#rollback() || failure?.fatal === true) this.#giveUp();
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
