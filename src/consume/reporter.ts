import type { Logger } from "../core/logger.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeWork } from "./describe_work.ts";
import { watchStalls } from "./stall_monitor.ts";
import type { Stats } from "./stats.ts";
import type { Work } from "./work.ts";

/** Between two looks at what moves, in milliseconds. */
const MINUTE_MS = 60_000;

/** What a reporter needs. */
export interface ReporterPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: Stats;
  readonly sessionTimeoutMs: number;
  /** Records that wait. */
  lag(): bigint;
  /** What is in work. */
  inFlight(): readonly Work[];
}

/** The consumer's lines in the log while it works: summaries, what a stop waits for, a held event loop. Nothing per message. */
export class Reporter implements Disposable {
  readonly #ports: ReporterPorts;
  readonly #stalls: Disposable;
  #minute: Disposable;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
    this.#minute = ports.clock.timer(MINUTE_MS, () => this.#eachMinute());
    this.#stalls = watchStalls({ ...ports, current: () => ports.inFlight().map(describeWork) });
  }

  /** A message was counted: a summary every `log_summary_interval`. */
  counted(): void {
    if (this.#ports.stats.dueByCount) this.#summary();
  }

  /** The last summary, if anything moved since the one before. */
  last(): void {
    if (this.#ports.stats.moved) this.#summary();
  }

  /** A stop was requested: what it waits for, if anything. */
  draining(): void {
    const waitingFor = this.#ports.inFlight();
    if (waitingFor.length === 0) return;
    this.#ports.log.info(`Stopping: waiting for ${waitingFor.map(describeWork).join(", ")}`);
  }

  [Symbol.dispose](): void {
    this.#minute[Symbol.dispose]();
    this.#stalls[Symbol.dispose]();
  }

  #eachMinute(): void {
    this.last();
    this.#minute = this.#ports.clock.timer(MINUTE_MS, () => this.#eachMinute());
  }

  #summary(): void {
    const { stats, clock, log } = this.#ports;
    log.info(stats.summary(clock.now(), this.#ports.lag()));
  }
}
