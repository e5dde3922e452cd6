import { UnavailableError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { OutgoingRecord, ProducerSession } from "../../src/kafka/driver.ts";
import { KafkajsDriver } from "../../src/kafka/kafkajs/driver.ts";
import { plainConnection } from "../support/kafka_admin.ts";
import { Random } from "../simulation/random.ts";

/** How orders are sent. */
export interface Pace {
  /** Orders a second. */
  readonly perSecond: number;
  /** How many may wait for the consumers before no more are sent. */
  readonly backlog: number;
  /** How many are sent in all. */
  readonly total: number;
}

/** The mark by which a reader of the topic tells a poison. */
export const POISON = "poison ";
const TICK_MS = 50;
const PATIENCE_MS = 60_000;
/** One message in so many is poison by itself. */
const POISON_ONE_IN = 400;
const CUSTOMERS = 200;
const encoder = new TextEncoder();

/** Sends orders without end, whatever happens to the brokers, and remembers what was acknowledged. */
export class Orders implements AsyncDisposable {
  readonly acknowledged: string[] = [];
  /** Orders, without poison, that are acknowledged. */
  good = 0;
  /** The last offset of an order, by partition: a consumer that is at its end has processed it. */
  readonly last = new Map<number, number>();
  readonly #producer: ProducerSession;
  readonly #random: Random;
  readonly #running: Promise<void>;
  #sent = 0;
  #poison = 0;
  #stopped = false;

  private constructor(
    producer: ProducerSession,
    readonly topic: string,
    /** How many partitions it spreads its keys over: to be raised when some were added. */
    public partitions: number,
    pace: Pace,
    seed: number,
    done: () => number,
  ) {
    this.#producer = producer;
    this.#random = new Random(`${seed}/orders`);
    this.#running = this.#run(pace, done);
    this.#running.catch(() => {}); // stop() tells
  }

  /** @param done How many orders are processed, roughly. */
  static async start(
    bootstrap: string,
    topic: string,
    partitions: number,
    pace: Pace,
    seed: number,
    done: () => number,
  ): Promise<Orders> {
    const connection = plainConnection(bootstrap, { "request.timeout.ms": 5_000 });
    const producer = await new KafkajsDriver().produce(connection, silentLogger);
    return new Orders(producer, topic, partitions, pace, seed, done);
  }

  /** So many of the next messages are poison. */
  poison(count: number): void {
    this.#poison += count;
  }

  /** Resolves when all were sent. */
  get sent(): Promise<void> {
    return this.#running;
  }

  /** Sends no more; resolves when what is on its way is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running.catch(() => {});
    await this.#producer.close();
  }

  async #run({ perSecond, backlog, total }: Pace, done: () => number): Promise<void> {
    let due = 0;
    for (let last = performance.now(); !this.#stopped && this.#sent < total;) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const now = performance.now();
      due = Math.min(due + perSecond * (now - last) / 1000, perSecond);
      last = now;
      const room = backlog - (this.good - done());
      const count = Math.floor(Math.min(due, room, total - this.#sent));
      if (count <= 0) continue;
      due -= count;
      await this.#send(Array.from({ length: count }, () => this.#next()));
    }
  }

  async #send(records: readonly (OutgoingRecord & { readonly id: string; readonly poison: boolean })[]) {
    for (;;) {
      try {
        const places = await this.#producer.send(this.topic, records, PATIENCE_MS);
        records.forEach(({ id, poison }, i) => {
          this.acknowledged.push(id);
          if (poison) return;
          this.good++;
          const { partition, offset } = places[i]!;
          this.last.set(partition, Math.max(this.last.get(partition) ?? -1, Number(offset)));
        });
        return;
      } catch (error) {
        // the outcome is unknown: sent again, and so twice in the topic, maybe
        if (!(error instanceof UnavailableError)) throw error;
      }
    }
  }

  #next() {
    const customer = `customer-${this.#random.int(1, CUSTOMERS)}`;
    const poison = this.#poison > 0 || this.#random.int(1, POISON_ONE_IN) === 1;
    if (this.#poison > 0) this.#poison--;
    const number = this.#sent++;
    const id = poison ? `${POISON}${number}` : `order-${number}`;
    const value = poison ? id : JSON.stringify({ id, customer, amount: this.#random.int(1, 100_000) / 100 });
    const partition = hash(customer) % this.partitions;
    return {
      id,
      poison,
      key: encoder.encode(customer),
      value: encoder.encode(value),
      headers: [],
      partition,
    };
  }
}

function hash(text: string): number {
  let sum = 7;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}
