import { kindOf } from "../core/errors.ts";
import { unlessAborted } from "../core/unless_aborted.ts";
import { CommitUnknown } from "./commit_unknown.ts";
import type { WriteCall } from "./database.ts";
import { type Counts, kindOfCall } from "./merged_calls.ts";

/** Calls and rows that are gathered at most: beyond it a transaction gets no faster, and its failure costs more. */
const MOST_CALLS = 1000;
const MOST_ROWS = 10_000;

/**
 * Writes calls in one transaction, all or none; resolves to what each of them counts. Rejects with a {@link CommitUnknown}
 * where nobody knows whether they were written.
 */
export type WriteTogether = (
  calls: readonly WriteCall[],
  signal: AbortSignal | undefined,
) => Promise<Counts>;

/** A call whose caller waits. */
interface Waiting {
  readonly call: WriteCall;
  /** The kind of a call that may make its tables, until one of its kind has succeeded: it is written alone. */
  readonly makes: string | undefined;
  readonly signal: AbortSignal | undefined;
  resolve(counts: readonly number[]): void;
  reject(error: unknown): void;
}

/**
 * Runs pieces of work one after the other, in the order of their arrival. A database is written by one transaction at a
 * time: two side by side would only conflict, and be tried again.
 *
 * Calls that arrive while a transaction is under way are gathered into the next one. Each caller hears of its own: one
 * whose rows do not fit fails alone, and the others are written all the same.
 */
export class WriteQueue {
  readonly #together: WriteTogether;
  /** Calls whose turn has not come, with nothing behind them. */
  #gathering: { readonly waiting: Set<Waiting>; rows: number } | undefined;
  /** Kinds of calls that were written before. */
  readonly #known = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(together: WriteTogether) {
    this.#together = together;
  }

  /**
   * Writes a call, alone or with others. Where its signal fires before its turn, it never begins, and the promise rejects
   * at once with the signal's reason; where it fires later, nothing of it is written, unless its commit is under way.
   */
  async write(call: WriteCall, signal?: AbortSignal): Promise<readonly number[]> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    const own: Waiting = { call, makes: this.#newKind(call), signal, resolve, reject };
    const { waiting } = this.#room(own);
    waiting.add(own);
    const leave = () => waiting.delete(own) && reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  /**
   * Runs the work when everything before it has ended, well or not. Where the signal fires before its turn, it never
   * begins, and the promise rejects at once with the signal's reason.
   */
  add<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#gathering = undefined; // what comes later is written later
    const before = this.#last;
    const turn = signal === undefined ? before : unlessAborted(signal, before);
    const result = turn.then(work);
    // one that was given up ends before its turn: what comes after it still waits for those before it. Its caller is
    // told how it ended, the next one only waits.
    this.#last = Promise.allSettled([before, result]);
    return result;
  }

  /** Resolves when everything that was added has ended, also what is added meanwhile. */
  async drained(): Promise<void> {
    for (let last; last !== this.#last;) await (last = this.#last);
  }

  /** The calls that this one is written with. */
  #room({ call, makes }: Waiting): { readonly waiting: Set<Waiting> } {
    const rows = call.reduce((sum, { rows }) => sum + rows.length, 0);
    const now = this.#gathering;
    const isAlone = makes !== undefined;
    if (!isAlone && now !== undefined && now.waiting.size < MOST_CALLS && now.rows + rows <= MOST_ROWS) {
      now.rows += rows;
      return now;
    }
    const waiting = new Set<Waiting>();
    const gathering = { waiting, rows };
    this.add(async () => {
      if (this.#gathering === gathering) this.#gathering = undefined;
      const begun = [...waiting];
      waiting.clear(); // their signals end the transaction from now on
      await this.#writeAll(begun);
    });
    if (!isAlone) this.#gathering = gathering;
    return gathering;
  }

  /** Settles each of them. Never rejects. */
  async #writeAll(all: readonly Waiting[]): Promise<void> {
    const [first] = all;
    if (first === undefined) return;
    const signals = all.flatMap(({ signal }) => signal ?? []);
    const signal = signals.length < 2 ? signals[0] : AbortSignal.any(signals);
    try {
      const counts = await this.#together(all.map(({ call }) => call), signal);
      if (first.makes !== undefined) this.#known.add(first.makes);
      all.forEach(({ resolve }, i) => resolve(counts[i] ?? []));
    } catch (error) {
      const isOfAll = all.length === 1 || error instanceof CommitUnknown;
      const aborted = all.filter(({ signal }) => signal?.aborted === true);
      if (!isOfAll && aborted.length > 0) {
        for (const { signal, reject } of aborted) reject(signal?.reason);
        return await this.#writeAll(all.filter((one) => !aborted.includes(one)));
      }
      if (isOfAll || kindOf(error) === "unavailable") return all.forEach(({ reject }) => reject(error));
      // one of them does not fit: nothing was written, so each half is tried by itself, until it is found
      const half = Math.ceil(all.length / 2);
      await this.#writeAll(all.slice(0, half));
      await this.#writeAll(all.slice(half));
    }
  }

  /** The columns of a table that is made come from the rows of one call, whoever else comes at that moment. */
  #newKind(call: WriteCall): string | undefined {
    if (!call.some(({ createTable }) => createTable)) return undefined;
    const kind = kindOfCall(call);
    return this.#known.has(kind) ? undefined : kind;
  }
}
