import { errorText, kindOf } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { SentRecord } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { DeadMessage } from "./dead_letters_letter.ts";
import { decide, type ErrorSettings } from "./error_policy.ts";

/** How the delivery of a dead letter ended. */
export type Delivered =
  /** It is acknowledged: the message may be committed. */
  | { readonly kind: "dead_lettered"; readonly place: string }
  /** A stop or a lost partition ended the waiting: the message comes again. */
  | { readonly kind: "unfinished" }
  /** The job must end, with the message uncommitted. */
  | { readonly kind: "failed"; readonly error: unknown };

/** What a delivery needs. */
export interface DeliveryPorts {
  readonly letters: DeadLetters;
  readonly errors: ErrorSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Fires when nobody waits for the message any more. */
  readonly leave: AbortSignal;
  /** Another attempt follows after a wait. */
  waiting(afterMs: number, error: unknown): void;
}

/**
 * Writes a dead letter, and tries again while it cannot be written, as long as an outage may last: a message whose letter
 * is not written must not be committed. The processor is not asked again. Never rejects.
 */
export async function deliver(dead: DeadMessage, ports: DeliveryPorts): Promise<Delivered> {
  const { letters, errors, clock, log, leave } = ports;
  const since = clock.now();
  for (let ofWorld = 1;; ofWorld++) {
    try {
      return { kind: "dead_lettered", place: placeOf(await letters.write(dead)) };
    } catch (error) {
      if (leave.aborted) return { kind: "unfinished" };
      const outageMs = clock.now() - since;
      const verdict = decide(kindOf(error), { ofRecord: 0, ofWorld, outageMs }, errors);
      if (verdict.kind !== "wait") return { kind: "failed", error };
      const { topic, partition, record: { offset } } = dead;
      log.warning(
        `${topic}[${partition}]@${offset} failed and its dead letter cannot be written, trying again in ` +
          `${Math.round(verdict.afterMs)} ms: ${errorText(error)}`,
        { topic, partition, offset },
      );
      ports.waiting(verdict.afterMs, error);
      await clock.sleep(verdict.afterMs, leave);
      if (leave.aborted) return { kind: "unfinished" };
    }
  }
}

/** `orders.dlq[0]@12`; without the offset where a broker only says that it had the letter already. */
function placeOf({ topic, partition, offset }: SentRecord): string {
  return offset < 0n ? `${topic}[${partition}]` : `${topic}[${partition}]@${offset}`;
}
