import { errorText, UnavailableError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { OutgoingRecord, SentRecord } from "../driver.ts";

/** One record of a send, until it is written. */
export interface Entry {
  readonly record: OutgoingRecord;
  /** Its bytes in a batch, before compression. */
  readonly bytes: number;
  readonly delivery: Delivery;
  /** Its place among the records of the send. */
  readonly index: number;
}

/** One call of `send`: settles when all its records are written, one is refused, or its time is over. */
export class Delivery {
  readonly #results: SentRecord[] = [];
  readonly #settled = Promise.withResolvers<readonly SentRecord[]>();
  readonly #timer: Disposable;
  #open: number;
  #isSettled = false;
  #isSent = false;
  #problem: Error | undefined;

  constructor(readonly topic: string, count: number, timeoutMs: number, clock: Clock) {
    this.#open = count;
    this.#timer = clock.timer(timeoutMs, () => this.fail(this.#late(timeoutMs)));
    this.#settled.promise.catch(() => {}); // the caller of send hears of it
  }

  /** What `send` answers. */
  get outcome(): Promise<readonly SentRecord[]> {
    return this.#settled.promise;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Some of its records are on their way: from now on a failure leaves open whether they were written. */
  sent(): void {
    this.#isSent = true;
  }

  /** Why it has not succeeded yet: told if it never does. */
  delayed(problem: Error): void {
    this.#problem = problem;
  }

  /** The record at this place was written. */
  written(index: number, sent: SentRecord): void {
    this.#results[index] = sent;
    if (--this.#open > 0 || this.#isSettled) return;
    this.#settle();
    this.#settled.resolve(this.#results);
  }

  /** The send has failed; records of it that wait are dropped. */
  fail(error: Error): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#settled.reject(error);
  }

  /** The producer closes: there is no more time. */
  abandon(): void {
    this.fail(this.#unacknowledged("before the producer was closed"));
  }

  #settle(): void {
    this.#isSettled = true;
    this.#timer[Symbol.dispose]();
  }

  #late(timeoutMs: number): Error {
    return this.#unacknowledged(`within ${timeoutMs / 1000} s`);
  }

  #unacknowledged(when: string): Error {
    const because = this.#problem === undefined
      ? " (the broker has not answered yet)"
      : ` (${errorText(this.#problem)})`;
    const outcome = this.#isSent
      ? "the brokers did not acknowledge all records, so the outcome is unknown"
      : "nothing was sent";
    return new UnavailableError(
      `Cannot send to topic "${this.topic}" ${when}: ${outcome}${because}`,
      this.#problem === undefined ? undefined : { cause: this.#problem },
    );
  }
}
