import type { Settings } from "./history.ts";
import { type Cause, type ConsumerModel, type MessageModel, newConsumer } from "./model.ts";
import { TopicModel } from "./topic_model.ts";

/** A law that was broken. */
export interface Violation {
  readonly law: string;
  readonly text: string;
}

/** The time of a history. */
export interface Time {
  /** Virtual milliseconds. */
  readonly now: number;
  /** Steps of the scheduler: what is of one step may have come in either order. */
  readonly steps: number;
}

/** What all laws share: what was seen, the models made of it, and what was wrong with it. */
export class Watch {
  readonly violations: Violation[] = [];
  /** What was seen, for the report of a failing seed. */
  readonly trace: string[] = [];
  readonly consumers: ConsumerModel[] = [];
  readonly settings: Settings;
  readonly time: Time;
  readonly #observed: (count: number) => void;
  readonly #topics = new Map<string, TopicModel>();
  #notes = 0;

  /** @param observed Is told after each thing that was seen how many there were. */
  constructor(settings: Settings, time: Time, observed: (count: number) => void) {
    this.settings = settings;
    this.time = time;
    this.#observed = observed;
  }

  topic(key: string): TopicModel {
    let topic = this.#topics.get(key);
    if (topic === undefined) this.#topics.set(key, topic = new TopicModel());
    return topic;
  }

  /** Something happened in the world. */
  note(text: string): void {
    this.trace.push(`${this.time.now.toString().padStart(7)} ms #${this.time.steps} ${text}`);
    this.#observed(++this.#notes);
  }

  broken(law: string, text: string): void {
    this.trace.push(`        BROKEN: ${law}: ${text}`);
    this.violations.push({ law, text: `${text} (at ${this.time.now} ms)` });
  }

  joins(): ConsumerModel {
    const consumer = newConsumer(this.consumers.length, this.settings);
    this.consumers.push(consumer);
    this.note(`c${consumer.id} begins`);
    return consumer;
  }

  /** No further attempt at messages of a partition, by any of its assignments. */
  leave(consumer: ConsumerModel, key: string): void {
    for (const epoch of consumer.held.get(key) ?? []) epoch.left = true;
    for (const message of consumer.waiting) if (message.epoch.key === key) this.leaveMessage(message);
    const { fatalBy } = consumer;
    if (
      fatalBy?.epoch.key === key && fatalBy.endStep === this.time.steps && consumer.stoppedAt === undefined
    ) {
      consumer.fatalStep = undefined;
    }
  }

  /** No further attempt at a message. */
  leaveMessage(message: MessageModel): void {
    message.dueAt = undefined;
    if (message.state === "open" || message.state === "dying") message.state = "left";
    if (message.untold && message.endStep === this.time.steps) message.uncertain = true;
    message.epoch.consumer.waiting.delete(message);
  }

  /** Something has happened after which the consumer must end, by this cause. */
  mustEnd(consumer: ConsumerModel, cause: Cause): void {
    consumer.causes.push(cause);
    consumer.fatalStep ??= this.time.steps;
  }
}
