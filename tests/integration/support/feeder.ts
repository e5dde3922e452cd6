import type { KafkaAdmin } from "../../support/kafka_admin.ts";

const BATCH = 10;
const PAUSE_MS = 50;

/** Sends messages without end, and remembers those that were acknowledged. */
export class Feeder implements AsyncDisposable {
  readonly #acknowledged: string[] = [];
  readonly #running: Promise<void>;
  #stopped = false;

  private constructor(to: Pick<KafkaAdmin, "append">, topic: string, partitions: number, pauseMs: number) {
    this.#running = this.#feed(to, topic, partitions, pauseMs);
    this.#running.catch(() => {}); // stop() tells
  }

  /** Begins to send, to the partitions by turns, with so many milliseconds between ten messages and the next. */
  static start(
    to: Pick<KafkaAdmin, "append">,
    topic: string,
    partitions: number,
    pauseMs = PAUSE_MS,
  ): Feeder {
    return new Feeder(to, topic, partitions, pauseMs);
  }

  /** Sends no more; the ids that were acknowledged. */
  async stop(): Promise<readonly string[]> {
    this.#stopped = true;
    await this.#running;
    return this.#acknowledged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running.catch(() => {});
  }

  async #feed(
    to: Pick<KafkaAdmin, "append">,
    topic: string,
    partitions: number,
    pauseMs: number,
  ): Promise<void> {
    for (let n = 0; !this.#stopped;) {
      const ids = Array.from({ length: BATCH }, () => `fed-${n++}`);
      await to.append(
        topic,
        ids.map((id, i) => ({
          key: null,
          value: new TextEncoder().encode(id),
          headers: [],
          partition: i % partitions,
        })),
      );
      this.#acknowledged.push(...ids);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
