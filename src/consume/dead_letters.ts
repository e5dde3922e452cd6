import { kindOf, UnavailableError } from "../core/errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { OutgoingRecord, SentRecord, TopicPartition } from "../kafka/driver.ts";
import { type DeadMessage, FORMS, letterOf, type Sender } from "./dead_letters_letter.ts";

/** Where messages go that failed by their own fault. */
export interface DeadLetters {
  readonly topic: string;
  /**
   * Writes one and waits for all in-sync replicas; resolves to where it lies. Rejects with an `UnavailableError` where it
   * was not acknowledged, or is larger than the topic takes, and with a `ConfigurationError` where the topic may not be
   * written to: in neither case may the message be committed.
   */
  write(dead: DeadMessage): Promise<SentRecord>;
}

/** What a dead letter box needs. */
export interface DeadLetterPorts {
  readonly topic: string;
  readonly sender: Sender;
  readonly clock: Pick<Clock, "wallTime">;
  /** Sends one record to the topic, as a producer's session does. */
  send(record: OutgoingRecord): Promise<SentRecord>;
  /** How many partitions each topic had when this was opened; looked up anew where a partition is beyond them. */
  readonly known?: ReadonlyMap<string, number>;
  /** How many partitions each of these topics has now. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Writes dead letters to a topic. */
export class DeadLetterBox implements DeadLetters {
  readonly topic: string;
  readonly #ports: DeadLetterPorts;
  #partitions: ReadonlyMap<string, number>;

  constructor(ports: DeadLetterPorts) {
    this.topic = ports.topic;
    this.#ports = ports;
    this.#partitions = ports.known ?? new Map();
  }

  async write(dead: DeadMessage): Promise<SentRecord> {
    const { sender, clock } = this.#ports;
    const partition = await this.#partitionFor(dead);
    let refused: unknown;
    for (const form of FORMS) {
      const letter = letterOf(dead, sender, clock.wallTime(), form);
      try {
        return await this.#ports.send(partition === undefined ? letter : { ...letter, partition });
      } catch (error) {
        const kind = kindOf(error);
        if (kind === "unavailable" || kind === "configuration") throw error;
        refused = error; // too large, as far as we know: less about the error may fit
      }
    }
    throw new UnavailableError(
      `Cannot write the dead letter of ${dead.topic}[${dead.partition}]@${dead.record.offset}: topic "${this.topic}" ` +
        "does not take it even without the error (raise its max.message.bytes; it is tried again)",
      { cause: refused },
    );
  }

  /** The partition that the message had, where both topics have as many; else its key chooses. */
  async #partitionFor({ topic, partition }: TopicPartition): Promise<number | undefined> {
    if (partition >= (this.#partitions.get(topic) ?? 0)) {
      this.#partitions = await this.#ports.partitions([topic, this.topic]); // some may have been added
    }
    return this.#partitions.get(topic) === this.#partitions.get(this.topic) ? partition : undefined;
  }
}
