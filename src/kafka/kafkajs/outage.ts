import { errorText, UnavailableError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import type { Clock } from "../../runtime/clock.ts";
import { isRetriable, translateError } from "./errors.ts";
import type { OutageListener } from "./outages.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;
/** The first failures often mend themselves: a leader moves, a connection is made anew. */
const QUIET_FAILURES = 2;
/** A long outage is told again and again, but seldom; each attempt is a line at DEBUG. */
const TELL_EVERY_MS = 30_000;

/**
 * Patience with brokers: counts how long something has failed without a success in between, waits longer each time, and
 * gives up when the bound has passed.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #boundMs: number;
  readonly #listener: OutageListener | undefined;
  #since: number | undefined;
  #failures = 0;
  #toldAt = -Infinity;

  constructor(ports: { clock: Clock; log: Logger; boundMs: number; listener?: OutageListener }) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#boundMs = ports.boundMs;
    this.#listener = ports.listener;
  }

  /** It works: the next failure is the first again. */
  over(): void {
    if (this.#since !== undefined && this.#failures > QUIET_FAILURES) {
      const seconds = ((this.#clock.now() - this.#since) / 1000).toFixed(1);
      this.#log.info(`The brokers answer again, after ${seconds} s`);
    }
    this.#since = undefined;
    this.#failures = 0;
    this.#toldAt = -Infinity;
    this.#listener?.over();
  }

  /**
   * It failed: logs why, now and again, and waits. Rejects, with one of our errors, where no waiting helps, or where it has failed for
   * longer than the bound.
   */
  async failed(error: unknown, doing: string, signal: AbortSignal): Promise<void> {
    const failure = translateError(error, doing);
    if (!isRetriable(failure)) throw failure;
    const now = this.#clock.now();
    this.#since ??= now;
    const seconds = Math.round((now - this.#since) / 1000);
    if (now - this.#since >= this.#boundMs) {
      throw new UnavailableError(`the brokers have been out of reach for ${seconds} s`, { cause: failure });
    }
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 10));
    const lasts = this.#failures > QUIET_FAILURES;
    const tell = lasts && now - this.#toldAt >= TELL_EVERY_MS;
    if (tell) this.#toldAt = now;
    if (lasts) this.#listener?.lasts(errorText(failure));
    const level = tell ? "warning" : "debug";
    this.#log[level](`${errorText(failure)}; trying again in ${waitMs} ms (for ${seconds} s so far)`);
    await this.#clock.sleep(waitMs, signal);
  }
}
