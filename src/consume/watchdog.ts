import { UnavailableError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { OwnStep, StepUnderWay } from "../core/vitals.ts";
import type { Clock } from "../runtime/clock.ts";
import type { StepBounds } from "./bounds.ts";
import { inSeconds } from "./describe_work.ts";

/** How often it looks, in milliseconds. */
export const LOOK_MS = 5_000;

/** A consumer that is stuck again within this time of being made anew is not made anew a second time, in milliseconds. */
const AGAIN_MS = 3_600_000;

/** A step as it is now; one that does not move keeps its `moves`. */
export interface WatchedStep {
  readonly id: string;
  readonly step: OwnStep;
  readonly waitsFor: string;
  readonly moves: number;
}

/** What a watchdog needs. */
export interface WatchdogPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bounds: StepBounds;
  /** What the consumer does, for its last words: `consume orders by group "g"`. */
  readonly doing: string;
  /** The steps that are under way now. */
  steps(): readonly WatchedStep[];
  /** Gives the session up and begins a new one. */
  makeAnew(step: OwnStep): void;
  /** The job must end. */
  fail(error: unknown): void;
}

interface Seen {
  readonly moves: number;
  readonly waitsFor: string;
  since: number;
  warned: boolean;
}

/**
 * Judges the consumer's own steps, never a message in its processor. One that has not moved for its bound is named in a
 * warning; for another bound, and the consumer is made anew; stuck once more within an hour of that, and the job ends.
 * Time in which nothing could run (a held event loop, a stopped process) does not count.
 */
export class Watchdog {
  readonly #ports: WatchdogPorts;
  #seen = new Map<string, Seen>();
  #lookedAt: number;
  #madeAnewAt: number | undefined;

  constructor(ports: WatchdogPorts) {
    this.#ports = ports;
    this.#lookedAt = ports.clock.now();
  }

  /** The steps that are under way. */
  get steps(): readonly StepUnderWay[] {
    const { bounds, clock } = this.#ports;
    return this.#ports.steps().map(({ id, step, waitsFor, moves }) => {
      const seen = this.#seen.get(id);
      const since = seen?.moves === moves ? seen.since : clock.now();
      return { step, waitsFor, since, boundMs: bounds[step] };
    });
  }

  /** Looks at all steps; to be called every {@link LOOK_MS}. */
  look(): void {
    const now = this.#ports.clock.now();
    const held = now - this.#lookedAt - LOOK_MS;
    this.#lookedAt = now;
    const steps = this.#ports.steps();
    this.#note(steps, now, held > LOOK_MS ? held : 0);
    for (const step of steps) {
      const seen = this.#seen.get(step.id);
      if (seen !== undefined && this.#isOver(step, seen, now)) return;
    }
  }

  /** Takes note of what has moved. */
  #note(steps: readonly WatchedStep[], now: number, heldMs: number): void {
    const before = this.#seen;
    this.#seen = new Map();
    for (const { id, waitsFor, moves } of steps) {
      const seen = before.get(id);
      if (seen?.moves !== moves) {
        this.#seen.set(id, { moves, waitsFor, since: now, warned: false });
        continue;
      }
      seen.since += heldMs;
      this.#seen.set(id, seen);
      before.delete(id);
    }
    for (const { warned, waitsFor, since } of before.values()) {
      if (warned) this.#ports.log.info(`It goes on, after ${inSeconds(now - since)}: ${waitsFor}`);
    }
  }

  /** Acts where a step is past its bound; whether this was the end of the session, so that no other step counts. */
  #isOver({ step, waitsFor }: WatchedStep, seen: Seen, now: number): boolean {
    const { bounds, log, doing, makeAnew, fail } = this.#ports;
    const bound = bounds[step];
    const ms = now - seen.since;
    if (ms < bound) return false;
    const what = `${step} has waited for ${inSeconds(ms)}, for ${waitsFor}`;
    if (this.#madeAnewAt !== undefined && now - this.#madeAnewAt < AGAIN_MS + bound) {
      const why = `${what}, although the consumer was made anew ${inSeconds(now - this.#madeAnewAt)} ago`;
      fail(new UnavailableError(`Cannot ${doing}: ${why} (look at the brokers and the network between)`));
      return true;
    }
    if (ms >= 2 * bound) {
      log.warning(`${what}: making the consumer anew, what is not committed comes again`);
      this.#madeAnewAt = now;
      this.#seen.clear();
      makeAnew(step);
      return true;
    }
    if (!seen.warned) {
      log.warning(`${what}: no answer and no failure; in ${inSeconds(bound)} more the consumer is made anew`);
    }
    seen.warned = true;
    return false;
  }
}
