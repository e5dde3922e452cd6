import type {
  ConsumerState,
  ConsumerVitals,
  PartitionVitals,
  StepUnderWay,
  WorkUnderWay,
} from "../core/vitals.ts";
import type { SessionStep } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Assignments } from "./assignments.ts";
import type { Work } from "./work.ts";

/** What the vitals of a consumer are read from. */
export interface VitalsPorts {
  readonly group: string;
  readonly topics: readonly string[];
  readonly clock: Clock;
  assignments(): Assignments;
  /** What is in work. */
  inFlight(): readonly Work[];
  /** Where the consumer is in its life; `running` is before any stop. */
  phase(): "running" | "draining" | "closed";
  /** What its session waits for. */
  underWay(): readonly SessionStep[];
  /** The steps as the watchdog knows them. */
  steps(): readonly StepUnderWay[];
  /** Why the brokers count as out of reach now. */
  outage(): string | undefined;
}

/** How a consumer is, read when somebody asks. */
export class LiveVitals implements ConsumerVitals {
  readonly group: string;
  readonly topics: readonly string[];
  readonly #ports: VitalsPorts;
  #state: ConsumerState = "connecting";
  #since: number;

  constructor(ports: VitalsPorts) {
    this.#ports = ports;
    this.group = ports.group;
    this.topics = ports.topics;
    this.#since = ports.clock.now();
  }

  get state(): ConsumerState {
    const state = this.#stateNow();
    if (state !== this.#state) this.#since = this.#ports.clock.now();
    return this.#state = state;
  }

  /** As exact as somebody looks: the watchdog does every few seconds. */
  get stateSince(): number {
    void this.state;
    return this.#since;
  }

  get steps(): readonly StepUnderWay[] {
    return this.#ports.steps();
  }

  get work(): readonly WorkUnderWay[] {
    return this.#ports.inFlight().map(({ vitals }) => vitals);
  }

  get partitions(): readonly PartitionVitals[] {
    return this.#ports.assignments().vitals;
  }

  get outage(): string | undefined {
    return this.#ports.outage() ?? this.#ports.inFlight().find(({ outage }) => outage !== undefined)?.outage;
  }

  #stateNow(): ConsumerState {
    const { assignments, phase, underWay } = this.#ports;
    const now = phase();
    if (now !== "running") return now;
    if (assignments().count > 0) return "consuming";
    const steps = underWay();
    if (steps.some(({ step }) => step === "connect")) return "connecting";
    return steps.some(({ step }) => step === "join") ? "joining" : "waiting";
  }
}
