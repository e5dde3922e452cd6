import { JobLocal } from "../core/job_scope.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { type Process, thisProcess } from "../runtime/process.ts";
import { processSignals, type SignalSource } from "../runtime/signals.ts";

/** Exit code of a process that a second Ctrl+C ends: 128 and the number of SIGINT, as in a shell. */
export const INTERRUPTED = 130;

/**
 * One Ctrl+C arrives twice where `deno task` hands on what the terminal has sent to the job as well: within a
 * millisecond. Nobody presses twice as fast as this, in milliseconds.
 */
export const ECHO_MS = 200;

/** What is asked to stop when a signal arrives. */
export interface Stoppable {
  requestStop(reason: string): void;
}

/**
 * The signals that stop a process, shared by everything in it that can stop: one set of listeners of the operating
 * system, present while there is a member. The first SIGTERM or SIGINT asks all members to stop, and whoever joins later
 * as well, until the last has left: a consumer that begins after the signal stops at once. A second SIGINT ends the
 * process; a second SIGTERM changes nothing, because Kubernetes may repeat it while a consumer drains.
 */
export class StopSignals {
  readonly #source: SignalSource;
  readonly #process: Pick<Process, "exit">;
  readonly #clock: Pick<Clock, "now">;
  readonly #members = new Set<Stoppable>();
  #listeners: readonly Disposable[] = [];
  #interruptedAt: number | undefined;
  #received: string | undefined;
  #kept = false;

  constructor(source: SignalSource, process: Pick<Process, "exit">, clock: Pick<Clock, "now"> = systemClock) {
    this.#source = source;
    this.#process = process;
    this.#clock = clock;
  }

  /** How many members there are. */
  get size(): number {
    return this.#members.size;
  }

  /** The signal that asked to stop, since the first member joined. */
  get received(): string | undefined {
    return this.#received;
  }

  /** Adds a member; call what is returned when it needs no signals any more. */
  join(member: Stoppable): () => void {
    if (this.#members.size === 0) this.#begin();
    this.#members.add(member);
    if (this.#received !== undefined) member.requestStop(this.#received);
    return () => this.#leave(member);
  }

  /** Asks all present members to stop: the job fails, and nothing of it should go on. Later ones are not concerned. */
  stopAll(reason: string): void {
    for (const member of [...this.#members]) member.requestStop(reason);
  }

  /** Listens until the process ends: a signal that finds no listener while it ends would end it as if it had failed. */
  keep(): void {
    this.#kept = true;
    if (this.#members.size === 0) this.#begin();
  }

  #begin(): void {
    this.#interruptedAt = undefined;
    this.#received = undefined;
    if (this.#listeners.length > 0) return;
    this.#listeners = [
      this.#source.onSignal("SIGTERM", () => this.#stop("SIGTERM")),
      this.#source.onSignal("SIGINT", () => this.#interrupt()),
    ];
  }

  #interrupt(): void {
    const now = this.#clock.now();
    if (this.#interruptedAt === undefined) {
      this.#interruptedAt = now;
      this.#stop("SIGINT");
    } else if (now - this.#interruptedAt >= ECHO_MS) this.#process.exit(INTERRUPTED);
  }

  #stop(signal: string): void {
    this.#received ??= signal;
    this.stopAll(signal);
  }

  #leave(member: Stoppable): void {
    if (!this.#members.delete(member) || this.#members.size > 0 || this.#kept) return;
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    this.#listeners = [];
  }
}

/** The stop signals of this process. */
export const processStopSignals: StopSignals = new StopSignals(processSignals, thisProcess);

/** The stop signals of a job: those of its process, or those that a test sends. */
export const jobStopSignals: JobLocal<StopSignals> = new JobLocal(() => processStopSignals);
