import { requestCancel } from "./cancel.ts";
import { connectError } from "./connect_error.ts";
import { serverFailure } from "./failure.ts";
import {
  loadPg,
  newClient,
  type Pg,
  type PgClient,
  type PgField,
  type PgResult,
  type PgStream,
} from "./library.ts";
import type { Location } from "./location.ts";
import { sessionSettings } from "./session_settings.ts";
import { type TlsOptions, tlsOptions } from "./tls.ts";

/** How long the server may take to give a cancelled statement up before its connection is dropped, in milliseconds. */
const CANCEL_MS = 2000;
/** How much later than the server's own timeout the statement of a server that says nothing is given up, in milliseconds. */
const GRACE_MS = 5000;

/** How long the server may take to answer a question about nothing, in milliseconds. */
const PING_MS = 3000;

/** How a statement is run. */
export interface RunOptions {
  /** Cancels the statement on the server; the connection is of no use afterwards. */
  readonly signal?: AbortSignal | undefined;
  /** Turns a text of the server's into a value, by the type's object id. Default: it stays a text. */
  readonly parser?: (type: number) => (text: string) => unknown;
  /** More rows than that are cut off: see {@link Answer.isCut}. */
  readonly maxRows?: number | undefined;
  /** By the protocol that takes exactly one statement. */
  readonly single?: boolean;
}

/** What a statement gave. */
export interface Answer {
  readonly rows: readonly (readonly unknown[])[];
  readonly fields: readonly PgField[];
  /** Rows that it changed, or gave. */
  readonly count: number;
  /** Whether there were more rows than asked for. */
  readonly isCut: boolean;
}

/** A session with the server, for one statement at a time. */
export class Connection {
  readonly #pg: Pg;
  readonly #client: PgClient;
  readonly #location: Location;
  readonly #tls: TlsOptions;
  #isUsable = true;

  private constructor(pg: Pg, client: PgClient, location: Location, tls: TlsOptions) {
    this.#pg = pg;
    this.#client = client;
    this.#location = location;
    this.#tls = tls;
    client.on("error", () => this.#isUsable = false); // whoever waits for a statement is told by that statement
    client.on("end", () => this.#isUsable = false);
  }

  /** Connects and logs in. Rejects as {@link connectError} says; also when the signal fires. */
  static async open(location: Location, signal?: AbortSignal): Promise<Connection> {
    const [pg, tls] = await Promise.all([loadPg(), tlsOptions(location)]);
    signal?.throwIfAborted();
    const client = newClient(pg, location, tls);
    const connection = new Connection(pg, client, location, tls);
    const giveUp = () => connection.destroy();
    signal?.addEventListener("abort", giveUp, { once: true });
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      giveUp();
    }, location.connectTimeoutS * 1000);
    try {
      await client.connect();
      await connection.run(sessionSettings(location));
      return connection;
    } catch (error) {
      connection.destroy();
      signal?.throwIfAborted();
      throw connectError(isLate ? new Error("timeout expired") : error, location);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** False once the connection was lost, or a statement on it was cancelled. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** The socket as it is now: TLS puts another one in its place. */
  get #stream(): PgStream {
    return this.#client.connection.stream;
  }

  /** An idle connection does not keep the process from ending. */
  setIdle(isIdle: boolean): void {
    if (isIdle) this.#stream.unref?.();
    else this.#stream.ref?.();
  }

  /** Runs a statement. Rejects with the error of the server or the socket. */
  async run(text: string, values: readonly unknown[] = [], options: RunOptions = {}): Promise<Answer> {
    const { signal, maxRows, parser = () => (text: string) => text } = options;
    signal?.throwIfAborted();
    const mode = options.single === true ? { queryMode: "extended" } : {};
    const types = { getTypeParser: parser };
    const query = new this.#pg.Query({ text, values, rowMode: "array", types, ...mode });
    const rows: (readonly unknown[])[] = [];
    let isCut = false;
    const done = Promise.withResolvers<PgResult | undefined>();
    query.on("row", (row: readonly unknown[]) => {
      if (maxRows === undefined || rows.length < maxRows) rows.push(row);
      else if (!isCut) {
        isCut = true;
        this.#cancel(done.promise);
      }
    });
    query.on("end", (result: PgResult | readonly PgResult[]) => done.resolve([result].flat().at(-1)));
    query.on("error", (error: unknown) => isCut ? done.resolve(undefined) : done.reject(error));
    const abort = () => {
      this.#cancel(done.promise).then((settled) => settled || done.reject(signal?.reason));
    };
    signal?.addEventListener("abort", abort, { once: true });
    const late = this.#guard(() => done.reject(new Error("the server does not answer")));
    try {
      this.#client.query(query);
      const result = await done.promise;
      return { rows, fields: result?.fields ?? [], count: result?.rowCount ?? 0, isCut };
    } catch (error) {
      if (serverFailure(error)?.fatal !== false) this.#isUsable = false;
      throw error;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Whether the server still answers, within a moment: a connection that idled may have been forgotten on the way. */
  async answers(): Promise<boolean> {
    const late = setTimeout(() => this.destroy(), PING_MS);
    try {
      await this.run("SELECT");
      return this.#isUsable;
    } catch {
      return false;
    } finally {
      clearTimeout(late);
    }
  }

  /** Gives a statement up that the server has neither answered nor given up itself. */
  #guard(tell: () => void): ReturnType<typeof setTimeout> | undefined {
    const seconds = this.#location.statementTimeoutS;
    if (seconds === 0) return undefined;
    return setTimeout(() => {
      tell();
      this.destroy();
    }, seconds * 1000 + GRACE_MS);
  }

  /** Asks the server to give the statement up; drops the connection where it does not. Whether the statement has ended. */
  async #cancel(ended: Promise<unknown>): Promise<boolean> {
    this.#isUsable = false; // a cancel that comes late would hit the next statement
    const request = requestCancel(this.#pg, this.#client, this.#location, this.#tls);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), CANCEL_MS));
    const settled = await Promise.race([ended.then(() => true, () => true), late]);
    clearTimeout(timer);
    request.destroy();
    if (!settled) this.destroy();
    return settled;
  }

  /** Says goodbye, and drops the connection where that takes longer than a moment. */
  async close(): Promise<void> {
    if (!this.#isUsable) return this.destroy();
    this.#isUsable = false;
    this.setIdle(false);
    const late = setTimeout(() => this.destroy(), 500);
    await this.#client.end().catch(() => {});
    clearTimeout(late);
    this.destroy();
  }

  /** Drops the connection at once. */
  destroy(): void {
    this.#isUsable = false;
    this.#stream.destroy();
  }
}
