import type { MemoryBroker } from "../kafka/memory/broker.ts";
import { makeTopic, partitionsOf } from "./memory_connection.ts";
import { type TestMessage, toRecord } from "./messages.ts";

/** The test's messages, which arrive when a consumer listens to their topic: so `auto_offset_reset: latest` hears them. */
export class Deliveries {
  readonly #waiting: Map<string, ReturnType<typeof toRecord>[]>;
  readonly #broker: MemoryBroker;

  /** Makes the topics. Throws a `TypeError` where a message cannot be written. */
  constructor(broker: MemoryBroker, messages: Readonly<Record<string, readonly TestMessage[]>>) {
    this.#broker = broker;
    const given = Object.entries(messages);
    this.#waiting = new Map(
      given.filter(([, list]) => list.length > 0)
        .map(([topic, list]) => [topic, list.map((message) => toRecord(topic, message))]),
    );
    for (const [topic, list] of given) makeTopic(broker, topic, partitionsOf(list));
  }

  /** The topics whose messages still wait. */
  get waiting(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** The messages of a topic arrive. */
  deliver(topic: string): void {
    const records = this.#waiting.get(topic) ?? [];
    this.#waiting.delete(topic);
    for (const record of records) this.#broker.append(topic, record);
  }
  /** A consumer's `dead_letter_topic` must be there when it begins: it is made like those that it consumes. */
  makeDeadLetterTopic(params: unknown): void {
    const { dead_letter_topic: letters, topics } = params as {
      readonly dead_letter_topic?: string;
      readonly topics: readonly string[];
    };
    if (letters === undefined || topics.includes(letters)) return;
    const present = topics.filter((topic) => this.#broker.topicNames.includes(topic));
    const counts = present.map((topic) => this.#broker.logs(topic).length);
    makeTopic(this.#broker, letters, Math.max(1, ...counts));
  }
}
