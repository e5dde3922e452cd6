import type { Logger } from "../core/logger.ts";
import type { Clock } from "../runtime/clock.ts";
import { watchStalls } from "./stall_monitor.ts";
import type { Stats } from "./stats.ts";
import type { Work } from "./work.ts";

/** Between two looks at what moves and what is long in work, in milliseconds. */
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

/** The consumer's lines in the log: summaries, messages that are long in work, a held event loop. Nothing per message. */
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
    const { clock, log } = this.#ports;
    this.last();
    for (const work of this.#ports.inFlight()) {
      const ageMs = clock.now() - work.startedAt;
      if (ageMs >= MINUTE_MS) {
        log.warning(`${describeWork(work)} is in work for ${Math.round(ageMs / 1000)} s`);
      }
    }
    this.#minute = clock.timer(MINUTE_MS, () => this.#eachMinute());
  }

  #summary(): void {
    const { stats, clock, log } = this.#ports;
    log.info(stats.summary(clock.now(), this.#ports.lag()));
  }
}

/** `orders[0]@12 (in database_insert)`: the message, and the mods that run for it or what else it is in. */
export function describeWork(work: Work): string {
  const { stage, running } = work.vitals;
  const where = stage === "processor" ? running.join(", ") : `its ${stage}`;
  return where === "" ? work.place : `${work.place} (in ${where})`;
}
