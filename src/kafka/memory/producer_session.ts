import { PermanentError, UnavailableError } from "../../core/errors.ts";
import { within } from "../../runtime/clock.ts";
import type { OutgoingRecord, ProducerSession, SentRecord } from "../driver.ts";
import type { MemoryBroker } from "./broker.ts";

const CLOSE_BOUND_MS = 5000;

/** A producer of a {@link MemoryBroker}. */
export class MemoryProducerSession implements ProducerSession {
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(private readonly broker: MemoryBroker) {}

  async send(
    topic: string,
    records: readonly OutgoingRecord[],
    timeoutMs: number,
  ): Promise<readonly SentRecord[]> {
    if (this.#closed) throw new UnavailableError(`Cannot send to ${topic}: the producer is closed`);
    const work = this.#write(topic, records);
    this.#underWay.add(work);
    const done = () => void this.#underWay.delete(work);
    work.then(done, done);
    const { gate } = this.broker.requests.send;
    if (gate.isHeld && !await within(this.broker.clock, timeoutMs, work)) {
      throw new UnavailableError(
        `Cannot send to ${topic}: no acknowledgement within ${timeoutMs} ms; the outcome is unknown`,
      );
    }
    return await work;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#underWay.size === 0) return;
    await within(this.broker.clock, CLOSE_BOUND_MS, Promise.allSettled(this.#underWay));
  }

  async #write(topic: string, records: readonly OutgoingRecord[]): Promise<readonly SentRecord[]> {
    const { gate, faults } = this.broker.requests.send;
    await this.broker.turn();
    await gate.pass();
    const fault = faults.take();
    if (fault !== undefined) throw fault;
    const most = this.broker.details(topic).maxMessageBytes ?? Infinity;
    records.forEach((record, i) => {
      const bytes = sizeOf(record);
      if (bytes > most) {
        throw new PermanentError(
          `Cannot send record ${i} of ${records.length} to ${topic}: it has ${bytes} bytes, ` +
            `the topic takes at most ${most}`,
        );
      }
    });
    return records.map((record) => this.broker.append(topic, record));
  }
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const inHeaders = headers.reduce((sum, [name, bytes]) => sum + name.length + (bytes?.length ?? 0), 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + inHeaders;
}
