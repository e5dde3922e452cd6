import assert from "node:assert/strict";
import { runMod } from "../../../mod.ts";
import { UnavailableError } from "../../../src/core/errors.ts";
import type { KafkaConnection } from "../../../src/kafka/connection.ts";
import { waitFor } from "../../support/wait_for.ts";
import type { Bed } from "./bed.ts";
import { readTopic } from "./read_topic.ts";

const KEYS = "abcdef";
/** Calls of one key that are under way at the same time. */
const AT_ONCE = 4;

/** What a producer is to hold that a test does harm to. */
export interface SendingOptions {
  readonly flushTimeoutS: number;
}

/**
 * Calls `kafka_producer` without end, for several keys side by side and some records of a key at a time; remembers which
 * calls succeeded and which failed as unavailable.
 */
export class Sending implements AsyncDisposable {
  readonly #acknowledged: string[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #failures: Error[] = [];
  readonly #running: Promise<unknown>;
  #stopped = false;

  private constructor(
    readonly bed: Bed,
    readonly topic: string,
    connection: KafkaConnection,
    options: SendingOptions,
  ) {
    const keys = [...KEYS].map((key) => this.#send(key, connection, options));
    this.#running = Promise.all(keys);
    this.#running.catch(() => {}); // finish() tells
  }

  static async start(bed: Bed, connection: KafkaConnection, options: SendingOptions): Promise<Sending> {
    return bed.use(new Sending(bed, await bed.topic(3), connection, options));
  }

  /** The calls that failed, all of them as unavailable. */
  get failures(): readonly Error[] {
    return this.#failures;
  }

  /** Waits until so many more calls have succeeded of every key. */
  async goesOn(count = 20, boundMs = 60_000): Promise<void> {
    const wanted = [...KEYS].map((key) => [key, (this.#byKey.get(key) ?? 0) + count] as const);
    const last = () => this.#failures.at(-1)?.message ?? "none failed";
    await waitFor(
      () => wanted.every(([key, calls]) => (this.#byKey.get(key) ?? 0) >= calls),
      () => `${count} more calls of each key; ${last()}`,
      boundMs,
    );
  }

  /**
   * Sends no more, reads the topic, and asserts: what was acknowledged is there, nothing is there twice, and what was
   * acknowledged of a key is in the order of its calls.
   */
  async finish(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    const records = await readTopic(this.bed, this.topic);
    const seen = records.map(({ value }) => String(value));
    const there = new Set(seen);
    assert.deepEqual(this.#acknowledged.filter((id) => !there.has(id)), [], "acknowledged, and not there");
    assert.deepEqual(seen.filter((id, i) => seen.indexOf(id) !== i), [], "there twice");
    const acknowledged = new Set(this.#acknowledged);
    const numbers = (key: string) =>
      records.filter((record) => record.key === key && acknowledged.has(String(record.value)))
        .map(({ value }) => Number(String(value).split("-")[1]));
    for (const key of new Set(records.map((record) => record.key ?? ""))) {
      const found = numbers(key);
      assert.deepEqual(found, found.toSorted((a, b) => a - b), `the order of ${key}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running.catch(() => {});
  }

  async #send(key: string, connection: KafkaConnection, { flushTimeoutS }: SendingOptions): Promise<void> {
    for (let n = 0; !this.#stopped;) {
      const ids = Array.from({ length: AT_ONCE }, () => `${key}-${n++}`);
      const calls = ids.map((id) =>
        runMod("kafka_producer", {
          connection,
          topic: this.topic,
          data: [{ id }],
          value_column: "id",
          value_format: "string",
          key_value: key,
          flush_timeout_s: flushTimeoutS,
        }).then(() => this.#count(key, id), (error) => this.#note(error))
      );
      await Promise.all(calls);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #count(key: string, id: string): void {
    this.#acknowledged.push(id);
    this.#byKey.set(key, (this.#byKey.get(key) ?? 0) + 1);
  }

  #note(error: Error & { kind?: string; cause?: unknown }): void {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      if (at instanceof UnavailableError) return void this.#failures.push(error);
    }
    throw error; // no fault of the brokers may be called anything but unavailable
  }
}
