import { ConfigurationError, errorText, kindOf, UnavailableError } from "../../../core/errors.ts";
import type { Logger } from "../../../core/logger.ts";
import { outsideMessages } from "../../../core/message_scope.ts";
import { type Resource, trackResource } from "../../../core/resources.ts";
import type { Clock } from "../../../runtime/clock.ts";
import type { LookupSource } from "./source.ts";
import { buildTable, type LookupTable, type TableShape } from "./table.ts";

/** How long a table that was read is good for. */
export interface KeepPolicy {
  readonly maxRows: number;
  /** Milliseconds between the end of one reading and the next; never again where undefined. */
  readonly refreshMs: number | undefined;
  /** Age in milliseconds beyond which the table does not serve; it always serves where undefined. */
  readonly maxStaleMs: number | undefined;
}

interface Loaded {
  readonly table: LookupTable;
  /** When its reading began: what it holds is at least as new. */
  readonly at: number;
}

/**
 * A table that is read when it is first asked for, and stays until the job ends. Those who ask while it is being read
 * wait for the one reading. It may be refreshed in the background, while the old one serves; that belongs to no message,
 * and does not keep the process alive.
 */
export class KeptTable implements Resource {
  readonly #source: LookupSource;
  readonly #shape: TableShape;
  readonly #policy: KeepPolicy;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #whenClosed: () => void;
  readonly #ended = new AbortController();
  #forget: () => void;
  #loaded: Loaded | undefined;
  #reading: Promise<Loaded> | undefined;
  #timer: Disposable | undefined;
  #failure: unknown;

  constructor(
    source: LookupSource,
    shape: TableShape,
    policy: KeepPolicy,
    ports: { readonly clock: Clock; readonly log: Logger; readonly whenClosed: () => void },
  ) {
    this.#source = source;
    this.#shape = shape;
    this.#policy = policy;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#whenClosed = ports.whenClosed;
    this.#forget = trackResource(this);
  }

  /** What it is, for an error. */
  get name(): string {
    return `the lookup in ${this.#source.name}`;
  }

  /**
   * The table as it was read last; the first time, when it has been read. Rejects with an `UnavailableError` where it is
   * too old or the job has ended, and as the source does the first time.
   */
  async current(): Promise<LookupTable> {
    if (this.#ended.signal.aborted) {
      throw new UnavailableError(`Cannot look up in ${this.#source.name}: the job is being closed`);
    }
    const { table, at } = this.#loaded ?? await this.#first();
    const age = this.#clock.now() - at;
    const { maxStaleMs } = this.#policy;
    if (maxStaleMs === undefined || age <= maxStaleMs) return table;
    const why = this.#failure === undefined
      ? "and a reading is under way since"
      : `as reading it again failed: ${errorText(this.#failure)}`;
    throw new UnavailableError(
      `Cannot look up in ${this.#source.name}: it was read ${seconds(age)} ago, more than max_stale_s ` +
        `(${seconds(maxStaleMs)}), ${why}`,
    );
  }

  /** Ends what is being read, and forgets the table. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#timer?.[Symbol.dispose]();
    this.#forget();
    this.#whenClosed();
    await this.#reading?.catch(() => {});
    this.#loaded = undefined;
  }

  async #first(): Promise<Loaded> {
    const loaded = await this.#read();
    this.#forget();
    if (!this.#ended.signal.aborted) {
      this.#forget = trackResource(this); // anew: it must be closed before the database that was opened meanwhile
    }
    return loaded;
  }

  /** Reads it once for all who ask; whoever asks after a failure reads again. */
  #read(): Promise<Loaded> {
    return this.#reading ??= outsideMessages(() => this.#load()).finally(() => this.#reading = undefined);
  }

  async #load(): Promise<Loaded> {
    const { signal } = this.#ended;
    const at = this.#clock.now();
    const table = await this.#build(signal);
    signal.throwIfAborted();
    this.#report(table, this.#clock.now() - at);
    this.#loaded = { table, at };
    this.#refreshLater();
    return this.#loaded;
  }

  async #build(signal: AbortSignal): Promise<LookupTable> {
    try {
      const rows = await this.#source.read({}, { signal, maxRows: this.#policy.maxRows });
      return await buildTable(rows, this.#shape, this.#source.name);
    } catch (error) {
      const kind = kindOf(error);
      if (kind === "unavailable" || kind === "configuration") throw error;
      // its values are settings: no message is at fault, and none may be skipped for it
      throw new ConfigurationError(`Cannot read ${this.name}: ${errorText(error)}`, { cause: error });
    }
  }

  #refreshLater(): void {
    const { refreshMs } = this.#policy;
    if (refreshMs === undefined || this.#ended.signal.aborted) return;
    this.#timer = this.#clock.timer(refreshMs, () => void this.#refresh(), { keepsAlive: false });
  }

  async #refresh(): Promise<void> {
    try {
      await this.#read();
      if (this.#failure !== undefined) this.#log.info(`The lookup in ${this.#source.name} is fresh again`);
      this.#failure = undefined;
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#failure = error;
      const age = this.#clock.now() - (this.#loaded?.at ?? 0);
      this.#log.warning(
        `Cannot refresh the lookup in ${this.#source.name}, what was read ${seconds(age)} ago serves on: ${
          errorText(error)
        }`,
      );
      this.#refreshLater();
    }
  }

  #report({ rows, bytes, repeatedKeys }: LookupTable, ms: number): void {
    const before = this.#loaded?.table;
    const what = `the lookup in ${this.#source.name}: ${rows} rows, about ${mebibytes(bytes)}, in ${
      seconds(ms)
    }`;
    const fields = { rows, bytes, repeated_keys: repeatedKeys };
    if (rows === 0 && before?.rows !== 0) {
      const had = before === undefined ? "" : `; before it had ${before.rows}`;
      this.#log.warning(`The lookup in ${this.#source.name} has no rows${had}`, fields);
    } else if (before === undefined) this.#log.info(`Read ${what}`, fields);
    else this.#log.debug(`Refreshed ${what}`, fields);
  }
}

function seconds(ms: number): string {
  return `${ms < 10_000 ? Number((ms / 1000).toFixed(2)) : Math.round(ms / 1000)} s`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
