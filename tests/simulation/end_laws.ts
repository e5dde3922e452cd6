import { type ConsumerModel, lowMark } from "./model.ts";
import type { Watch } from "./watch.ts";

/** Bounds that the documents promise, in milliseconds: written down again, not imported. */
const LAST_COMMIT_MS = 5_000;
/** A session that does not close is left after so long. */
const CLOSE_MS = 6_000;
/** The least bound of a step that can get stuck here, by the settings of process.ts, and how often it is looked at. */
const STUCK_MS = 18_000;
const LOOK_MS = 5_000;

/** The laws of stops and ends, and what must have happened by now. */
export class EndLaws {
  readonly #watch: Watch;
  /** When a request got lost first. */
  #lostAt: number | undefined;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** The session is there. */
  opened(consumer: ConsumerModel): void {
    this.#watch.note(`c${consumer.id} is connected`);
    consumer.opened = true;
  }

  /** Requests get lost from now on. */
  lose(): void {
    this.#lostAt ??= this.#watch.time.now;
  }

  /** The log has a line at WARNING. */
  warned(consumer: ConsumerModel, message: string): void {
    const [step, ...rest] = message.split(" has waited for ");
    if (step === undefined || rest.length === 0) return;
    const { now: at } = this.#watch.time;
    this.#watch.note(`c${consumer.id} warns: ${message}`);
    if (message.includes(": no answer and no failure")) consumer.warnedAt.set(step, at);
    if (message.includes(": making the consumer anew")) consumer.toldAnew = { at, step };
  }

  /** The session is given up, and another one begins: only where a step is stuck, which the log has said, twice. */
  madeAnew(consumer: ConsumerModel): void {
    const { now } = this.#watch.time;
    const { toldAnew, madeAnewAt } = consumer;
    const warnedAt = consumer.warnedAt.get(toldAnew?.step ?? "");
    const broken = (text: string) => this.#watch.broken("made anew", `c${consumer.id} is made anew ${text}`);
    this.#watch.note(`c${consumer.id} is made anew`);
    if (this.#lostAt === undefined || now - this.#lostAt < 2 * STUCK_MS) broken("though nothing is stuck");
    if (warnedAt === undefined || now - warnedAt < STUCK_MS - LOOK_MS) broken("without a warning before");
    if (toldAnew?.at !== now) broken("without a line in the log");
    if (madeAnewAt !== undefined) broken("a second time");
    consumer.madeAnewAt = now;
    consumer.opened = false;
    consumer.commitsInFlight = 0;
    consumer.lastCommit = "none";
    consumer.commitsFailSince = consumer.commitsSurelyFailSince = undefined;
    consumer.causes.push({
      what: "a step is stuck again",
      explains: (error) =>
        String((error as Error).message).startsWith("Cannot consume t") &&
        (consumer.stoppedAt ?? Infinity) - now >= STUCK_MS,
    });
  }

  /** @param by Whether the consumer asked by itself, because it fails. */
  stopped(consumer: ConsumerModel, by: "itself" | "others"): void {
    this.#noteStuck(consumer);
    if (consumer.stoppedAt !== undefined) return this.#watch.note(`c${consumer.id} is asked to stop again`);
    consumer.stoppedAt = this.#watch.time.now;
    if (by === "others" && consumer.fatalStep === this.#watch.time.steps) consumer.fatalStep = undefined;
    if (by === "itself" && consumer.fatalStep === undefined && consumer.causes.length === 0) {
      this.#watch.broken("end", `c${consumer.id} fails, and nothing explains that`);
    }
    consumer.deadline = this.#watch.time.now + consumer.settings.drainTimeoutMs + LAST_COMMIT_MS + CLOSE_MS;
    for (const message of consumer.waiting) this.#watch.leaveMessage(message);
    this.#watch.note(`c${consumer.id} is asked to stop by ${by}`);
  }

  killed(consumer: ConsumerModel): void {
    this.#watch.note(`c${consumer.id} is killed`);
    consumer.killed = true;
    consumer.running.clear();
    consumer.waiting.clear();
    consumer.writing.clear();
  }

  frozen(consumer: ConsumerModel, ms: number): void {
    this.#watch.note(`c${consumer.id} stands still for ${ms} ms`);
    consumer.frozen = true;
    if (consumer.deadline !== undefined) consumer.deadline += ms;
  }

  thawed(consumer: ConsumerModel): void {
    this.#watch.note(`c${consumer.id} goes on`);
    consumer.frozen = false;
    consumer.thawedAt = this.#watch.time.now;
  }

  settled(
    consumer: ConsumerModel,
    result: { readonly ok: true } | { readonly ok: false; readonly error: unknown },
    left: { readonly listeners: number; readonly timers: number; readonly openSessions: number },
  ): void {
    this.#watch.note(`c${consumer.id} has ended: ${result.ok ? "stopped" : result.error}`);
    consumer.settledAt = this.#watch.time.now;
    const who = `c${consumer.id}`;
    if (left.openSessions > 0) this.#watch.broken("end", `${who} has ended and its session is open`);
    if (left.listeners > 0) this.#watch.broken("leak", `${who} has ended and listens to the stop`);
    // an attempt that has not ended keeps its two bounds of max_processing_s
    if (left.timers > 2 * consumer.running.size) {
      this.#watch.broken(
        "leak",
        `${who} has ended with ${left.timers} timers and ${consumer.running.size} attempts`,
      );
    }
    if (consumer.stoppedAt === undefined) {
      this.#watch.broken("end", `${who} has ended and nobody asked it to`);
    }
    if (result.ok) {
      if (consumer.running.size + consumer.writing.size > 0) {
        this.#watch.broken("end", `${who} has ended well with messages in work`);
      }
      if (consumer.fatalStep !== undefined) {
        this.#watch.broken(
          "end",
          `${who} has ended well although ${consumer.causes.map(({ what }) => what).join(", ")}`,
        );
      }
      if (consumer.expired) this.#watch.broken("end", `${who} has ended well although its drain timed out`);
    } else if (!this.#explained(consumer, result.error)) {
      this.#watch.broken("end", `${who} has ended by "${result.error}", which nothing explains`);
    }
    const wasInTime = !consumer.expired && !consumer.late && consumer.commitsInFlight === 0;
    if (wasInTime && (consumer.lastCommit === "ok" || consumer.lastCommit === "none")) {
      this.#checkCommitted(consumer, who);
    }
  }

  #checkCommitted(consumer: ConsumerModel, who: string): void {
    for (const epoch of consumer.epochs.values()) {
      const done = epoch.doneAtClose;
      if (done === undefined || done < epoch.answered || epoch.refused) continue;
      if (lowMark(epoch) > done && epoch.messages.get(done)?.uncertain === false) {
        this.#watch.broken(
          "last commit",
          `${who} has ended, ${epoch.key}@${done} is finished and not committed`,
        );
      }
    }
  }

  #explained(consumer: ConsumerModel, error: unknown): boolean {
    if (consumer.causes.some((cause) => cause.explains(error))) return true;
    const text = String((error as Error).message);
    const waited = this.#watch.time.now - (consumer.stoppedAt ?? this.#watch.time.now);
    return text.startsWith("Cannot drain within") &&
      waited >= Math.min(consumer.settings.drainTimeoutMs, LAST_COMMIT_MS);
  }

  /** After each step: what should have happened by now. */
  look(): void {
    for (const consumer of this.#watch.consumers) {
      if (consumer.killed || consumer.frozen || consumer.thawedAt === this.#watch.time.now) continue;
      this.#lookAt(consumer);
    }
  }

  #lookAt(consumer: ConsumerModel): void {
    const { now, steps } = this.#watch.time;
    const { drainTimeoutMs, maxProcessingMs } = consumer.settings;
    const who = `c${consumer.id}`;
    const { stoppedAt } = consumer;
    for (const message of consumer.waiting) {
      if (message.untold) {
        this.#watch.broken(
          "told",
          `${who} skips ${message.epoch.key}@${message.offset} without a line in the log`,
        );
      }
      if (message.dueAt !== undefined && message.dueAt < now) {
        this.#watch.broken("retries", `${who} does not try ${message.epoch.key}@${message.offset} again`);
      }
    }
    if (consumer.settledAt !== undefined) return;
    if (consumer.fatalStep !== undefined && stoppedAt === undefined && consumer.fatalStep < steps) {
      this.#watch.broken(
        "end",
        `${who} goes on although ${consumer.causes.map(({ what }) => what).join(", ")}`,
      );
    }
    if (stoppedAt === undefined && consumer.opened) this.#checkBusy(consumer, who);
    if (consumer.deadline !== undefined && now > consumer.deadline) {
      this.#watch.broken("bound", `${who} was asked to stop at ${stoppedAt} ms and is still there`);
    }
    const draining = stoppedAt !== undefined && now > Math.max(stoppedAt + drainTimeoutMs, consumer.thawedAt);
    if (draining && consumer.running.size + consumer.writing.size > 0) consumer.expired = true;
    for (const { message, startedAt, signal } of consumer.running) {
      const place = `${who} ${message.epoch.key}@${message.offset}`;
      const timeUp = maxProcessingMs !== undefined && now >= startedAt + maxProcessingMs;
      const timeLong = maxProcessingMs !== undefined && now > startedAt + maxProcessingMs;
      const drainUp = stoppedAt !== undefined && now >= stoppedAt + drainTimeoutMs;
      const isLost = message.epoch.state === "lost";
      if (!signal.aborted && (timeLong || draining || isLost)) {
        this.#watch.broken("signal", `${place}: its signal did not fire`);
      }
      if (signal.aborted && !timeUp && !drainUp && !isLost) {
        this.#watch.broken("signal", `${place}: its signal fired for no reason`);
      }
      const stuckAt = startedAt + (maxProcessingMs ?? Infinity) + drainTimeoutMs;
      if (now > stuckAt && stoppedAt === undefined) {
        this.#watch.broken("stuck", `${place} is stuck, and nothing happens`);
      }
    }
  }

  /** Nobody waits for anything, and there is something to do: that would be a stall. */
  #checkBusy(consumer: ConsumerModel, who: string): void {
    const { running, writing, waiting, commitsInFlight, lastCommit } = consumer;
    if (running.size + writing.size + waiting.size + commitsInFlight > 0 || lastCommit === "failed") return;
    for (const epochs of consumer.held.values()) {
      for (const epoch of epochs) {
        const next = lowMark(epoch);
        if (epoch.state === "live" && next < epoch.read && !epoch.messages.has(next)) {
          this.#watch.broken("idle", `${who} has ${epoch.key}@${next}, and does nothing`);
        }
      }
    }
  }

  /** What is in work beyond its time and the drain timeout explains an end. */
  #noteStuck(consumer: ConsumerModel): void {
    const { drainTimeoutMs, maxProcessingMs } = consumer.settings;
    if (maxProcessingMs === undefined) return;
    for (const { message, startedAt } of consumer.running) {
      if (this.#watch.time.now < startedAt + maxProcessingMs + drainTimeoutMs) continue;
      const place = `${message.epoch.key.replace("/", "[")}]@${message.offset}`;
      consumer.causes.push({
        what: `${place} is stuck`,
        explains: (error) => (error as Error).message === `${place} did not settle after max_processing_s`,
      });
    }
  }
}
