import { errorText, UnavailableError } from "../core/errors.ts";
import { jobConsumers, type OwnStep, type StepUnderWay } from "../core/vitals.ts";
import { LiveVitals } from "./consumer_vitals.ts";
import { drain } from "./drain.ts";
import { CLOSE_MS, Link } from "./link.ts";
import { Observers } from "./observer.ts";
import { Reading } from "./reading.ts";
import { describeWork } from "./describe_work.ts";
import { Reporter } from "./reporter.ts";
import type { ConsumePorts, ConsumeSettings } from "./settings.ts";
import { type ConsumerStats, Stats } from "./stats.ts";
import { Watch } from "./watch.ts";

/**
 * The endless loop: takes records from the driver, hands them to the processor, commits what is done, and drains when a
 * stop is requested. The only part of the consumer with wiring; what it decides with is pure and beside it.
 */
export class PollLoop {
  readonly #settings: ConsumeSettings;
  readonly #ports: ConsumePorts;
  readonly #observers: Observers;
  readonly #stats: Stats;
  readonly #vitals: LiveVitals;
  readonly #reading: Reading;
  readonly #watch: Watch;
  readonly #ended = Promise.withResolvers<void>();
  #link: Link;
  /** Settles when the session that was given up is closed. */
  #givingUp: Promise<void> | undefined;
  #closingSince: number | undefined;
  #reporter: Reporter | undefined;
  #phase: "running" | "draining" | "closed" = "running";
  #failure: { readonly error: unknown } | undefined;

  constructor(settings: ConsumeSettings, ports: ConsumePorts) {
    const { clock } = ports;
    this.#settings = settings;
    this.#ports = ports;
    this.#observers = ports.observers ?? new Observers();
    this.#stats = new Stats(settings.summaryInterval, clock.now(), ports.deadLetters !== undefined);
    this.#vitals = new LiveVitals({
      group: settings.options.groupId,
      topics: settings.options.topics,
      clock,
      assignments: () => this.#reading.assignments,
      inFlight: () => this.#reading.dispatcher.inFlight,
      phase: () => this.#phase,
      underWay: () => this.#link.underWay(),
      steps: () => [...this.#watch.steps, ...this.#closingStep()],
      outage: () => this.#link.outage,
    });
    this.#reading = new Reading({
      ...ports,
      settings,
      stats: this.#stats,
      observers: this.#observers,
      consumer: this.#vitals,
      link: () => this.#link,
      isStopping: () => this.#stopping,
      counted: () => this.#reporter?.counted(),
      fail: (error) => this.#fail(error),
    });
    this.#link = this.#newLink();
    this.#watch = new Watch({
      ...ports,
      settings,
      vitals: this.#vitals,
      reading: this.#reading,
      link: () => this.#link,
      isStopping: () => this.#stopping,
      makeAnew: (step) => this.#makeAnew(step),
      fail: (error) => this.#fail(error),
    });
  }

  /** Runs until a stop is requested; rejects with what ended it otherwise. */
  async run(): Promise<ConsumerStats> {
    const { control } = this.#ports;
    const consumers = jobConsumers.get().add(this.#vitals);
    const onStop = () => this.#stop();
    control.signal.addEventListener("abort", onStop, { once: true });
    if (control.signal.aborted) onStop();
    using reporter = new Reporter({
      ...this.#ports,
      stats: this.#stats,
      sessionTimeoutMs: this.#settings.options.sessionTimeoutMs,
      lag: () => this.#reading.assignments.lag,
      inFlight: () => this.#reading.dispatcher.inFlight,
    });
    this.#reporter = reporter;
    using watch = this.#watch;
    watch.begin();
    if (!this.#stopping) this.#open().catch((error) => this.#fail(error));
    await this.#ended.promise;
    control.signal.removeEventListener("abort", onStop);
    await this.#drain();
    reporter.last(); // while the partitions, and so their lag, are still known
    await Promise.all([this.#givingUp, this.#closing(this.#link.close())]);
    this.#phase = "closed";
    consumers.delete(this.#vitals);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#ports.log.info("Stopped: what was finished is committed");
    return this.#stats.counts;
  }

  get #stopping(): boolean {
    return this.#phase !== "running";
  }

  async #open(): Promise<void> {
    await this.#link.open();
    this.#reading.dispatcher.pump();
  }

  /** Own steps are stuck: whatever the session says from now on finishes into nothing, and a new one begins. */
  #makeAnew(step: OwnStep): void {
    const old = this.#link;
    this.#link = this.#newLink();
    const cut = old.cut();
    this.#reading.lose(this.#reading.assignments.all, "made_anew");
    this.#observers.madeAnew(this.#vitals, step);
    this.#givingUp = this.#closing(cut);
    this.#givingUp.then(async () => {
      if (!this.#stopping) await this.#open();
    }).catch((error) => this.#fail(error));
  }

  #closingStep(): readonly StepUnderWay[] {
    const since = this.#closingSince;
    const waitsFor = "the session to leave the group and its connections";
    return since === undefined ? [] : [{ step: "close", waitsFor, since, boundMs: CLOSE_MS }];
  }

  async #closing(closing: Promise<boolean>): Promise<void> {
    this.#closingSince = this.#ports.clock.now();
    const inTime = await closing;
    this.#closingSince = undefined;
    if (inTime) return;
    const { options: { groupId, sessionTimeoutMs } } = this.#settings;
    this.#ports.log.warning(
      `Cannot close the session of group "${groupId}" within ${
        CLOSE_MS / 1000
      } s, leaving it: the group may notice ` +
        `only by its session timeout of ${sessionTimeoutMs / 1000} s`,
    );
  }

  #newLink(): Link {
    return new Link({
      ...this.#ports,
      settings: this.#settings,
      events: this.#reading.events(),
      newest: () => this.#reading.assignments.commits,
      accepted: (offsets, ms) => {
        this.#reading.assignments.committed(offsets);
        this.#stats.commit();
        this.#observers.committed(this.#vitals, offsets, ms);
      },
      attemptFailed: (error, ms) => this.#observers.commitFailed(this.#vitals, error, ms),
      failed: (error) => this.#fail(error),
    });
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#ports.control.requestStop(`a consumer failed: ${errorText(error)}`);
    this.#stop();
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#phase = "draining";
    this.#ports.control.markShutdownInitiated();
    this.#reading.dispatcher.close();
    this.#ended.resolve();
  }

  async #drain(): Promise<void> {
    const { drainTimeoutMs } = this.#settings;
    this.#reporter?.draining();
    const result = await drain({
      clock: this.#ports.clock,
      timeoutMs: drainTimeoutMs,
      idle: () => this.#reading.dispatcher.settled(),
      abort: () =>
        this.#reading.dispatcher.inFlight.forEach((work) => work.abort("the drain timeout has passed")),
      lastCommit: () => this.#link.flush(),
    });
    this.#link.endCommits();
    if (result.kind === "drained") return;
    const left = this.#reading.dispatcher.inFlight.map(describeWork).join(", ") || "the last commit";
    this.#fail(new UnavailableError(`Cannot drain within ${drainTimeoutMs / 1000} s: ${left} had not ended`));
  }
}
