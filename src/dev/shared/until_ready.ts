import { UnavailableError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";

/** How long a server may take to answer, in milliseconds. */
export const READY_TIMEOUT_MS = 60_000;

const PAUSE_MS = 20;

/** What is waited for, and what is said if it does not come. */
export interface Waiting {
  readonly host: string;
  readonly port: number;
  /** Resolves, with the reason, where the server cannot become ready any more; left out where nobody would know. */
  readonly died?: Promise<string>;
  /** The last lines of its log, for the error. */
  logTail?(): Promise<string>;
}

/**
 * Resolves when a server (`Kafka`) answers. Rejects with an `UnavailableError` that holds the end of its log where it has
 * ended, or does not answer in time.
 */
export async function untilAnswers(
  what: string,
  clock: Clock,
  waiting: Waiting,
  answers: () => Promise<boolean>,
): Promise<void> {
  const deadline = clock.now() + READY_TIMEOUT_MS;
  let death: string | undefined;
  const stop = new AbortController();
  waiting.died?.then((reason) => {
    death = reason;
    stop.abort();
  });
  while (true) {
    if (death === undefined && await answers()) return;
    if (death !== undefined || clock.now() > deadline) {
      const why = death ?? `it did not answer within ${READY_TIMEOUT_MS / 1000} s`;
      const tail = await waiting.logTail?.() ?? "";
      const log = tail === "" ? "" : `\nthe end of its log:\n${tail}`;
      throw new UnavailableError(`Cannot start ${what} on ${waiting.host}:${waiting.port}: ${why}${log}`);
    }
    await clock.sleep(PAUSE_MS, stop.signal);
  }
}

/** The host at which a server of this machine listens, by the name that its clients use. */
export const listeningHost = (host: string) => host === "localhost" ? "127.0.0.1" : host;
