import { errorText, kindOf } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { trackResource } from "../core/resources.ts";
import type { KafkaConnection } from "./connection.ts";
import type { OutgoingRecord, ProducerSession, SentRecord } from "./driver.ts";

/** The producer of a connection: opened with the first send, closed when the job ends. */
export class ConnectionProducer {
  readonly #connection: KafkaConnection;
  readonly #log: Logger;
  readonly #forget: () => void;
  #session: Promise<ProducerSession> | undefined;
  /** Sessions that were replaced, while they close. */
  readonly #closing = new Set<Promise<void>>();
  readonly #unwatched = new Set<Promise<void>>();
  #failures = 0;
  #firstFailure: unknown;

  constructor(connection: KafkaConnection, log: Logger) {
    this.#connection = connection;
    this.#log = log;
    this.#forget = trackResource({
      name: `the producer of ${connection.bootstrap_servers}`,
      close: () => this.close(),
    });
  }

  /**
   * Sends records, as {@link ProducerSession.send} does. A send that was not acknowledged may have been written: its
   * producer is closed and the next send opens another, so that nothing left over in it is sent behind the caller's back.
   */
  async send(
    topic: string,
    records: readonly OutgoingRecord[],
    timeoutMs: number,
  ): Promise<readonly SentRecord[]> {
    const opening = this.#session ??= this.#connection.driver.produce(this.#connection.config, this.#log);
    let isOpen = false;
    try {
      const session = await opening;
      isOpen = true;
      return await session.send(topic, records, timeoutMs);
    } catch (error) {
      if (!isOpen || kindOf(error) === "unavailable") this.#replace(opening);
      throw error;
    }
  }

  /** Sends that nobody waits for: their failures are logged, and thrown when this is closed. */
  leave(work: Promise<unknown>): void {
    const watched = work.then(() => {}, (error) => {
      this.#failures++;
      this.#firstFailure ??= error;
      this.#log.error(`A send failed that nobody waited for: ${errorText(error)}`);
    }).finally(() => this.#unwatched.delete(watched));
    this.#unwatched.add(watched);
  }

  /**
   * Waits for what is under way and disconnects. Rejects where sends failed that nobody waited for: the job must not end
   * as if they had been written.
   */
  async close(): Promise<void> {
    this.#forget();
    if (producers.get(this.#connection) === this) producers.delete(this.#connection);
    await Promise.all(this.#unwatched);
    if (this.#session !== undefined) this.#replace(this.#session);
    await Promise.all(this.#closing);
    if (this.#failures === 0) return;
    const sends = this.#failures === 1 ? "1 send" : `${this.#failures} sends`;
    throw new Error(`${sends} failed that nobody waited for (flush_after_send: false)`, {
      cause: this.#firstFailure,
    });
  }

  #replace(opening: Promise<ProducerSession>): void {
    if (this.#session !== opening) return;
    this.#session = undefined;
    const closing = opening.then((session) => session.close(), () => {}) // it never opened: nothing to close
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

const producers = new WeakMap<KafkaConnection, ConnectionProducer>();

/** The producer of a connection, shared by everything that sends with it. `log` is that of who comes first. */
export function producerOf(connection: KafkaConnection, log: Logger): ConnectionProducer {
  const present = producers.get(connection);
  if (present !== undefined) return present;
  const producer = new ConnectionProducer(connection, log);
  producers.set(connection, producer);
  return producer;
}
