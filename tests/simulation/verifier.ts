import type { Settings } from "./history.ts";
import {
  type AttemptModel,
  type ConsumerModel,
  type EpochModel,
  lowMark,
  type MessageModel,
  newConsumer,
  newEpoch,
  newMessage,
} from "./model.ts";
import { TopicModel } from "./topic_model.ts";

/** How an attempt ended, by what the processor did; not by what the consumer made of it. */
export type AttemptEnd = "ok" | "record" | "permanent" | "unavailable" | "configuration";

/** A law that was broken. */
export interface Violation {
  readonly law: string;
  readonly text: string;
}

/** Bounds that the documents promise, in milliseconds: written down again, not imported. */
const LAST_COMMIT_MS = 5_000;
const CLOSE_MS = 5_000;
const QUEUED_RECORDS = 500;
const outageWait = (failures: number) => Math.min(5_000, 200 * 2 ** (failures - 1));

/**
 * The laws of delivery, checked at each step. It sees only what passes between the consumer and the world (the driver, the
 * processor, the stop, the log), and shares no code with src/consume.
 */
export class Verifier {
  readonly violations: Violation[] = [];
  /** What was seen, for the report of a failing seed. */
  readonly trace: string[] = [];
  readonly consumers: ConsumerModel[] = [];
  readonly #settings: Settings;
  readonly #time: { readonly now: number; readonly steps: number };
  readonly #observed: (count: number) => void;
  readonly #topics = new Map<string, TopicModel>();
  readonly #epochs = new Map<number, EpochModel>();
  #notes = 0;

  /** @param observed Is told after each thing that was seen how many there were. */
  constructor(
    settings: Settings,
    time: { readonly now: number; readonly steps: number },
    observed: (count: number) => void,
  ) {
    this.#settings = settings;
    this.#time = time;
    this.#observed = observed;
  }

  topic(key: string): TopicModel {
    let topic = this.#topics.get(key);
    if (topic === undefined) this.#topics.set(key, topic = new TopicModel());
    return topic;
  }

  /** Something happened in the world. */
  note(text: string): void {
    this.trace.push(`${this.#time.now.toString().padStart(7)} ms #${this.#time.steps} ${text}`);
    this.#observed(++this.#notes);
  }

  broken(law: string, text: string): void {
    this.trace.push(`        BROKEN: ${law}: ${text}`);
    this.violations.push({ law, text: `${text} (at ${this.#time.now} ms)` });
  }

  // --- the consumer and its driver

  joins(): ConsumerModel {
    const consumer = newConsumer(this.consumers.length, this.#settings);
    this.consumers.push(consumer);
    this.note(`c${consumer.id} begins`);
    return consumer;
  }

  /** The brokers give a partition to a consumer. */
  begins(key: string, position: number): void {
    const problem = this.topic(key).begins(position, this.#settings.autoOffsetReset);
    if (problem !== undefined) this.broken("begin", `${key} ${problem}`);
  }

  assigned(
    consumer: ConsumerModel,
    key: string,
    id: number,
    position: number,
    committed: number | null,
  ): void {
    const epoch = newEpoch(id, consumer, key, position, committed);
    const held = consumer.held.get(key) ?? [];
    if (held.some(({ state }) => state !== "passed")) {
      this.broken("driver", `c${consumer.id} has ${key} twice`);
    }
    consumer.held.set(key, [...held, epoch]);
    consumer.epochs.set(id, epoch);
    this.#epochs.set(id, epoch);
    this.note(`c${consumer.id} assigned ${key} e${id} at ${position}`);
  }

  delivered(consumer: ConsumerModel, id: number, offsets: readonly number[], next: number): void {
    const epoch = consumer.epochs.get(id);
    if (epoch === undefined) {
      return this.broken("driver", `records of an assignment that is not there: e${id}`);
    }
    this.note(`c${consumer.id} ${epoch.key} e${id} reads ${offsets.join(",")} next ${next}`);
    if (epoch.state !== "live" || consumer.stoppedAt !== undefined) return;
    const queued = epoch.delivered.length - epoch.messages.size;
    // what a process missed that stood still would not have been sent to it
    const isCatchingUp = consumer.thawedAt === this.#time.now;
    if (!isCatchingUp && queued > QUEUED_RECORDS + 2 * consumer.settings.maxFetchRecords) {
      this.broken("memory", `c${consumer.id} queues ${queued} records of ${epoch.key}, and goes on reading`);
    }
    epoch.delivered.push(...offsets);
    epoch.read = Math.max(epoch.read, next);
  }

  revoking(consumer: ConsumerModel, ids: readonly number[]): void {
    for (const epoch of this.#named(consumer, ids)) {
      if (epoch.state === "live") epoch.state = "revoked";
      this.#leave(consumer, epoch.key);
    }
    this.note(`c${consumer.id} revoking ${ids.map((id) => `e${id}`).join(",")}`);
  }

  lost(consumer: ConsumerModel, ids: readonly number[], reason: string): void {
    for (const id of ids) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined) continue;
      if (reason === "closed" && epoch.state === "live") epoch.doneAtClose = epoch.doneMax;
      epoch.state = reason === "out_of_range" ? "passed" : "lost";
      if (epoch.state === "passed") continue;
      this.#leave(consumer, epoch.key);
      for (const one of consumer.held.get(epoch.key) ?? []) one.state = "lost";
      consumer.held.delete(epoch.key);
    }
    this.note(`c${consumer.id} lost ${ids.map((id) => `e${id}`).join(",")}: ${reason}`);
  }

  commitSent(
    consumer: ConsumerModel,
    offsets: readonly { readonly epoch: number; readonly offset: number }[],
  ): void {
    this.note(
      `c${consumer.id} commits ${offsets.map(({ epoch, offset }) => `e${epoch}@${offset}`).join(" ")}`,
    );
    if (++consumer.commitsInFlight > 1) {
      this.broken("one commit", `c${consumer.id} has two commits in flight`);
    }
    if (offsets.length === 0) this.broken("one commit", `c${consumer.id} commits nothing`);
    if (consumer.settledAt !== undefined) this.broken("end", `c${consumer.id} commits after its end`);
    consumer.commitsFailSince ??= this.#time.now;
    for (const { epoch: id, offset } of offsets) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined || epoch.state === "lost" || epoch.state === "passed") {
        this.broken("fence", `c${consumer.id} commits ${offset} of e${id}, which it has lost`);
        continue;
      }
      const mark = lowMark(epoch);
      if (offset > mark) {
        this.broken(
          "unfinished",
          `c${consumer.id} commits ${epoch.key}@${offset}, and ${mark} is not finished`,
        );
      }
      if (offset < epoch.sent) {
        this.broken("back", `c${consumer.id} commits ${epoch.key}@${offset} after ${epoch.sent} in e${id}`);
      }
      epoch.sent = offset;
    }
  }

  commitAnswered(
    consumer: ConsumerModel,
    offsets: readonly { readonly epoch: number; readonly offset: number }[],
    answer: "ok" | "refused" | "unavailable" | "configuration",
    error?: unknown,
  ): void {
    this.note(`c${consumer.id} commit answered: ${answer}`);
    consumer.commitsInFlight--;
    consumer.lastCommit = answer === "ok" || answer === "refused" ? answer : "failed";
    for (const { epoch: id, offset } of offsets) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined) continue;
      if (answer === "ok") epoch.answered = Math.max(epoch.answered, offset);
      if (answer === "refused") epoch.refused = true;
    }
    const since = consumer.commitsFailSince ?? this.#time.now;
    if (answer === "configuration") {
      this.#mustEnd(consumer, { what: "a commit is not allowed", explains: (found) => found === error });
    } else if (answer === "unavailable" && this.#time.now - since >= consumer.settings.recoveryTimeoutMs) {
      consumer.causes.push({
        what: "commits are unavailable",
        explains: (found) => /^Cannot commit offsets$/.test(String((found as Error).message)),
      });
    }
    if (answer !== "unavailable") consumer.commitsFailSince = undefined;
  }

  /** The group has accepted a commit. */
  accepted(key: string, id: number, offset: number): void {
    const epoch = this.#epochs.get(id);
    const problem = this.topic(key).accepted(offset);
    if (problem !== undefined) this.broken("lost", `${key}, e${id}: ${problem}`);
    if (epoch !== undefined && offset > lowMark(epoch)) {
      this.broken(
        "unfinished",
        `the group has ${key}@${offset}, and ${lowMark(epoch)} is not finished in e${id}`,
      );
    }
  }

  /** The session has ended, or never began, by an error. */
  sessionFailed(consumer: ConsumerModel, error: unknown): void {
    this.note(`c${consumer.id} session failed: ${error}`);
    this.#mustEnd(consumer, { what: "the session failed", explains: (found) => found === error });
  }

  // --- the processor

  attemptStarts(consumer: ConsumerModel, id: number, offset: number, signal: AbortSignal): AttemptModel {
    const epoch = consumer.epochs.get(id) as EpochModel;
    const place = `c${consumer.id} ${epoch.key}@${offset}`;
    const message = epoch.messages.get(offset) ?? newMessage(epoch, offset);
    const isFirst = !epoch.messages.has(offset);
    epoch.messages.set(offset, message);
    this.note(`${place} e${id} attempt`);
    if (consumer.stoppedAt !== undefined) this.broken("stop", `${place} begins after the stop`);
    if (consumer.fatalStep !== undefined && consumer.fatalStep < this.#time.steps) {
      this.broken("stop", `${place} begins after a failure that ends the consumer`);
    }
    if (epoch.left) this.broken("revoked", `${place} begins in e${id}, which is ${epoch.state}`);
    for (const other of consumer.running) {
      if (other.message.epoch.key === epoch.key) {
        this.broken(
          "overlap",
          `${place} begins while ${other.message.offset} of e${other.message.epoch.id} is running`,
        );
      }
    }
    if (consumer.running.size >= consumer.settings.maxConcurrency) {
      this.broken("concurrency", `${place} begins beside ${consumer.running.size} others`);
    }
    if (isFirst) this.#checkFirst(consumer, epoch, message, place);
    else this.#checkRetry(consumer, message, place);
    if (signal.aborted) this.broken("signal", `${place} begins with its signal fired`);
    message.dueAt = undefined;
    message.state = "running";
    consumer.waiting.delete(message);
    const attempt = { message, startedAt: this.#time.now, signal };
    consumer.running.add(attempt);
    return attempt;
  }

  #checkFirst(consumer: ConsumerModel, epoch: EpochModel, message: MessageModel, place: string): void {
    if (!epoch.delivered.includes(message.offset)) this.broken("order", `${place} was never read`);
    if (lowMark(epoch) !== message.offset) {
      this.broken("order", `${place} begins before ${lowMark(epoch)} is finished`);
    }
    // one at a time: each is committed before the next begins
    const siblings = consumer.settings.maxConcurrency === 1 ? [...consumer.held.values()].flat() : [epoch];
    for (const { key, state, doneMax, answered, id } of siblings) {
      if (state === "live" && doneMax >= answered) {
        this.broken("per message", `${place} begins before ${key}@${doneMax} of e${id} is committed`);
      }
    }
  }

  #checkRetry(consumer: ConsumerModel, message: MessageModel, place: string): void {
    const { dueAt } = message;
    if (dueAt === undefined || message.isDead) {
      return this.broken("retries", `${place} is tried again though it is ${message.state}`);
    }
    const late = this.#time.now !== dueAt && !(consumer.thawedAt >= dueAt && this.#time.now >= dueAt);
    if (late) this.broken("back-off", `${place} is tried again at ${this.#time.now} ms, not at ${dueAt} ms`);
  }

  attemptEnds(consumer: ConsumerModel, attempt: AttemptModel, end: AttemptEnd, error?: unknown): void {
    const { message, signal } = attempt;
    const { epoch, offset } = message;
    const { onError, maxRetries, retryBackoffMs, recoveryTimeoutMs } = consumer.settings;
    const now = this.#time.now;
    consumer.running.delete(attempt);
    message.endStep = this.#time.steps;
    const left = consumer.stoppedAt !== undefined || epoch.left;
    if (consumer.stoppedAt !== undefined && now >= consumer.stoppedAt + consumer.settings.drainTimeoutMs) {
      consumer.late = true;
    }
    const timeUp = signal.aborted && (signal.reason as DOMException).name === "TimeoutError";
    const kind = timeUp && end === "unavailable" ? "record" : end;
    this.note(`c${consumer.id} ${epoch.key}@${offset} e${epoch.id} ${kind}${left ? ", left" : ""}`);
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
    this.note(`${place} dead letter`);
    const isDue = state === "dying" && (this.#time.now === dueAt || consumer.thawedAt === this.#time.now);
    // a stop may have come in the same step
    const isUncertain = state === "left" && message.isDead && endStep === this.#time.steps;
    if (!isDue && !isUncertain) {
      this.broken("dead letter", `that of ${place} is written, which is ${state}, due at ${dueAt} ms`);
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
    const { now, steps } = this.#time;
    this.note(`c${consumer.id} ${epoch.key}@${offset} dead letter ${end}`);
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
    this.#mustEnd(consumer, {
      what: `${place} failed`,
      explains: (found) => (found as Error).message === `Cannot process ${place}` && causedBy(found, error),
    });
  }

  #wait(consumer: ConsumerModel, message: MessageModel, ms: number): void {
    message.state = "open";
    message.dueAt = this.#time.now + ms;
    consumer.waiting.add(message);
  }

  #finish(message: MessageModel, state: "done" | "skipped"): void {
    message.state = state;
    const { epoch, offset } = message;
    epoch.doneMax = Math.max(epoch.doneMax, offset);
    this.topic(epoch.key).finished(offset);
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
    this.broken("told", `c${consumer.id} logs an error about ${key}@${offset}, which was not skipped`);
  }

  // --- stops and ends

  /** @param by Whether the consumer asked by itself, because it fails. */
  stopped(consumer: ConsumerModel, by: "itself" | "others"): void {
    this.#noteStuck(consumer);
    if (consumer.stoppedAt !== undefined) return this.note(`c${consumer.id} is asked to stop again`);
    consumer.stoppedAt = this.#time.now;
    if (by === "others" && consumer.fatalStep === this.#time.steps) consumer.fatalStep = undefined;
    if (by === "itself" && consumer.fatalStep === undefined && consumer.causes.length === 0) {
      this.broken("end", `c${consumer.id} fails, and nothing explains that`);
    }
    consumer.deadline = this.#time.now + consumer.settings.drainTimeoutMs + LAST_COMMIT_MS + CLOSE_MS;
    for (const message of consumer.waiting) this.#leaveMessage(message);
    this.note(`c${consumer.id} is asked to stop by ${by}`);
  }

  killed(consumer: ConsumerModel): void {
    this.note(`c${consumer.id} is killed`);
    consumer.killed = true;
    consumer.running.clear();
    consumer.waiting.clear();
    consumer.writing.clear();
  }

  frozen(consumer: ConsumerModel, ms: number): void {
    this.note(`c${consumer.id} stands still for ${ms} ms`);
    consumer.frozen = true;
    if (consumer.deadline !== undefined) consumer.deadline += ms;
  }

  thawed(consumer: ConsumerModel): void {
    this.note(`c${consumer.id} goes on`);
    consumer.frozen = false;
    consumer.thawedAt = this.#time.now;
  }

  settled(
    consumer: ConsumerModel,
    result: { readonly ok: true } | { readonly ok: false; readonly error: unknown },
    left: { readonly listeners: number; readonly timers: number; readonly openSessions: number },
  ): void {
    this.note(`c${consumer.id} has ended: ${result.ok ? "stopped" : result.error}`);
    consumer.settledAt = this.#time.now;
    const who = `c${consumer.id}`;
    if (left.openSessions > 0) this.broken("end", `${who} has ended and its session is open`);
    if (left.listeners > 0) this.broken("leak", `${who} has ended and listens to the stop`);
    // an attempt that has not ended keeps its two bounds of max_processing_s
    if (left.timers > 2 * consumer.running.size) {
      this.broken(
        "leak",
        `${who} has ended with ${left.timers} timers and ${consumer.running.size} attempts`,
      );
    }
    if (consumer.stoppedAt === undefined) this.broken("end", `${who} has ended and nobody asked it to`);
    if (result.ok) {
      if (consumer.running.size + consumer.writing.size > 0) {
        this.broken("end", `${who} has ended well with messages in work`);
      }
      if (consumer.fatalStep !== undefined) {
        this.broken(
          "end",
          `${who} has ended well although ${consumer.causes.map(({ what }) => what).join(", ")}`,
        );
      }
      if (consumer.expired) this.broken("end", `${who} has ended well although its drain timed out`);
    } else if (!this.#explained(consumer, result.error)) {
      this.broken("end", `${who} has ended by "${result.error}", which nothing explains`);
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
        this.broken("last commit", `${who} has ended, ${epoch.key}@${done} is finished and not committed`);
      }
    }
  }

  #explained(consumer: ConsumerModel, error: unknown): boolean {
    if (consumer.causes.some((cause) => cause.explains(error))) return true;
    const text = String((error as Error).message);
    const waited = this.#time.now - (consumer.stoppedAt ?? this.#time.now);
    return text.startsWith("Cannot drain within") &&
      waited >= Math.min(consumer.settings.drainTimeoutMs, LAST_COMMIT_MS);
  }

  /** After each step: what should have happened by now. */
  look(): void {
    for (const consumer of this.consumers) {
      if (consumer.killed || consumer.frozen || consumer.thawedAt === this.#time.now) continue;
      this.#lookAt(consumer);
    }
  }

  #lookAt(consumer: ConsumerModel): void {
    const { now, steps } = this.#time;
    const { drainTimeoutMs, maxProcessingMs } = consumer.settings;
    const who = `c${consumer.id}`;
    const { stoppedAt } = consumer;
    for (const message of consumer.waiting) {
      if (message.untold) {
        this.broken("told", `${who} skips ${message.epoch.key}@${message.offset} without a line in the log`);
      }
      if (message.dueAt !== undefined && message.dueAt < now) {
        this.broken("retries", `${who} does not try ${message.epoch.key}@${message.offset} again`);
      }
    }
    if (consumer.settledAt !== undefined) return;
    if (consumer.fatalStep !== undefined && stoppedAt === undefined && consumer.fatalStep < steps) {
      this.broken("end", `${who} goes on although ${consumer.causes.map(({ what }) => what).join(", ")}`);
    }
    if (consumer.deadline !== undefined && now > consumer.deadline) {
      this.broken("bound", `${who} was asked to stop at ${stoppedAt} ms and is still there`);
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
        this.broken("signal", `${place}: its signal did not fire`);
      }
      if (signal.aborted && !timeUp && !drainUp && !isLost) {
        this.broken("signal", `${place}: its signal fired for no reason`);
      }
      const stuckAt = startedAt + (maxProcessingMs ?? Infinity) + drainTimeoutMs;
      if (now > stuckAt && stoppedAt === undefined) {
        this.broken("stuck", `${place} is stuck, and nothing happens`);
      }
    }
  }

  /** What is in work beyond its time and the drain timeout explains an end. */
  #noteStuck(consumer: ConsumerModel): void {
    const { drainTimeoutMs, maxProcessingMs } = consumer.settings;
    if (maxProcessingMs === undefined) return;
    for (const { message, startedAt } of consumer.running) {
      if (this.#time.now < startedAt + maxProcessingMs + drainTimeoutMs) continue;
      const place = `${message.epoch.key.replace("/", "[")}]@${message.offset}`;
      consumer.causes.push({
        what: `${place} is stuck`,
        explains: (error) => (error as Error).message === `${place} did not settle after max_processing_s`,
      });
    }
  }

  #named(consumer: ConsumerModel, ids: readonly number[]): EpochModel[] {
    return ids.map((id) => consumer.epochs.get(id)).filter((epoch) => epoch !== undefined);
  }

  /** No further attempt at messages of a partition, by any of its assignments. */
  #leave(consumer: ConsumerModel, key: string): void {
    for (const epoch of consumer.held.get(key) ?? []) epoch.left = true;
    for (const message of consumer.waiting) if (message.epoch.key === key) this.#leaveMessage(message);
    const { fatalBy } = consumer;
    if (
      fatalBy?.epoch.key === key && fatalBy.endStep === this.#time.steps && consumer.stoppedAt === undefined
    ) {
      consumer.fatalStep = undefined;
    }
  }

  #leaveMessage(message: MessageModel): void {
    message.dueAt = undefined;
    if (message.state === "open" || message.state === "dying") message.state = "left";
    if (message.untold && message.endStep === this.#time.steps) message.uncertain = true;
    message.epoch.consumer.waiting.delete(message);
  }

  #mustEnd(consumer: ConsumerModel, cause: ConsumerModel["causes"][number]): void {
    consumer.causes.push(cause);
    consumer.fatalStep ??= this.#time.steps;
  }
}

function causedBy(error: unknown, cause: unknown): boolean {
  if (cause === undefined) return true;
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one === cause || one.cause === cause) return true;
  }
  return false;
}
