import { unlessAborted } from "../core/unless_aborted.ts";
import type { CliContext } from "./context.ts";

/** How work on letters is paced. */
export interface Pace {
  /** Letters that are worked on together. */
  readonly size: number;
  /** Letters a second at most; undefined is as fast as it goes. */
  readonly rate?: number;
}

/** How it ended. */
export interface Worked {
  readonly count: number;
  /** Ctrl+C or SIGTERM came before the last: the batch under way was finished. */
  readonly stopped: boolean;
}

/** A batch lasts a fifth of a second at most where the rate is bounded, so that a stop is heard soon. */
const BATCHES_A_SECOND = 5;

/** Works on items batch by batch. A signal to stop ends it after the batch under way; a second Ctrl+C ends the process. */
export async function inBatches<T>(
  { stopSignals, clock }: Pick<CliContext, "stopSignals" | "clock">,
  items: AsyncIterable<T>,
  { size, rate }: Pace,
  work: (batch: readonly T[]) => Promise<void>,
): Promise<Worked> {
  const stop = new AbortController();
  const leave = stopSignals.join({ requestStop: () => stop.abort() });
  const most = rate === undefined ? size : Math.max(1, Math.min(size, Math.floor(rate / BATCHES_A_SECOND)));
  const began = clock.now();
  let count = 0;
  let batch: T[] = [];
  /** False where a stop came first. */
  const flush = async () => {
    if (batch.length === 0) return true;
    const due = rate === undefined ? 0 : began + count / rate * 1000;
    if (due > clock.now()) await clock.sleep(due - clock.now(), stop.signal);
    if (stop.signal.aborted) return false;
    await work(batch);
    count += batch.length;
    batch = [];
    return true;
  };
  const reading = items[Symbol.asyncIterator]();
  try {
    while (true) {
      if (stop.signal.aborted) return { count, stopped: true };
      const next = await unlessStopped(reading.next(), stop.signal); // looking for the next may take long
      if (next === undefined) return { count, stopped: true };
      if (next.done) break;
      batch.push(next.value);
      if (batch.length >= most && !await flush()) return { count, stopped: true };
    }
    const all = await flush();
    return { count, stopped: !all };
  } finally {
    leave();
  }
}

/** Undefined where the stop comes first. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await unlessAborted(signal, work);
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  }
}
