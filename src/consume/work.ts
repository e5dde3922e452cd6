import { type ErrorKind, errorText } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { MessageScope } from "../core/message_scope.ts";
import { mistakePlace, stackLines } from "../core/stack.ts";
import type { StopControl } from "../core/stop_control.ts";
import type { RawRecord } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import { decide, type ErrorSettings } from "./error_policy.ts";
import { decodeMessage, type Message, type ValueFormat } from "./message.ts";
import type { WorkObserver } from "./observer.ts";
import type { PartitionState } from "./partition_state.ts";
import { attempt, type MessageProcessor, type Outcome } from "./processor.ts";
import type { Stats } from "./stats.ts";

/** One record on its way through the processor. */
export interface Task {
  readonly partition: PartitionState;
  readonly record: RawRecord;
}

/** How the work on a message ended. */
export type Ending =
  /** It may be committed. */
  | { readonly kind: "done" }
  /** It failed by its own fault and is skipped: it may be committed. */
  | { readonly kind: "skipped" }
  /** A stop or a lost partition came in between: it must come again. */
  | { readonly kind: "unfinished" }
  /** The job must end, with the message uncommitted. */
  | { readonly kind: "failed"; readonly error: unknown; readonly errorKind: ErrorKind };

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

  /** The mods that run for it now. */
  get running(): readonly string[] {
    return this.#scope.running;
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
    const { clock, stats, observer } = this.#ports;
    let [ofRecord, ofWorld, outageSince] = [0, 0, 0];
    while (true) {
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
      const verdict = decide(outcome.kind, { ofRecord, ofWorld, outageMs }, this.#ports.errors);
      if (verdict.kind === "skip") {
        stats.error();
        this.#tell("error", `Cannot process ${this.place}, skipping it: `, outcome);
        return { kind: "skipped" };
      }
      if (verdict.kind === "stop" || verdict.kind === "fail") {
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

  /** One line that says why, and where in the program if it is a mistake there; the stacks follow at DEBUG. */
  #tell(level: "error" | "warning", what: string, { error, kind }: Extract<Outcome, { ok: false }>): void {
    const { log } = this.#ports;
    const { topic, partition } = this.task.partition.assignment;
    const place = mistakePlace(error);
    const fields = { topic, partition, offset: this.task.record.offset, kind };
    log[level](what + errorText(error) + (place === undefined ? "" : ` (at ${place})`), fields);
    for (const line of stackLines(error)) log.debug(line);
  }

  async #attempt(): Promise<Outcome> {
    const { control, processor, log } = this.#ports;
    log.debug(`Processing ${this.place}`);
    const { topic, partition } = this.task.partition.assignment;
    let message: Message;
    try {
      message = decodeMessage(topic, partition, this.task.record, this.#ports.valueFormat);
    } catch (error) {
      return { ok: false, kind: "permanent", error };
    }
    this.#scope = new MessageScope();
    this.#abort = new AbortController();
    if (this.#abortReason !== undefined) this.abort(this.#abortReason);
    using limit = this.#limit(this.#abort);
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

  /** The two bounds of `max_processing_s`: the signal fires; later the message counts as stuck. */
  #limit(abort: AbortController): Disposable & { readonly reached: boolean } {
    const { maxProcessingMs, stuckAfterMs, clock } = this.#ports;
    const limit = { reached: false, [Symbol.dispose]() {} };
    if (maxProcessingMs === undefined) return limit;
    const seconds = maxProcessingMs / 1000;
    const fire = clock.timer(maxProcessingMs, () => {
      limit.reached = true;
      abort.abort(new DOMException(`max_processing_s: ${seconds} s have passed`, "TimeoutError"));
    });
    const giveUp = clock.timer(maxProcessingMs + stuckAfterMs, () => this.#ports.onStuck(this));
    limit[Symbol.dispose] = () => {
      fire[Symbol.dispose]();
      giveUp[Symbol.dispose]();
    };
    return limit;
  }
}
