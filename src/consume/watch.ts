import type { ConsumerVitals, OwnStep, StepUnderWay } from "../core/vitals.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../core/logger.ts";
import type { Link } from "./link.ts";
import { LongWork } from "./long_work.ts";
import { ownSteps } from "./own_steps.ts";
import type { Reading } from "./reading.ts";
import type { ConsumeSettings } from "./settings.ts";
import { StateTeller } from "./state_lines.ts";
import { LOOK_MS, Watchdog } from "./watchdog.ts";

/** What a watch needs. */
export interface WatchPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: ConsumeSettings;
  readonly vitals: ConsumerVitals;
  readonly reading: Reading;
  /** The session with the group, as it is now. */
  link(): Link;
  /** Whether a stop was requested: it has deadlines of its own. */
  isStopping(): boolean;
  /** Gives the session up and begins a new one. */
  makeAnew(step: OwnStep): void;
  /** The job must end. */
  fail(error: unknown): void;
}

/** Looks every few seconds at the consumer: at its own steps, at states that last, at messages that are long in work. */
export class Watch implements Disposable {
  readonly #ports: WatchPorts;
  readonly #watchdog: Watchdog;
  readonly #states: StateTeller;
  readonly #longWork: LongWork;
  #timer: Disposable | undefined;

  constructor(ports: WatchPorts) {
    const { settings: { options, bounds, drainTimeoutMs }, vitals, reading } = ports;
    this.#ports = ports;
    this.#watchdog = new Watchdog({
      ...ports,
      bounds,
      doing: `consume ${options.topics.join(", ")} by group "${options.groupId}"`,
      steps: () => ownSteps(ports.link(), reading),
    });
    const facts = () => ({ vitals, movedAt: reading.movedAt, drainTimeoutMs });
    this.#states = new StateTeller({ ...ports, facts });
    this.#longWork = new LongWork(ports);
  }

  /** The consumer's own steps that are under way. */
  get steps(): readonly StepUnderWay[] {
    return this.#watchdog.steps;
  }

  /** Begins to look, until it is disposed. */
  begin(): void {
    this.#timer = this.#ports.clock.timer(LOOK_MS, () => {
      this.#look();
      this.begin();
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #look(): void {
    this.#states.look();
    this.#longWork.look(this.#ports.reading.dispatcher.inFlight);
    if (!this.#ports.isStopping()) this.#watchdog.look();
  }
}
