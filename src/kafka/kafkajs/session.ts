import { ConfigurationError, errorText } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { type Clock, within } from "../../runtime/clock.ts";
import type {
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  LostReason,
  OffsetCommit,
  TopicPartition,
} from "../driver.ts";
import { cutOff } from "./cut_off.ts";
import { factsOf } from "./error_facts.ts";
import { translateError } from "./errors.ts";
import type { FetchSettings } from "./fetcher.ts";
import { Generation } from "./generation.ts";
import type { Cluster } from "./internals.ts";
import { isForgotten, isRebalance, Membership } from "./membership.ts";
import { Outage } from "./outage.ts";
import { Positions } from "./positions.ts";
import { UNKNOWN_TOPIC, UNKNOWN_TOPIC_MS } from "./unknown_topic.ts";

/** Bounds of closing, in milliseconds: with that of leaving the group, within five seconds. */
const SETTLE_MS = 2_000;
const DISCONNECT_MS = 1_000;

/** Who is not let in for long says so now and again, in milliseconds. */
const TELL_EVERY_MS = 30_000;

/** What a session needs. */
export interface SessionPorts {
  readonly cluster: Cluster;
  readonly options: ConsumerOptions;
  readonly fetch: FetchSettings;
  readonly events: ConsumerEvents;
  readonly clock: Clock;
}

/**
 * A member of a consumer group on real brokers: joins, works for a generation, gives back, joins again. Whatever goes
 * wrong is either mended here or ends in `crashed`: unlike kafkajs' own consumer it never idles.
 */
export class KafkajsSession implements ConsumerSession {
  readonly #ports: SessionPorts;
  readonly #membership: Membership;
  readonly #positions: Positions;
  readonly #closing = new AbortController();
  readonly #outage: Outage;
  #generation: Generation | undefined;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    const { cluster, options, clock } = ports;
    this.#membership = new Membership(cluster, options, clock);
    this.#positions = new Positions(cluster, this.#membership, options);
    this.#outage = new Outage({ clock, log: options.log, boundMs: options.recoveryTimeoutMs });
  }

  /** Begins; what happens is told by the events. */
  start(): void {
    this.#running = this.#run().catch(async (error) => {
      if (this.#closing.signal.aborted) return;
      this.#end("closed");
      await this.#membership.leave();
      this.#ports.events.crashed(translateError(error, `consume ${this.#ports.options.topics.join(", ")}`));
    });
  }

  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    await this.#generation?.commit(offsets);
  }

  pause(partition: TopicPartition): void {
    this.#generation?.pause(partition, true);
  }

  resume(partition: TopicPartition): void {
    this.#generation?.pause(partition, false);
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #run(): Promise<void> {
    const { options, events, clock } = this.#ports;
    await this.#patiently(`begin to consume ${options.topics.join(", ")}`, () => this.#connect());
    while (!this.#closing.signal.aborted) {
      const assignments = await this.#patiently(`join group "${options.groupId}"`, () => this.#join());
      if (assignments === undefined || this.#closing.signal.aborted) return;
      const generation = new Generation(assignments, {
        ...this.#ports,
        membership: this.#membership,
        positions: this.#positions,
      });
      this.#generation = generation;
      events.assigned(assignments);
      const reason = await generation.run();
      if (reason === "rebalance" && generation.assignments.length > 0) {
        await within(clock, options.revokeTimeoutMs, events.revoking(generation.assignments));
      }
      this.#end(reason);
    }
  }

  async #connect(): Promise<void> {
    const { cluster, options } = this.#ports;
    await cluster.connect();
    await cluster.addMultipleTargetTopics(options.topics);
  }

  async #join() {
    const partitions = await this.#membership.join();
    const found = new AbortController();
    void this.#stayAlive(found.signal);
    return await this.#positions.of(partitions).finally(() => found.abort());
  }

  /** Where answers are slow, the session would be over before the positions are found: and so again after the next join. */
  async #stayAlive(signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#ports;
    while (true) {
      await clock.sleep(options.heartbeatIntervalMs, signal);
      if (signal.aborted || this.#closing.signal.aborted) return;
      await this.#membership.heartbeat().catch(() => {}); // the positions, or the generation's first one, will say
    }
  }

  /** Tries until it succeeds; undefined where the session is closed meanwhile. */
  async #patiently<T>(doing: string, attempt: () => Promise<T>): Promise<T | undefined> {
    const { clock, options } = this.#ports;
    let unknownSince: number | undefined;
    let toldAt = clock.now();
    while (!this.#closing.signal.aborted) {
      try {
        const result = await attempt();
        this.#outage.over();
        return result;
      } catch (error) {
        if (factsOf(error).type === UNKNOWN_TOPIC) {
          unknownSince ??= clock.now();
          if (clock.now() - unknownSince > UNKNOWN_TOPIC_MS) throw await this.#unknownTopic(error);
          await clock.sleep(200, this.#closing.signal);
          continue;
        }
        unknownSince = undefined; // a broker that has just come back does not know its topics at once
        if (isForgotten(error) || isRebalance(error)) {
          const isLong = clock.now() - toldAt >= TELL_EVERY_MS;
          if (isLong) toldAt = clock.now();
          options.log[isLong ? "warning" : "debug"](`Cannot ${doing} yet: ${errorText(error)}`);
          await clock.sleep(100, this.#closing.signal); // not an outage: the group moves on, so join again
          continue;
        }
        options.log.debug(`Cannot ${doing}: ${errorText(error)}`);
        await this.#outage.failed(error, doing, this.#closing.signal);
      }
    }
    return undefined;
  }

  async #unknownTopic(cause: unknown): Promise<Error> {
    const { cluster, options } = this.#ports;
    const broker = cluster.brokerPool.seedBroker;
    const there = (await broker?.metadata())?.topicMetadata.map(({ topic }) => topic) ?? [];
    const [missing] = options.topics.filter((topic) => !there.includes(topic));
    if (missing === undefined) return translateError(cause, `consume ${options.topics.join(", ")}`);
    const hint = didYouMean(missing, there.filter((topic) => !topic.startsWith("__")));
    return new ConfigurationError(
      `Cannot consume topic "${missing}": there is no such topic, or this user may not see it${hint} ` +
        "(create it, or correct its name)",
      { cause },
    );
  }

  #end(reason: LostReason): void {
    const generation = this.#generation;
    this.#generation = undefined;
    generation?.lose();
    const assignments = generation?.assignments ?? [];
    if (assignments.length > 0) this.#ports.events.lost(assignments, reason);
  }

  async #close(): Promise<void> {
    const { clock, cluster } = this.#ports;
    this.#closing.abort();
    this.#generation?.close();
    this.#end("closed");
    const leaving = this.#membership.leave(); // it ends a join that waits for the group
    if (this.#running !== undefined) await within(clock, SETTLE_MS, this.#running);
    await leaving;
    await this.#membership.leave(); // an old broker lets a member in without telling its id first
    await cutOff(cluster, clock, DISCONNECT_MS);
  }
}
