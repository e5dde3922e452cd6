import { unlessAborted } from "../../core/unless_aborted.ts";
import type { DuckDBConnection } from "../../deps/duckdb.ts";

/** Queries that run side by side at most: each occupies a thread while it runs. */
const MOST = 4;

/** Connections for queries, apart from the one that rows are written through: neither waits for the other. */
export class ConnectionPool {
  readonly #connect: () => Promise<DuckDBConnection>;
  readonly #idle: DuckDBConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(connect: () => Promise<DuckDBConnection>) {
    this.#connect = connect;
  }

  /**
   * Runs work on a connection that nobody else uses meanwhile. One whose work failed is not used again. Rejects with the
   * signal's reason where it fires before there is a connection.
   */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    while (this.#used >= MOST) await this.#free(signal);
    this.#used++;
    try {
      const connection = this.#idle.pop() ?? await this.#connect();
      let whole = false;
      try {
        const result = await work(connection);
        whole = true;
        return result;
      } finally {
        if (whole) this.#idle.push(connection);
        else connection.closeSync();
      }
    } finally {
      this.#used--;
      this.#waiting.shift()?.();
    }
  }

  async #free(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (signal === undefined) return await promise;
    try {
      await unlessAborted(signal, promise);
    } catch (error) {
      const place = this.#waiting.indexOf(resolve);
      if (place >= 0) this.#waiting.splice(place, 1);
      else this.#waiting.shift()?.(); // its turn had come: the next one's, then
      throw error;
    }
  }

  /** Closes the connections. Call it when no work runs any more. */
  close(): void {
    for (const connection of this.#idle.splice(0)) connection.closeSync();
  }
}
