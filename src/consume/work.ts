import { errorText, kindOf } from "../core/errors.ts";
import { MessageScope } from "../core/message_scope.ts";
import type { ConsumerVitals, WorkStage, WorkUnderWay } from "../core/vitals.ts";
import type { DeadLetters } from "./dead_letters.ts";
import { deliver } from "./dead_letters_delivery.ts";
import type { DeadMessage } from "./dead_letters_letter.ts";
import type { Ending } from "./ending.ts";
import { decide } from "./error_policy.ts";
import { decodeMessage, type Message } from "./message.ts";
import { attempt, type Outcome } from "./processor.ts";
import { tellFailure } from "./tell_failure.ts";
import { timeLimit } from "./time_limit.ts";
import type { Task, WorkPorts } from "./work_ports.ts";

export type { Task, WorkPorts } from "./work_ports.ts";

type Failed = Extract<Outcome, { ok: false }>;

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
  #failsIn: DeadMessage["stage"] = "process";
  #stage: WorkStage = "processor";
  #outage: string | undefined;

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

  /** Whose work it is. */
  get consumer(): ConsumerVitals {
    return this.#ports.consumer;
  }

  /** What it waits for that is unavailable, in one line; undefined where it waits for nothing of the kind. */
  get outage(): string | undefined {
    return this.#outage;
  }

  /** How it is now. */
  get vitals(): WorkUnderWay {
    const { topic, partition } = this.task.partition.assignment;
    const { offset } = this.task.record;
    const running = this.#stage === "processor" ? this.#scope.running : [];
    return { topic, partition, offset, since: this.startedAt, stage: this.#stage, running };
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
    this.#stage = "commit";
    this.#outage = undefined;
    this.#ports.observers.ended(this, ending);
    return ending;
  }

  async #run(): Promise<Ending> {
    const { clock, stats, observers, errors, deadLetters } = this.#ports;
    let [ofRecord, ofWorld, outageSince] = [0, 0, 0];
    for (let attempts = 1;; attempts++) {
      this.#stage = "processor";
      observers.attempting(this);
      const began = clock.now();
      const outcome = await this.#attempt();
      observers.attempted(this, outcome, clock.now() - began);
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
      this.#stage = "back-off";
      this.#outage = verdict.kind === "wait" ? errorText(outcome.error) : undefined;
      const why = verdict.kind === "wait" ? "is unavailable" : `failed (attempt ${ofRecord})`;
      const wait = `trying again in ${Math.round(verdict.afterMs)} ms`;
      this.#tell("warning", `${this.place} ${why}, ${wait}: `, outcome);
      observers.waiting(this, verdict.afterMs);
      await clock.sleep(verdict.afterMs, this.#leave.signal);
      if (this.#leave.signal.aborted) return { kind: "unfinished" };
    }
  }

  /** Writes it to the dead letters. */
  async #bury(letters: DeadLetters, { error, kind }: Failed, attempts: number): Promise<Ending> {
    const { stats, observers } = this.#ports;
    stats.error();
    const { topic, partition } = this.task.partition.assignment;
    const dead = { topic, partition, record: this.task.record, error, kind, attempts, stage: this.#failsIn };
    this.#stage = "dead letter";
    const delivered = await deliver(dead, {
      ...this.#ports,
      letters,
      leave: this.#leave.signal,
      waiting: (afterMs, error) => {
        this.#outage = errorText(error);
        stats.retry();
        observers.waiting(this, afterMs);
      },
    });
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
      this.#failsIn = "decode";
      message = decodeMessage(topic, partition, this.task.record, this.#ports.valueFormat);
      this.#failsIn = "process";
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
