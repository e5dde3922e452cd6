import type { Logger } from "../core/logger.ts";
import type { Assignment, FetchedRecords, OffsetCommit, TopicPartition } from "../kafka/driver.ts";
import type { PartitionVitals } from "../core/vitals.ts";
import type { PartitionsEnd } from "./observer.ts";
import { PartitionState } from "./partition_state.ts";
import { placesOf } from "../core/places.ts";

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/**
 * The partitions that this consumer has now. What belongs to an older epoch finds nothing here: that is the fence, since
 * brokers do not check who owns a partition.
 */
export class Assignments {
  readonly #current = new Map<string, PartitionState>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The assignments that it has now. */
  get all(): readonly Assignment[] {
    return [...this.#current.values()].map(({ assignment }) => assignment);
  }

  /** Partitions that are paused although nothing of them waits here. */
  get starved(): readonly Assignment[] {
    return [...this.#current.values()].filter(({ isStarved }) => isStarved).map(({ assignment }) =>
      assignment
    );
  }

  /** How the partitions are now. */
  get vitals(): readonly PartitionVitals[] {
    return [...this.#current.values()].map(({ vitals }) => vitals);
  }

  /** How many partitions this consumer has. */
  get count(): number {
    return this.#current.size;
  }

  add(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      this.#current.set(keyOf(assignment), new PartitionState(assignment));
    }
    this.#log.info(`Assigned ${placesOf(assignments)}`);
  }

  /** The state that a fetch belongs to; undefined if it belongs to an assignment that has ended. */
  of(fetched: FetchedRecords): PartitionState | undefined {
    const state = this.#current.get(keyOf(fetched));
    return state?.assignment.epoch === fetched.epoch ? state : undefined;
  }

  /** A rebalance begins: nothing more of these is handed out. Returns their states. */
  revoke(assignments: readonly Assignment[]): ReadonlySet<PartitionState> {
    const states = this.#matching(assignments);
    for (const state of states) state.revoked = true;
    return states;
  }

  /** The assignments have ended. Returns their states, which are fenced from now on. */
  remove(assignments: readonly Assignment[], reason: PartitionsEnd): ReadonlySet<PartitionState> {
    const states = this.#matching(assignments);
    for (const state of states) {
      state.revoked = state.lost = true;
      this.#current.delete(keyOf(state.assignment));
    }
    if (states.size === 0 || reason === "closed") return states;
    const what = placesOf(assignments);
    if (reason === "member_lost") {
      this.#log.warning(`The group dropped this consumer: lost ${what}; what was not committed comes again`);
    } else if (reason === "rebalance") {
      this.#log.info(`The group rebalances: gave back ${what}`);
    }
    return states;
  }

  /** The newest low marks that are beyond what was committed. */
  get commits(): readonly OffsetCommit[] {
    const commits: OffsetCommit[] = [];
    for (const state of this.#current.values()) {
      const commit = state.commit;
      if (commit !== undefined) commits.push(commit);
    }
    return commits;
  }

  /** Messages that are finished and not committed, in all partitions together. */
  get pending(): number {
    let pending = 0;
    for (const state of this.#current.values()) pending += state.pending;
    return pending;
  }

  /** The group accepted low marks. */
  committed(offsets: readonly OffsetCommit[]): void {
    for (const commit of offsets) {
      const state = this.#current.get(keyOf(commit));
      if (state?.assignment.epoch === commit.epoch) state.committed(commit.offset);
    }
  }

  /** Records that wait, in all partitions together. */
  get lag(): bigint {
    let lag = 0n;
    for (const state of this.#current.values()) lag += state.lag;
    return lag;
  }

  #matching(assignments: readonly Assignment[]): ReadonlySet<PartitionState> {
    const states = new Set<PartitionState>();
    for (const assignment of assignments) {
      const state = this.#current.get(keyOf(assignment));
      if (state?.assignment.epoch === assignment.epoch) states.add(state);
    }
    return states;
  }
}
