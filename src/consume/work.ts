import { kindOf } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { MessageScope } from "../core/message_scope.ts";
import type { StopControl } from "../core/stop_control.ts";
import type { RawRecord } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import type { DeadLetters } from "./dead_letters.ts";
import { deliver } from "./dead_letters_delivery.ts";
import type { DeadMessage } from "./dead_letters_letter.ts";
import type { Ending } from "./ending.ts";
import { decide, type ErrorSettings } from "./error_policy.ts";
import { decodeMessage, type Message, type ValueFormat } from "./message.ts";
import type { WorkObserver } from "./observer.ts";
import type { PartitionState } from "./partition_state.ts";
import { attempt, type MessageProcessor, type Outcome } from "./processor.ts";
import type { Stats } from "./stats.ts";
import { tellFailure } from "./tell_failure.ts";
import { timeLimit } from "./time_limit.ts";

type Failed = Extract<Outcome, { ok: false }>;

/** One record on its way through the processor. */
export interface Task {
  readonly partition: PartitionState;
  readonly record: RawRecord;
}

/** What the work on messages needs. */
export interface WorkPorts {
  readonly processor: MessageProcessor;
  readonly valueFormat: ValueFormat;
  readonly errors: ErrorSettings;
  /** Milliseconds after which the message's signal fires; undefined is never. */
  readonly maxProcessingMs: number | undefined;
  /** Milliseconds after that signal at which {@link WorkPorts.onStuck} is called. */
  readonly stuckAfterMs: number;
  /** The message did not settle although its time is up: the job must end. */
  onStuck(work: Work): void;
  readonly control: StopControl;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: Stats;
  readonly deadLetters?: DeadLetters | undefined;
  readonly observer?: WorkObserver | undefined;
}

/** One message in work: from the first attempt to its ending, with all waits in between. */
export class Work {
  readonly task: Task;
  /** When it was handed out, by the clock. */
  readonly startedAt: number;
  readonly #ports: WorkPorts;
  #abort = new AbortController();
  #abortReason: string | undefined;
  readonly #leave = new AbortController();
  #scope = new MessageScope();
  #stage: DeadMessage["stage"] = "process";
  #isDeadLetter = false;

  constructor(task: Task, ports: WorkPorts) {
    this.task = task;
    this.#ports = ports;
    this.startedAt = ports.clock.now();
  }

  /** `orders[0]@12`: topic, partition and offset. */
  get place(): string {
    const { topic, partition } = this.task.partition.assignment;
    return `${topic}[${partition}]@${this.task.record.offset}`;
  }

  /** The mods that run for it now, or its dead letter. */
  get running(): readonly string[] {
    return this.#isDeadLetter ? ["its dead letter"] : this.#scope.running;
  }

  /** Ends a back-off, and lets no further attempt begin. An attempt that runs goes on. */
  leave(): void {
    this.#leave.abort();
  }

  /** Fires the processor's signal: its result does not count any more, or its time is up. */
  abort(reason: string): void {
    this.leave();
    this.#abortReason = reason;
    if (!this.#abort.signal.aborted) this.#abort.abort(new DOMException(reason, "AbortError"));
  }

  /** Tries until the message is done or must be left. Never rejects. */
  async run(): Promise<Ending> {
    const ending = await this.#run();
    this.#ports.observer?.ended(this, ending);
    return ending;
  }

  async #run(): Promise<Ending> {
    const { clock, stats, observer, errors, deadLetters } = this.#ports;
    let [ofRecord, ofWorld, outageSince] = [0, 0, 0];
    for (let attempts = 1;; attempts++) {
      observer?.attempting(this);
      const outcome = await this.#attempt();
      observer?.attempted(this, outcome);
      if (outcome.ok) return { kind: "done" };
      // an error after a stop or a loss may only be its echo: the message comes again
      if (this.#leave.signal.aborted) return { kind: "unfinished" };
      if (outcome.kind === "unavailable") {
        outageSince = ofWorld++ === 0 ? clock.now() : outageSince;
      } else {
        ofWorld = 0;
        ofRecord++;
      }
      const outageMs = ofWorld === 0 ? 0 : clock.now() - outageSince;
      const settings = { ...errors, deadLetters: deadLetters !== undefined };
      const verdict = decide(outcome.kind, { ofRecord, ofWorld, outageMs }, settings);
      if (verdict.kind === "dead_letter" && deadLetters !== undefined) {
        return await this.#bury(deadLetters, outcome, attempts);
      }
      if (verdict.kind === "skip") {
        stats.error();
        this.#tell("error", `Cannot process ${this.place}, skipping it: `, outcome);
        return { kind: "skipped" };
      }
      if (verdict.kind !== "retry" && verdict.kind !== "wait") {
        stats.error();
        return { kind: "failed", error: outcome.error, errorKind: outcome.kind };
      }
      stats.retry();
      const why = verdict.kind === "wait" ? "is unavailable" : `failed (attempt ${ofRecord})`;
      const wait = `trying again in ${Math.round(verdict.afterMs)} ms`;
      this.#tell("warning", `${this.place} ${why}, ${wait}: `, outcome);
      observer?.waiting(this, verdict.afterMs);
      await clock.sleep(verdict.afterMs, this.#leave.signal);
      if (this.#leave.signal.aborted) return { kind: "unfinished" };
    }
  }

  /** Writes it to the dead letters. */
  async #bury(letters: DeadLetters, { error, kind }: Failed, attempts: number): Promise<Ending> {
    const { stats, observer } = this.#ports;
    stats.error();
    const { topic, partition } = this.task.partition.assignment;
    const dead = { topic, partition, record: this.task.record, error, kind, attempts, stage: this.#stage };
    this.#isDeadLetter = true;
    const delivered = await deliver(dead, {
      ...this.#ports,
      letters,
      leave: this.#leave.signal,
      waiting: (afterMs) => (stats.retry(), observer?.waiting(this, afterMs)),
    });
    this.#isDeadLetter = false;
    if (delivered.kind === "failed") return { ...delivered, errorKind: kindOf(delivered.error) };
    if (delivered.kind === "unfinished") return delivered;
    stats.deadLettered();
    const what = `Cannot process ${this.place}, it is in the dead letters as ${delivered.place}: `;
    this.#tell("error", what, { error, kind });
    return { kind: "dead_lettered" };
  }

  #tell(level: "error" | "warning", what: string, { error, kind }: Omit<Failed, "ok">): void {
    const { topic, partition } = this.task.partition.assignment;
    tellFailure(this.#ports.log, level, what, error, {
      topic,
      partition,
      offset: this.task.record.offset,
      kind,
    });
  }

  async #attempt(): Promise<Outcome> {
    const { control, processor, log } = this.#ports;
    log.debug(`Processing ${this.place}`);
    const { topic, partition } = this.task.partition.assignment;
    let message: Message;
    try {
      this.#stage = "decode";
      message = decodeMessage(topic, partition, this.task.record, this.#ports.valueFormat);
      this.#stage = "process";
    } catch (error) {
      return { ok: false, kind: "permanent", error };
    }
    this.#scope = new MessageScope();
    this.#abort = new AbortController();
    if (this.#abortReason !== undefined) this.abort(this.#abortReason);
    using limit = timeLimit(
      { ...this.#ports, onStuck: () => this.#ports.onStuck(this) },
      this.#abort,
    );
    const outcome = await attempt(
      processor,
      message,
      { signal: this.#abort.signal, controller: control },
      this.#scope,
    );
    // what fails once its time is up fails by its own fault, whatever the abort looked like from inside
    return limit.reached && !outcome.ok && outcome.kind === "unavailable"
      ? { ...outcome, kind: "record" }
      : outcome;
  }
}
