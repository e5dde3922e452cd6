import { UnavailableError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ports } from "../../runtime/ports.ts";
import { DATABASE, USER } from "./versions.ts";

/** How long a server may take to answer, in milliseconds. */
export const READY_TIMEOUT_MS = 60_000;

/** How long a server may take to end in order before it is ended by force, in milliseconds. */
export const STOP_TIMEOUT_MS = 20_000;

const encoder = new TextEncoder();

/** PostgreSQL's StartupMessage, protocol 3.0: its length, the version, user and database. */
export function startupMessage(user = USER, database = DATABASE): Uint8Array {
  const words = encoder.encode(`user\0${user}\0database\0${database}\0\0`);
  const message = new Uint8Array(8 + words.length);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length);
  view.setInt32(4, 3 << 16);
  message.set(words, 8);
  return message;
}

/** `ready`: it lets people log in, or refuses them for a reason of its own. `starting`: 57P03. */
export type Answer = "ready" | "starting" | "none";

/** How a server answers at an address, within two seconds. */
export async function answerOf(ports: Ports, host: string, port: number): Promise<Answer> {
  try {
    const answer = await ports.ask(host, port, startupMessage(), 2000);
    const text = new TextDecoder("latin1").decode(answer);
    if (text.startsWith("R")) return "ready"; // AuthenticationRequest
    if (!text.startsWith("E")) return "none"; // not PostgreSQL
    return text.includes("C57P03\0") ? "starting" : "ready"; // ErrorResponse
  } catch {
    return "none";
  }
}

/** What is waited for, and what is said if it does not come. */
export interface Waiting {
  readonly host: string;
  readonly port: number;
  /** Resolves, with the reason, where the server cannot become ready any more. */
  readonly died: Promise<string>;
  /** The last lines of its log, for the error. */
  logTail(): Promise<string>;
}

/** Resolves when the server answers. Rejects with an `UnavailableError` that holds the end of its log. */
export async function untilReady(ports: Ports, clock: Clock, waiting: Waiting): Promise<void> {
  const deadline = clock.now() + READY_TIMEOUT_MS;
  let death: string | undefined;
  const stop = new AbortController();
  waiting.died.then((reason) => {
    death = reason;
    stop.abort();
  });
  while (true) {
    if (death === undefined && await answerOf(ports, waiting.host, waiting.port) === "ready") return;
    if (death !== undefined || clock.now() > deadline) {
      const why = death ?? `it did not answer within ${READY_TIMEOUT_MS / 1000} s`;
      const tail = await waiting.logTail();
      const log = tail === "" ? "" : `\nthe end of its log:\n${tail}`;
      throw new UnavailableError(`Cannot start PostgreSQL on ${waiting.host}:${waiting.port}: ${why}${log}`);
    }
    await clock.sleep(20, stop.signal);
  }
}
