import {
  type AttemptModel,
  type ConsumerModel,
  type EpochModel,
  lowMark,
  type MessageModel,
  newMessage,
} from "./model.ts";
import type { Watch } from "./watch.ts";

/** How an attempt ended, by what the processor did; not by what the consumer made of it. */
export type AttemptEnd = "ok" | "record" | "permanent" | "unavailable" | "configuration";

/** The wait after so many failures by an outage, in milliseconds: as the documents have it. */
const outageWait = (failures: number) => Math.min(5_000, 200 * 2 ** (failures - 1));

/** The laws of messages: when an attempt may begin, and what follows from how it ended. */
export class MessageLaws {
  readonly #watch: Watch;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  attemptStarts(consumer: ConsumerModel, id: number, offset: number, signal: AbortSignal): AttemptModel {
    const epoch = consumer.epochs.get(id) as EpochModel;
    const place = `c${consumer.id} ${epoch.key}@${offset}`;
    const message = epoch.messages.get(offset) ?? newMessage(epoch, offset);
    const isFirst = !epoch.messages.has(offset);
    epoch.messages.set(offset, message);
    this.#watch.note(`${place} e${id} attempt`);
    if (consumer.stoppedAt !== undefined) this.#watch.broken("stop", `${place} begins after the stop`);
    if (consumer.fatalStep !== undefined && consumer.fatalStep < this.#watch.time.steps) {
      this.#watch.broken("stop", `${place} begins after a failure that ends the consumer`);
    }
    if (epoch.left) this.#watch.broken("revoked", `${place} begins in e${id}, which is ${epoch.state}`);
    for (const other of consumer.running) {
      if (other.message.epoch.key === epoch.key) {
        this.#watch.broken(
          "overlap",
          `${place} begins while ${other.message.offset} of e${other.message.epoch.id} is running`,
        );
      }
    }
    if (consumer.running.size >= consumer.settings.maxConcurrency) {
      this.#watch.broken("concurrency", `${place} begins beside ${consumer.running.size} others`);
    }
    if (isFirst) this.#checkFirst(consumer, epoch, message, place);
    else this.#checkRetry(consumer, message, place);
    if (signal.aborted) this.#watch.broken("signal", `${place} begins with its signal fired`);
    message.dueAt = undefined;
    message.state = "running";
    consumer.waiting.delete(message);
    const attempt = { message, startedAt: this.#watch.time.now, signal };
    consumer.running.add(attempt);
    return attempt;
  }

  #checkFirst(consumer: ConsumerModel, epoch: EpochModel, message: MessageModel, place: string): void {
    if (!epoch.delivered.includes(message.offset)) this.#watch.broken("order", `${place} was never read`);
    if (lowMark(epoch) !== message.offset) {
      this.#watch.broken("order", `${place} begins before ${lowMark(epoch)} is finished`);
    }
    // one at a time: each is committed before the next begins
    const siblings = consumer.settings.maxConcurrency === 1 ? [...consumer.held.values()].flat() : [epoch];
    for (const { key, state, doneMax, answered, id } of siblings) {
      if (state === "live" && doneMax >= answered) {
        this.#watch.broken("per message", `${place} begins before ${key}@${doneMax} of e${id} is committed`);
      }
    }
  }

  #checkRetry(consumer: ConsumerModel, message: MessageModel, place: string): void {
    const { dueAt } = message;
    if (dueAt === undefined || message.isDead) {
      return this.#watch.broken("retries", `${place} is tried again though it is ${message.state}`);
    }
    const late = this.#watch.time.now !== dueAt &&
      !(consumer.thawedAt >= dueAt && this.#watch.time.now >= dueAt);
    if (late) {
      this.#watch.broken(
        "back-off",
        `${place} is tried again at ${this.#watch.time.now} ms, not at ${dueAt} ms`,
      );
    }
  }

  attemptEnds(consumer: ConsumerModel, attempt: AttemptModel, end: AttemptEnd, error?: unknown): void {
    const { message, signal } = attempt;
    const { epoch, offset } = message;
    const { onError, maxRetries, retryBackoffMs, recoveryTimeoutMs } = consumer.settings;
    const now = this.#watch.time.now;
    consumer.running.delete(attempt);
    message.endStep = this.#watch.time.steps;
    const left = consumer.stoppedAt !== undefined || epoch.left;
    if (consumer.stoppedAt !== undefined && now >= consumer.stoppedAt + consumer.settings.drainTimeoutMs) {
      consumer.late = true;
    }
    const timeUp = signal.aborted && (signal.reason as DOMException).name === "TimeoutError";
    const kind = timeUp && end === "unavailable" ? "record" : end;
    this.#watch.note(`c${consumer.id} ${epoch.key}@${offset} e${epoch.id} ${kind}${left ? ", left" : ""}`);
    if (kind === "ok") return this.#finish(message, "done");
    if (left) return void (message.state = "left");
    const mustEnd = () => this.#fatal(consumer, message, error);
    if (kind === "configuration") return mustEnd();
    if (kind === "unavailable") {
      if (message.outages++ === 0) message.outageSince = now;
      const rest = recoveryTimeoutMs - (now - message.outageSince);
      if (rest <= 0) return mustEnd();
      return this.#wait(consumer, message, Math.min(rest, outageWait(message.outages)));
    }
    message.outages = 0;
    message.records++;
    if (onError === "stop") return mustEnd();
    if (onError === "continue" || kind === "permanent" || message.records > maxRetries) {
      if (!consumer.settings.deadLetters) return this.#skip(message);
      message.state = "dying";
      message.isDead = true;
      message.outages = 0;
      message.outageSince = message.dueAt = now;
      return void consumer.waiting.add(message);
    }
    const wait = retryBackoffMs[Math.min(message.records, retryBackoffMs.length) - 1] ?? 0;
    this.#wait(consumer, message, wait);
  }

  /** The dead letter of a message is about to be written. */
  letterStarts(consumer: ConsumerModel, id: number, offset: number): MessageModel {
    const message = consumer.epochs.get(id)?.messages.get(offset) as MessageModel;
    const { state, dueAt, endStep } = message;
    const place = `c${consumer.id} ${message.epoch.key}@${offset}`;
    this.#watch.note(`${place} dead letter`);
    const isDue = state === "dying" &&
      (this.#watch.time.now === dueAt || consumer.thawedAt === this.#watch.time.now);
    // a stop may have come in the same step
    const isUncertain = state === "left" && message.isDead && endStep === this.#watch.time.steps;
    if (!isDue && !isUncertain) {
      this.#watch.broken("dead letter", `that of ${place} is written, which is ${state}, due at ${dueAt} ms`);
    }
    message.state = "writing";
    message.dueAt = undefined;
    consumer.waiting.delete(message);
    consumer.writing.add(message);
    return message;
  }

  /** The dead letter was acknowledged, or not. */
  letterEnds(
    consumer: ConsumerModel,
    message: MessageModel,
    end: "written" | "unavailable" | "configuration",
    error?: unknown,
  ): void {
    const { epoch, offset } = message;
    const { now, steps } = this.#watch.time;
    this.#watch.note(`c${consumer.id} ${epoch.key}@${offset} dead letter ${end}`);
    consumer.writing.delete(message);
    message.endStep = steps;
    if (consumer.stoppedAt !== undefined && now >= consumer.stoppedAt + consumer.settings.drainTimeoutMs) {
      consumer.late = true;
    }
    if (end === "written") return this.#skip(message);
    if (consumer.stoppedAt !== undefined || epoch.left) return void (message.state = "left");
    const rest = consumer.settings.recoveryTimeoutMs - (now - message.outageSince);
    if (end === "configuration" || rest <= 0) return this.#fatal(consumer, message, error);
    message.outages++;
    message.state = "dying";
    message.dueAt = now + Math.min(rest, outageWait(message.outages));
    consumer.waiting.add(message);
  }

  #skip(message: MessageModel): void {
    message.untold = true;
    message.epoch.consumer.waiting.add(message);
    this.#finish(message, "skipped");
  }

  #fatal(consumer: ConsumerModel, message: MessageModel, error: unknown): void {
    const place = `${message.epoch.key.replace("/", "[")}]@${message.offset}`;
    message.state = "fatal";
    consumer.fatalBy ??= message;
    this.#watch.mustEnd(consumer, {
      what: `${place} failed`,
      explains: (found) => (found as Error).message === `Cannot process ${place}` && causedBy(found, error),
    });
  }

  #wait(consumer: ConsumerModel, message: MessageModel, ms: number): void {
    message.state = "open";
    message.dueAt = this.#watch.time.now + ms;
    consumer.waiting.add(message);
  }

  #finish(message: MessageModel, state: "done" | "skipped"): void {
    message.state = state;
    const { epoch, offset } = message;
    epoch.doneMax = Math.max(epoch.doneMax, offset);
    this.#watch.topic(epoch.key).finished(offset);
  }

  /** The log has a line at ERROR about a message. */
  told(consumer: ConsumerModel, key: string, offset: number): void {
    for (const epoch of consumer.epochs.values()) {
      const message = epoch.key === key ? epoch.messages.get(offset) : undefined;
      if (message === undefined || !message.untold) continue;
      message.untold = false;
      consumer.waiting.delete(message);
      return;
    }
    this.#watch.broken("told", `c${consumer.id} logs an error about ${key}@${offset}, which was not skipped`);
  }
}

function causedBy(error: unknown, cause: unknown): boolean {
  if (cause === undefined) return true;
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one === cause || one.cause === cause) return true;
  }
  return false;
}
