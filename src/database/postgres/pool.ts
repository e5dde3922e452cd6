import { UnavailableError } from "../../core/errors.ts";
import { outsideMessages } from "../../core/message_scope.ts";
import { Connection } from "./connection.ts";
import type { Location } from "./location.ts";

/** A connection that idled longer is asked first whether it still answers; the next call needs no round trip for it. */
const TRUSTED_MS = 1000;

interface Idle {
  readonly connection: Connection;
  readonly since: number;
}

/** Connections to one server: opened when they are needed, at most so many, kept for the next one who asks. */
export class Pool {
  readonly #location: Location;
  readonly #idle: Idle[] = [];
  readonly #waiting = new Set<() => void>();
  #open = 0;
  #isClosed = false;

  constructor(location: Location) {
    this.#location = location;
  }

  /**
   * Lends a connection for a piece of work. Rejects as {@link Connection.open} does, with the work's own error, and with the
   * signal's reason where it fires before there is a connection.
   */
  async use<T>(work: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connection = await this.#take(signal);
    try {
      return await work(connection);
    } finally {
      this.#giveBack(connection);
    }
  }

  /** Closes what is idle, and what is in use when it is given back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting) wake();
    const closing = this.#idle.splice(0).map(({ connection }) => connection.close());
    this.#open -= closing.length;
    await Promise.all(closing);
  }

  async #take(signal: AbortSignal | undefined): Promise<Connection> {
    while (true) {
      signal?.throwIfAborted();
      if (this.#isClosed) throw new UnavailableError(`Cannot use ${this.#location.name}: it is being closed`);
      const idle = this.#idle.pop();
      if (idle !== undefined) {
        const { connection, since } = idle;
        connection.setIdle(false);
        const isFresh = performance.now() - since < TRUSTED_MS;
        if (connection.isUsable && (isFresh || await connection.answers())) return connection;
        this.#open--;
        connection.destroy();
      } else if (this.#open < this.#location.poolSize) {
        return await this.#connect(signal);
      } else {
        await this.#turn(signal);
      }
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<Connection> {
    this.#open++;
    try {
      return await outsideMessages(() => Connection.open(this.#location, signal)); // it outlives the message
    } catch (error) {
      this.#open--;
      this.#wakeOne();
      throw error;
    }
  }

  /** Resolves when a connection may have become free, or the signal has fired. First come, first served. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const wake = () => resolve();
    signal?.addEventListener("abort", wake, { once: true });
    await promise;
    this.#waiting.delete(resolve);
    signal?.removeEventListener("abort", wake);
    if (signal?.aborted) this.#wakeOne(); // it may have been this one's turn
  }

  #giveBack(connection: Connection): void {
    if (connection.isUsable && !this.#isClosed) {
      connection.setIdle(true);
      this.#idle.push({ connection, since: performance.now() });
    } else {
      this.#open--;
      connection.close().catch(() => {});
    }
    this.#wakeOne();
  }

  #wakeOne(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waiting.delete(first);
    first();
  }
}
