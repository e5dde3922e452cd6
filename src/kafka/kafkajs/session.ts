import { type Clock, within } from "../../runtime/clock.ts";
import type {
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  LostReason,
  OffsetCommit,
  SessionStep,
  TopicPartition,
} from "../driver.ts";
import { cutOff } from "./cut_off.ts";
import { translateError } from "./errors.ts";
import type { FetchSettings } from "./fetch_request.ts";
import { Generation } from "./generation.ts";
import type { Cluster } from "./internals.ts";
import { Membership } from "./membership.ts";
import { Outages } from "./outages.ts";
import { Patience } from "./patience.ts";
import { Positions } from "./positions.ts";

/** Bounds of closing, in milliseconds: with that of leaving the group, within five seconds. */
const SETTLE_MS = 2_000;
const DISCONNECT_MS = 1_000;

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
  readonly #outages: Outages;
  readonly #patience: Patience;
  #generation: Generation | undefined;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    const { cluster, options, clock } = ports;
    this.#membership = new Membership(cluster, options, clock);
    this.#positions = new Positions(cluster, this.#membership, options);
    this.#outages = new Outages(clock, ports.events);
    this.#patience = new Patience({ ...ports, outages: this.#outages, closing: this.#closing.signal });
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

  underWay(): readonly SessionStep[] {
    const { underWay } = this.#patience;
    return underWay === undefined ? this.#generation?.underWay() ?? [] : [underWay];
  }

  get outage(): string | undefined {
    return this.#outages.why;
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #run(): Promise<void> {
    const { options, events, clock } = this.#ports;
    await this.#patience.until({
      step: "connect",
      doing: `begin to consume ${options.topics.join(", ")}`,
      waitsFor: `the brokers, to learn of ${options.topics.join(", ")}`,
      once: () => this.#connect(),
    });
    while (!this.#closing.signal.aborted) {
      const assignments = await this.#patience.until({
        step: "join",
        doing: `join group "${options.groupId}"`,
        waitsFor: `group "${options.groupId}" to share out its partitions, and where they begin`,
        once: () => this.#join(),
      });
      if (assignments === undefined || this.#closing.signal.aborted) return;
      const generation = new Generation(assignments, {
        ...this.#ports,
        membership: this.#membership,
        positions: this.#positions,
        outages: this.#outages,
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
