import type { Clock } from "../../runtime/clock.ts";
import type { Ports } from "../../runtime/ports.ts";
import { untilAnswers, type Waiting } from "../shared/until_ready.ts";

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

/** Resolves when the broker answers. Rejects with an `UnavailableError` that holds the end of its log. */
export const untilReady = (ports: Ports, clock: Clock, waiting: Waiting): Promise<void> =>
  untilAnswers("Kafka", clock, waiting, () => answersKafka(ports, waiting.host, waiting.port));
