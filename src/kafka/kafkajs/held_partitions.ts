import type { Assignment, SessionStep, TopicPartition } from "../driver.ts";
import { placesOf } from "../../core/places.ts";
import type { Leaders } from "./leaders.ts";
import { keyOf } from "./partitions.ts";

/** A partition that is fetched. */
export interface Held {
  readonly assignment: Assignment;
  /** Offset of the next record to fetch. */
  next: bigint;
  paused: boolean;
  /** Something failed since it was last heard of: its topic may be a new one of the same name by now. */
  doubted: boolean;
  /** Grows whenever something about it is heard, or its request has failed. */
  moves: number;
}

/** The partitions of a generation, as they are fetched: in the order of their turn. */
export class HeldPartitions {
  readonly #held = new Map<string, Held>();
  #moves = 0;

  hold(assignment: Assignment): void {
    const held = {
      assignment,
      next: assignment.position,
      paused: false,
      doubted: false,
      moves: ++this.#moves,
    };
    this.#held.set(keyOf(assignment), held);
  }

  drop(partition: TopicPartition): void {
    this.#held.delete(keyOf(partition));
  }

  clear(): void {
    this.#held.clear();
  }

  of(partition: TopicPartition): Held | undefined {
    return this.#held.get(keyOf(partition));
  }

  get all(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** Something about them was heard, or they are waited for from now on. */
  moved(some: readonly Held[]): void {
    const moves = ++this.#moves;
    for (const held of some) held.moves = moves;
  }

  /** Its turn is over: brokers fill an answer in the order of the request. */
  takeTurn(held: Held): void {
    const key = keyOf(held.assignment);
    this.#held.delete(key);
    this.#held.set(key, held);
  }

  /** The answers that are waited for, by broker: each moves as its slowest partition. */
  underWay(leaders: Leaders): readonly SessionStep[] {
    const waiting = this.all.filter(({ paused }) => !paused);
    const byLeader = Map.groupBy(waiting, ({ assignment }) => leaders.of(assignment));
    return [...byLeader].map(([leader, some]) => {
      const who = leader === "-1" ? "a leader" : `the answer of broker ${leader}`;
      return {
        id: `fetch ${leader}`,
        step: "fetch",
        waitsFor: `${who} for ${placesOf(some.map(({ assignment }) => assignment))}`,
        moves: Math.min(...some.map(({ moves }) => moves)),
      };
    });
  }
}
