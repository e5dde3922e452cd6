import { UnavailableError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ports } from "../../runtime/ports.ts";

/** How long a broker may take to answer, in milliseconds. */
export const READY_TIMEOUT_MS = 60_000;

/** How long a broker may take to end in order before it is killed, in milliseconds. */
export const STOP_TIMEOUT_MS = 20_000;

/**
 * ApiVersions, version 0: four bytes of length, then the API's key 18, version 0, a correlation id and no client id. Every
 * broker answers it, before any login, and only once it serves requests.
 */
const API_VERSIONS = new Uint8Array([0, 0, 0, 10, 0, 18, 0, 0, 0x64, 0x70, 0x79, 0x21, 0xff, 0xff]);

/** Whether a Kafka broker answers at an address, within a second. */
export async function answersKafka(ports: Ports, host: string, port: number): Promise<boolean> {
  try {
    const answer = await ports.ask(host, port, API_VERSIONS, 1000);
    return answer.length >= 8 && answer.subarray(4, 8).every((byte, i) => byte === API_VERSIONS[8 + i]);
  } catch {
    return false;
  }
}

/** What is waited for, and what is said if it does not come. */
export interface Waiting {
  readonly host: string;
  readonly port: number;
  /** Resolves, with the reason, where the broker cannot become ready any more. */
  readonly died: Promise<string>;
  /** The last lines of its log, for the error. */
  logTail(): Promise<string>;
}

/** Resolves when the broker answers. Rejects with an `UnavailableError` that holds the end of its log. */
export async function untilReady(ports: Ports, clock: Clock, waiting: Waiting): Promise<void> {
  const deadline = clock.now() + READY_TIMEOUT_MS;
  let death: string | undefined;
  const stop = new AbortController();
  waiting.died.then((reason) => {
    death = reason;
    stop.abort();
  });
  while (true) {
    if (await answersKafka(ports, waiting.host, waiting.port)) return;
    if (death !== undefined || clock.now() > deadline) {
      const why = death ?? `it did not answer within ${READY_TIMEOUT_MS / 1000} s`;
      const tail = await waiting.logTail();
      const log = tail === "" ? "" : `\nthe end of its log:\n${tail}`;
      throw new UnavailableError(`Cannot start Kafka on ${waiting.host}:${waiting.port}: ${why}${log}`);
    }
    await clock.sleep(30, stop.signal);
  }
}
