import type { Logger } from "../core/logger.ts";
import type { Clock } from "../runtime/clock.ts";
import { inSeconds, whereOf } from "./describe_work.ts";
import type { Work } from "./work.ts";

/** When a message is long in work, in milliseconds. */
export const LONG_MS = 60_000;
/** The longest time between two lines about the same message, in milliseconds. */
const LONGEST_MS = 3_600_000;

/**
 * Warns of messages that are long in the job's code, in a back-off or in their dead letter: after a minute, and then each
 * time that the age has doubled, at least hourly. One that waits for its commit is the watchdog's.
 */
export class LongWork {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #nextAgeMs = new WeakMap<Work, number>();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Looks at what is in work; to be called every few seconds. */
  look(works: readonly Work[]): void {
    for (const work of works) {
      const ageMs = this.#clock.now() - work.startedAt;
      const { vitals } = work;
      const { stage, topic, partition, offset } = vitals;
      if (stage === "commit" || ageMs < (this.#nextAgeMs.get(work) ?? LONG_MS)) continue;
      this.#nextAgeMs.set(work, ageMs + Math.min(ageMs, LONGEST_MS));
      this.#log.warning(`${work.place} is in work for ${inSeconds(ageMs)}, now in ${whereOf(vitals)}`, {
        topic,
        partition,
        offset,
      });
    }
  }
}
