import type { Clock } from "../../runtime/clock.ts";
import type { ConsumerEvents } from "../driver.ts";

/** Is told of one outage: that it lasts, at each of its failures, and that something has succeeded. */
export interface OutageListener {
  lasts(why: string): void;
  over(): void;
}

/** The outages of one session, of its joins, heartbeats and fetches: told as one, from the first to the end of the last. */
export class Outages {
  readonly #open = new Map<string, string>();
  readonly #clock: Clock;
  readonly #events: Pick<ConsumerEvents, "outageBegan" | "outageOver">;
  #since: number | undefined;

  constructor(clock: Clock, events: Pick<ConsumerEvents, "outageBegan" | "outageOver">) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Why the brokers count as out of reach now. */
  get why(): string | undefined {
    for (const why of this.#open.values()) return why;
    return undefined;
  }

  /** Who is to be told of one of them. */
  of(name: string): OutageListener {
    return {
      lasts: (why) => {
        this.#open.set(name, why);
        if (this.#since !== undefined) return;
        this.#since = this.#clock.now();
        this.#events.outageBegan?.(why);
      },
      over: () => {
        this.#open.delete(name);
        if (this.#since === undefined || this.#open.size > 0) return;
        const ms = this.#clock.now() - this.#since;
        this.#since = undefined;
        this.#events.outageOver?.(ms);
      },
    };
  }

  /** What failed is not tried any more, since the generation is over: it counts as over with the next success. */
  forget(): void {
    this.#open.clear();
  }
}
