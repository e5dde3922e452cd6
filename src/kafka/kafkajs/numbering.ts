import type { Logger } from "../../core/logger.ts";
import type { Broker } from "./broker.ts";
import { factsOf } from "./error_facts.ts";

/** A numbering of records by which brokers recognise one that comes twice: each partition counts from 0. */
export interface Numbering {
  readonly producerId: bigint;
  readonly epoch: number;
}

const NONE: Numbering = { producerId: -1n, epoch: -1 };

/**
 * The producer's id at the brokers. It is renewed whenever the outcome of a batch stays unknown: the next batch would
 * otherwise be taken for that one, and be lost without a word.
 */
export class ProducerNumbering {
  readonly #log: Logger;
  readonly #wanted: boolean;
  #current: Promise<Numbering> | undefined;

  /** @param wanted `enable.idempotence` */
  constructor(wanted: boolean, log: Logger) {
    this.#wanted = wanted;
    this.#log = log;
  }

  /** The numbering that holds now; any broker gives one. Rejects with kafkajs' errors. */
  current(broker: Broker): Promise<Numbering> {
    if (!this.#wanted) return Promise.resolve(NONE);
    if (this.#current === undefined) {
      const asked = this.#ask(broker);
      this.#current = asked;
      asked.catch(() => this.renew());
    }
    return this.#current;
  }

  /** From now on another one. */
  renew(): void {
    this.#current = undefined;
  }

  async #ask(broker: Broker): Promise<Numbering> {
    try {
      const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: 60_000 });
      return { producerId: BigInt(producerId), epoch: producerEpoch };
    } catch (error) {
      if (factsOf(error).type !== "CLUSTER_AUTHORIZATION_FAILED") throw error;
      // brokers before 2.8 want IDEMPOTENT_WRITE on the cluster; later ones no more than WRITE on some topic
      this.#log.warning(
        "The broker does not let this user number its records (IDEMPOTENT_WRITE): a record whose acknowledgement " +
          "is lost may be written twice",
      );
      return NONE;
    }
  }
}
