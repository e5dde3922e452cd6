import { inJobScope, type JobScope } from "../core/job_scope.ts";
import { closeResources } from "../core/resources.ts";
import { runningMods } from "../job/run_mod.ts";
import { runToExitCode } from "../job/run_to_exit_code.ts";
import { loggerFor } from "../logging/logging.ts";
import { systemClock, within } from "../runtime/clock.ts";
import { Activity } from "./activity.ts";
import { type Busy, conduct } from "./conductor.ts";
import { Deliveries } from "./deliveries.ts";
import type { LogLine } from "./job_run.ts";
import { type MemoryConnection, memoryDriverOf } from "./memory_connection.ts";
import type { TestMessage } from "./messages.ts";
import { ObservedDriver } from "./observed_driver.ts";
import type { Moment, RunOptions } from "./options.ts";
import { Recorder } from "./recorder.ts";
import { scopeOf } from "./scope.ts";
import { noEvents, TestSignals } from "./signals.ts";
import { StandIns } from "./stand_ins.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Exit code of a process that SIGKILL has ended, as a shell tells it. */
const KILLED = 137;
/** How long what the job has open may take to close when it was killed, in milliseconds. */
const CLOSE_MS = 2_000;

/** A job in a test: everything that it would find in its process, in a scope of its own. */
export class TestJob {
  readonly clock = new VirtualClock();
  readonly signals = new TestSignals(this.clock);
  readonly activity = new Activity();
  readonly log: LogLine[] = [];
  readonly recorder: Recorder;
  readonly standIns: StandIns;
  readonly driver: ObservedDriver;
  readonly deliveries: Deliveries;
  readonly #options: RunOptions;
  readonly #scope: JobScope;
  readonly #killed = Promise.withResolvers<number>();
  #conducting = Promise.resolve();
  #dead = false;
  #askedToStop = false;
  #reached = false;

  constructor(
    kafka: MemoryConnection,
    messages: Readonly<Record<string, readonly TestMessage[]>>,
    options: RunOptions,
  ) {
    const memory = memoryDriverOf(kafka);
    const happened = () => this.activity.note();
    const isDead = () => this.#dead;
    this.#options = options;
    this.deliveries = new Deliveries(memory.broker, messages);
    this.recorder = new Recorder(
      happened,
      (count) => this.#atMoment((moment) => "after" in moment && moment.after === count),
    );
    this.standIns = new StandIns(options, {
      happened,
      isDead,
      called: (mod, call, when) => {
        if (mod === "kafka_consumer" && when === "before") {
          this.deliveries.makeDeadLetterTopic(this.standIns.runs.at(-1)?.params);
        }
        this.#atMoment((moment) => {
          if (!("at" in moment)) return false;
          const { at } = moment;
          return at.mod === mod && at.call === call && (at.when ?? "before") === when;
        });
      },
    });
    // not before the other members of the group have been given their partitions
    const listening = (topic: string) => queueMicrotask(() => this.deliveries.deliver(topic));
    this.driver = new ObservedDriver(memory, { happened, isDead, listening });
    this.#scope = scopeOf(this, options);
  }

  /** Whether it was killed, or is over: nothing of it counts any more. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** Whether a stop or a crash that the test asked for came about. */
  get reachedMoment(): boolean {
    return this.#reached;
  }

  /** Runs `main` to its exit code. Call {@link TestJob.end} afterwards, however it ends. */
  async run(main: () => unknown): Promise<number> {
    return await inJobScope(this.#scope, async () => {
      this.#conducting = conduct({
        activity: this.activity,
        clock: this.clock,
        busy: () => this.#busy(),
        hasDeadline: () => this.#askedToStop || this.#hasTimeLimit(),
        caughtUp: () =>
          this.#askedToStop || !this.driver.caughtUp
            ? "no"
            : this.deliveries.waiting.length > 0
            ? "early"
            : "yes",
        stop: () => this.stop(),
      });
      const code = runToExitCode(main, {
        log: loggerFor(),
        clock: this.clock,
        events: noEvents,
        signals: this.signals.stopSignals,
        running: runningMods.get(),
      });
      using _outside = this.#stoppedFromOutside();
      return await Promise.race([code, this.#killed.promise]);
    });
  }

  /** Asks the job to stop, as SIGTERM does. */
  stop(): void {
    this.#askedToStop = true;
    inJobScope(this.#scope, () => this.signals.send("SIGTERM"));
    this.activity.note();
  }

  /** Ends it: nothing that it began goes on, and what it has open is closed. */
  async end(): Promise<void> {
    this.#dead = true;
    this.recorder.close();
    this.activity.end();
    this.clock.stop();
    await this.#conducting;
    await inJobScope(this.#scope, async () => {
      await within(systemClock, CLOSE_MS, this.standIns.settled());
      await this.driver.drop();
      await closeResources(CLOSE_MS);
    });
  }

  /** What the job waits for, in words. */
  get waitsFor(): string {
    const { attempts } = this.recorder;
    if (attempts.length > 0) return `the processor of ${attempts.join(", ")}`;
    const working = this.standIns.working();
    if (working.length > 0) return `the end of ${working.join(", ")}`;
    if (this.standIns.consumers === 0) return "main, which waits for something that is no mod";
    return this.#askedToStop ? "a consumer that was asked to stop" : "a consumer that has not caught up";
  }

  #stoppedFromOutside(): Disposable {
    const { stop: signal } = this.#options;
    if (!(signal instanceof AbortSignal)) return { [Symbol.dispose]() {} };
    const stop = () => {
      this.#reached = true;
      this.stop();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", stop) };
  }

  #busy(): Busy {
    const { standIns, recorder } = this;
    if (standIns.working(true).length > 0) return "mod";
    const codeRuns = recorder.attempts.length > 0 || standIns.working().length > 0;
    return codeRuns || standIns.consumers === 0 ? "code" : undefined;
  }

  #hasTimeLimit(): boolean {
    const consumers = this.standIns.runs.filter(({ mod }) => mod === "kafka_consumer");
    return consumers.some(({ params }) =>
      (params as { max_processing_s?: number }).max_processing_s !== undefined
    );
  }

  /** Stops or kills the job if the test asked for it at this moment. */
  #atMoment(isNow: (moment: Moment) => boolean): void {
    const { stop, crash } = this.#options;
    if (crash !== undefined && isNow(crash)) {
      this.#reached = this.#dead = true;
      this.#killed.resolve(KILLED);
    } else if (stop !== undefined && !(stop instanceof AbortSignal) && isNow(stop)) {
      this.#reached = true;
      this.stop();
    }
  }
}
