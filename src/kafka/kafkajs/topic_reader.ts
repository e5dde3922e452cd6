import { type Clock, within } from "../../runtime/clock.ts";
import type { Delivery } from "./delivery.ts";
import { factsOf } from "./error_facts.ts";
import { isRetriable, translateError } from "./errors.ts";
import type { Cluster, PartitionMetadata } from "./internals.ts";
import { UNKNOWN_TOPIC, UNKNOWN_TOPIC_MS } from "./unknown_topic.ts";

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Finds out the partitions of the topics that a producer sends to. */
export class TopicReader {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #known = new Set<string>();

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  /** Reads the metadata of all topics in use anew. */
  async refresh(): Promise<void> {
    await this.#cluster.refreshMetadata();
  }

  /**
   * The partitions of the delivery's topic. Tries until the delivery's time is over; where that, or an error that no
   * waiting mends, comes first, the delivery has failed, and there are none.
   *
   * @param least How many it asks for: where fewer are known, some may have been added, which is looked up for as long
   * as for a topic that is not known.
   */
  async partitionsOf(delivery: Delivery, least = 1): Promise<readonly PartitionMetadata[] | undefined> {
    const { topic } = delivery;
    let unknownSince: number | undefined;
    let fewSince: number | undefined;
    for (let attempt = 0; !delivery.isSettled; attempt++) {
      try {
        // one attempt may hang: the delivery's end is not to wait for it
        const reading = fewSince === undefined ? this.#read(topic) : this.refresh();
        await Promise.race([reading, delivery.outcome]);
        const partitions = this.#cluster.findTopicPartitionMetadata(topic);
        fewSince ??= this.#clock.now();
        const enough = partitions.length >= least || this.#clock.now() - fewSince >= UNKNOWN_TOPIC_MS;
        if (partitions.length > 0 && enough) return partitions;
      } catch (error) {
        if (delivery.isSettled) return undefined;
        const failure = translateError(error, `send to topic "${topic}"`);
        const now = this.#clock.now();
        unknownSince = factsOf(error).type === UNKNOWN_TOPIC ? unknownSince ?? now : undefined;
        const mayAppear = unknownSince !== undefined && now - unknownSince < UNKNOWN_TOPIC_MS;
        if (!isRetriable(failure) && !mayAppear) delivery.fail(failure);
        delivery.delayed(failure);
      }
      if (delivery.isSettled) return undefined;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
      await within(this.#clock, wait, delivery.outcome);
    }
    return undefined;
  }

  /** Connects too, where need be. */
  async #read(topic: string): Promise<void> {
    if (this.#known.has(topic)) return await this.#cluster.refreshMetadataIfNecessary();
    await this.#cluster.addMultipleTargetTopics([topic]);
    this.#known.add(topic);
  }
}
