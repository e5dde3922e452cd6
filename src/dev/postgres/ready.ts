import type { Clock } from "../../runtime/clock.ts";
import type { Ports } from "../../runtime/ports.ts";
import { untilAnswers, type Waiting } from "../shared/until_ready.ts";
import { DATABASE, USER } from "./versions.ts";

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

/** Resolves when the server answers. Rejects with an `UnavailableError` that holds the end of its log. */
export const untilReady = (ports: Ports, clock: Clock, waiting: Waiting): Promise<void> =>
  untilAnswers(
    "PostgreSQL",
    clock,
    waiting,
    async () => await answerOf(ports, waiting.host, waiting.port) === "ready",
  );
