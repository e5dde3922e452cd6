import type { DemoMessage, MessageKind } from "./generate.ts";
import type { Order } from "./order.ts";

/** Where a message was written. */
export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** One state of an order, and the message that brought it. */
export interface Version extends Place {
  readonly order: Order;
}

/** Offsets by partition: how far a group has committed, or where the partitions end. */
export type Offsets = ReadonlyMap<number, bigint>;

/** `partition@offset`: as the consumer's log has it behind the topic's name. */
export const placeText = ({ partition, offset }: Place) => `[${partition}]@${offset}`;

/** What the topic says, told from the messages that were written and without any of the job's code. */
export class TopicModel {
  /** Each order's states, first to last: a key's messages are in one partition, in the order in which they were written. */
  readonly versions: ReadonlyMap<string, readonly Version[]>;
  /** Places of the malformed messages, and what is wrong with each. */
  readonly malformed: ReadonlyMap<string, string>;
  /** Where each partition ends, by the messages that were written. */
  readonly ends: Offsets;
  readonly counts: Readonly<Record<MessageKind, number>>;
  /** All messages. */
  readonly size: number;

  /** @param places Where each message was written, in the order of the messages. */
  constructor(messages: readonly DemoMessage[], places: readonly Place[]) {
    if (messages.length !== places.length) {
      throw new RangeError(`Cannot model ${messages.length} messages of which ${places.length} were written`);
    }
    const versions = new Map<string, Version[]>();
    const malformed = new Map<string, string>();
    const ends = new Map<number, bigint>();
    const counts = { new: 0, update: 0, duplicate: 0, malformed: 0 };
    messages.forEach(({ kind, order, problem }, i) => {
      const { partition, offset } = places[i]!;
      counts[kind]++;
      ends.set(partition, max(ends.get(partition) ?? 0n, offset + 1n));
      if (order === undefined) {
        malformed.set(placeText({ partition, offset }), problem ?? "");
      } else {
        const known = versions.get(order.order_id);
        if (known === undefined) versions.set(order.order_id, [{ partition, offset, order }]);
        else known.push({ partition, offset, order });
      }
    });
    this.versions = versions;
    this.malformed = malformed;
    this.ends = ends;
    this.counts = counts;
    this.size = messages.length;
  }

  /** The number of lines of all orders in their last state. */
  get lines(): number {
    return this.versions.values().reduce((sum, known) => sum + known.at(-1)!.order.lines.length, 0);
  }
}

const max = (a: bigint, b: bigint) => a > b ? a : b;

/** All offsets together: how many messages lie below them, where partitions begin at 0. */
export function total(offsets: Offsets): number {
  return Number(offsets.values().reduce((sum, offset) => sum + offset, 0n));
}
