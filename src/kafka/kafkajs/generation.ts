import { type Clock, within } from "../../runtime/clock.ts";
import {
  type Assignment,
  type ConsumerEvents,
  type ConsumerOptions,
  type OffsetCommit,
  PartitionsLostError,
  type SessionStep,
  type TopicPartition,
} from "../driver.ts";
import { translateError } from "./errors.ts";
import type { FetchSettings } from "./fetch_request.ts";
import { Fetcher } from "./fetcher.ts";
import type { Cluster } from "./internals.ts";
import { Leaders } from "./leaders.ts";
import { isForgotten, isRebalance, type Membership } from "./membership.ts";
import { Outage } from "./outage.ts";
import type { Outages } from "./outages.ts";
import { keyOf } from "./partitions.ts";
import type { Positions } from "./positions.ts";

/** Why a generation ended without an error. */
export type GenerationEnd = "rebalance" | "member_lost" | "closed";

/** What a generation needs. */
export interface GenerationPorts {
  readonly cluster: Cluster;
  readonly membership: Membership;
  readonly positions: Positions;
  readonly outages: Outages;
  readonly options: ConsumerOptions;
  readonly fetch: FetchSettings;
  readonly clock: Clock;
  readonly events: Pick<ConsumerEvents, "assigned" | "records" | "lost">;
}

/** The time between two rebalances: heartbeats, fetches and commits under one generation of the group. */
export class Generation {
  readonly #ports: GenerationPorts;
  readonly #held: Map<string, Assignment>;
  readonly #fetcher: Fetcher;
  readonly #end = Promise.withResolvers<GenerationEnd>();
  readonly #over = new AbortController();
  /** Rejects the commits that wait for their answer. */
  readonly #committing = new Set<(reason: Error) => void>();
  readonly #partitions: number;
  /** What begins anew after its position was lost: an older low mark must not overwrite the one that is committed now. */
  readonly #beginning = new Set<string>();

  constructor(assignments: readonly Assignment[], ports: GenerationPorts) {
    this.#ports = ports;
    this.#held = new Map(assignments.map((assignment) => [keyOf(assignment), assignment]));
    const { cluster, options, events } = ports;
    const leaders = new Leaders(cluster, options.topics);
    this.#partitions = leaders.partitions.size;
    this.#fetcher = new Fetcher({
      cluster,
      leaders,
      settings: ports.fetch,
      clock: ports.clock,
      log: options.log,
      outages: ports.outages,
      recoveryTimeoutMs: options.recoveryTimeoutMs,
      records: (fetched) => events.records(fetched),
      outOfRange: (assignment) => this.#outOfRange(assignment),
      ifRemade: async (assignments) => {
        for (const lost of await ports.positions.remade(assignments)) await this.#outOfRange(lost, true);
      },
      metadataChanged: () => {
        if (leaders.partitions.size !== this.#partitions) this.#end.resolve("rebalance"); // to share out the new ones
      },
      failed: (error) => this.#end.reject(error),
    });
    for (const assignment of assignments) this.#fetcher.hold(assignment);
  }

  /** The assignments as they are now. */
  get assignments(): readonly Assignment[] {
    return [...this.#held.values()];
  }

  /** The answers that are waited for. */
  underWay(): readonly SessionStep[] {
    return this.#fetcher.underWay();
  }

  /** Works until the generation ends; rejects with what makes going on impossible. Fetching has stopped by then. */
  async run(): Promise<GenerationEnd> {
    this.#heartbeats().catch((error) => this.#end.reject(error));
    try {
      return await this.#end.promise;
    } finally {
      this.#over.abort();
      this.#fetcher.close();
      this.#ports.outages.forget();
    }
  }

  /** Ends it from outside. */
  close(): void {
    this.#end.resolve("closed");
  }

  /** Its assignments have ended. A commit that nobody has answered is moot: on a dead connection it would wait on. */
  lose(): void {
    const error = new PartitionsLostError("the partitions were lost before their commit was answered");
    for (const giveUp of this.#committing) giveUp(error);
  }

  pause(partition: TopicPartition, paused: boolean): void {
    this.#fetcher.pause(partition, paused);
  }

  /** Commits what belongs to assignments that are still held; the rest is dropped. */
  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    const own = offsets.filter((commit) => {
      const key = keyOf(commit);
      return this.#held.get(key)?.epoch === commit.epoch && !this.#beginning.has(key);
    });
    if (own.length === 0) return;
    try {
      await this.#unlessLost(this.#ports.membership.commit(own));
    } catch (error) {
      if (isForgotten(error)) this.#end.resolve("member_lost");
      if (isRebalance(error)) this.#end.resolve("rebalance");
      throw translateError(error, `commit offsets of group "${this.#ports.options.groupId}"`);
    }
  }

  /** One promise a commit: a race against one that lives as long as the generation would remember every commit. */
  async #unlessLost(commit: Promise<void>): Promise<void> {
    const lost = Promise.withResolvers<never>();
    this.#committing.add(lost.reject);
    try {
      await Promise.race([commit, lost.promise]);
    } finally {
      this.#committing.delete(lost.reject);
    }
  }

  async #heartbeats(): Promise<void> {
    const { membership, options, clock, outages } = this.#ports;
    const listener = outages.of("heartbeat");
    const outage = new Outage({ clock, log: options.log, boundMs: options.recoveryTimeoutMs, listener });
    let lastAnswer = clock.now();
    while (!this.#over.signal.aborted) {
      await clock.sleep(options.heartbeatIntervalMs, this.#over.signal);
      if (this.#over.signal.aborted) return;
      const beat = membership.heartbeat();
      const left = Math.max(options.sessionTimeoutMs - (clock.now() - lastAnswer), 1);
      if (!await within(clock, left, beat.catch(() => {}))) {
        membership.disconnect(); // by now the group has dropped this member, whatever the connection looks like
        return this.#end.resolve("member_lost");
      }
      try {
        await beat;
        lastAnswer = clock.now();
        outage.over();
      } catch (error) {
        if (isRebalance(error)) return this.#end.resolve("rebalance");
        if (isForgotten(error)) return this.#end.resolve("member_lost");
        if (clock.now() - lastAnswer >= options.sessionTimeoutMs) return this.#end.resolve("member_lost");
        await outage.failed(error, `send a heartbeat to group "${options.groupId}"`, this.#over.signal);
      }
    }
  }

  async #outOfRange(lost: Assignment, isRemade = false): Promise<void> {
    const { positions, options, events } = this.#ports;
    const { beginning, end } = await positions.bounds(lost);
    const key = keyOf(lost);
    this.#beginning.add(key);
    const fresh = await positions.reset(lost).finally(() => this.#beginning.delete(key));
    if (this.#held.get(keyOf(lost))?.epoch !== lost.epoch) return; // it was taken away meanwhile
    const place = `${lost.topic}[${lost.partition}]`;
    const gap = lost.position < fresh.position
      ? `offsets ${lost.position} to ${fresh.position - 1n} are lost`
      : `the log ends at ${end}: the topic was made anew, or cut`;
    options.log.warning(
      isRemade
        ? `${place}: the topic was deleted and made again; going on at ${fresh.position}, its beginning`
        : `${place}: offset ${lost.position} does not exist any more (the log has ${beginning} to ${end}): ${gap}; ` +
          `going on at ${fresh.position}, by auto_offset_reset "${options.autoOffsetReset}"`,
    );
    this.#fetcher.drop(lost);
    events.lost([lost], "out_of_range");
    this.#held.set(keyOf(fresh), fresh);
    this.#fetcher.hold(fresh);
    events.assigned([fresh]);
  }
}
