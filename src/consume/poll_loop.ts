import { errorText, UnavailableError } from "../core/errors.ts";
import type {
  Assignment,
  ConsumerEvents,
  ConsumerSession,
  FetchedRecords,
  LostReason,
} from "../kafka/driver.ts";
import { within } from "../runtime/clock.ts";
import { Assignments } from "./assignments.ts";
import { commitDue, PER_MESSAGE } from "./commit_rule.ts";
import { Committer } from "./committer.ts";
import { Dispatcher } from "./dispatcher.ts";
import { drain } from "./drain.ts";
import { type Ending, isFinal } from "./ending.ts";
import type { PartitionState } from "./partition_state.ts";
import { describeWork, Reporter } from "./reporter.ts";
import type { ConsumePorts, ConsumeSettings } from "./settings.ts";
import { type ConsumerStats, Stats } from "./stats.ts";
import type { Work } from "./work.ts";

/** How long a revoked partition's message may take to settle before its low mark is committed, in milliseconds. */
const REVOKE_SETTLE_MS = 1_000;

/**
 * The endless loop: takes records from the driver, hands them to the processor, commits what is done, and drains when a
 * stop is requested. The only part of the consumer with wiring; what it decides with is pure and beside it.
 */
export class PollLoop {
  readonly #settings: ConsumeSettings;
  readonly #ports: ConsumePorts;
  readonly #stats: Stats;
  readonly #assignments: Assignments;
  readonly #dispatcher: Dispatcher;
  readonly #ended = Promise.withResolvers<void>();
  #session: ConsumerSession | undefined;
  #committer: Committer | undefined;
  #reporter: Reporter | undefined;
  #stopping = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(settings: ConsumeSettings, ports: ConsumePorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#stats = new Stats(settings.summaryInterval, ports.clock.now(), ports.deadLetters !== undefined);
    this.#assignments = new Assignments(ports.log);
    this.#dispatcher = new Dispatcher({
      maxConcurrency: settings.maxConcurrency,
      handedOut: ({ partition, record }) => (partition.handedOut(record), this.#flow(partition)),
      ended: (work, ending) => this.#messageEnded(work, ending),
      work: {
        ...ports,
        processor: settings.processor,
        valueFormat: settings.valueFormat,
        errors: settings.errors,
        maxProcessingMs: settings.maxProcessingMs,
        stuckAfterMs: settings.drainTimeoutMs,
        stats: this.#stats,
        onStuck: (work) =>
          this.#fail(new UnavailableError(`${work.place} did not settle after max_processing_s`)),
      },
    });
  }

  /** Runs until a stop is requested; rejects with what ended it otherwise. */
  async run(): Promise<ConsumerStats> {
    const { control } = this.#ports;
    const onStop = () => this.#stop();
    control.signal.addEventListener("abort", onStop, { once: true });
    if (control.signal.aborted) onStop();
    using reporter = new Reporter({
      ...this.#ports,
      stats: this.#stats,
      sessionTimeoutMs: this.#settings.options.sessionTimeoutMs,
      lag: () => this.#assignments.lag,
      inFlight: () => this.#dispatcher.inFlight,
    });
    this.#reporter = reporter;
    if (!this.#stopping) this.#open().catch((error) => this.#fail(error));
    await this.#ended.promise;
    control.signal.removeEventListener("abort", onStop);
    await this.#drain();
    reporter.last(); // while the partitions, and so their lag, are still known
    await this.#session?.close();
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#ports.log.info("Stopped: what was finished is committed");
    return this.#stats.counts;
  }

  async #open(): Promise<void> {
    const { connection, options, errors } = this.#settings;
    const session = await connection.driver.consume(connection.config, options, this.#events());
    if (this.#stopping) return await session.close(); // stopped while it connected
    this.#session = session;
    this.#committer = new Committer({
      ...this.#ports,
      session,
      recoveryTimeoutMs: errors.recoveryTimeoutMs,
      newest: () => this.#assignments.commits,
      accepted: (offsets) => (this.#assignments.committed(offsets), this.#stats.commit()),
      failed: (error) => this.#fail(error),
    });
    this.#dispatcher.pump();
  }

  #events(): ConsumerEvents {
    return {
      assigned: (partitions) => this.#assignments.add(partitions),
      records: (fetched) => this.#received(fetched),
      revoking: (partitions) => this.#revoking(partitions),
      lost: (partitions, reason) => this.#lost(partitions, reason),
      crashed: (error) => this.#fail(error),
    };
  }

  #received(fetched: FetchedRecords): void {
    const partition = this.#assignments.of(fetched);
    if (partition === undefined || partition.revoked || this.#stopping) return;
    partition.fetched(fetched);
    for (const record of fetched.records) this.#dispatcher.add({ partition, record });
    this.#flow(partition);
    if (this.#committer === undefined) return; // it was faster than the session: #open hands out
    this.#dispatcher.pump();
    this.#commitIfDue(); // gaps move the position although nothing is processed
  }

  async #messageEnded(work: Work, ending: Ending): Promise<void> {
    const { partition, record } = work.task;
    if (ending.kind === "failed") {
      this.#fail(new Error(`Cannot process ${work.place}`, { cause: ending.error }));
    }
    if (partition.lost) return; // the fence: late work finishes into nothing
    if (!isFinal(ending)) return;
    partition.finish(record.offset);
    this.#stats.processed();
    this.#reporter?.counted();
    await this.#commitIfDue();
  }

  #commitIfDue(): Promise<void> | undefined {
    const committer = this.#committer;
    if (committer === undefined) return undefined;
    const state = { pending: this.#assignments.pending, lastAt: committer.lastAt };
    return commitDue(PER_MESSAGE, state, this.#ports.clock.now()) ? committer.flush() : undefined;
  }

  #flow(partition: PartitionState): void {
    const session = this.#session;
    if (session === undefined || partition.lost) return;
    const change = partition.flow(this.#assignments.count);
    if (change !== undefined) session[change](partition.assignment);
  }

  async #revoking(assignments: readonly Assignment[]): Promise<void> {
    const works = this.#dispatcher.revoke(this.#assignments.revoke(assignments));
    for (const work of works) work.leave();
    await within(this.#ports.clock, REVOKE_SETTLE_MS, this.#dispatcher.settled(works));
    await this.#committer?.flush();
  }

  #lost(assignments: readonly Assignment[], reason: LostReason): void {
    const states = this.#assignments.remove(assignments, reason);
    if (reason === "out_of_range") return; // the log has lost it, but what was read is here: it is worked off
    const works = this.#dispatcher.revoke(states);
    for (const work of works) work.abort(`${work.place} was lost to a rebalance`);
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#ports.control.requestStop(`a consumer failed: ${errorText(error)}`);
    this.#stop();
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#ports.control.markShutdownInitiated();
    this.#dispatcher.close();
    this.#ended.resolve();
  }

  async #drain(): Promise<void> {
    const { drainTimeoutMs } = this.#settings;
    this.#reporter?.draining();
    const result = await drain({
      clock: this.#ports.clock,
      timeoutMs: drainTimeoutMs,
      idle: () => this.#dispatcher.settled(),
      abort: () => this.#dispatcher.inFlight.forEach((work) => work.abort("the drain timeout has passed")),
      lastCommit: async () => await this.#committer?.flush(),
    });
    this.#committer?.close();
    if (result.kind === "drained") return;
    const left = this.#dispatcher.inFlight.map(describeWork).join(", ") || "the last commit";
    this.#fail(new UnavailableError(`Cannot drain within ${drainTimeoutMs / 1000} s: ${left} had not ended`));
  }
}
