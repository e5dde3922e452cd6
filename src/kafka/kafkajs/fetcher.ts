import type { Logger } from "../../core/logger.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Assignment, FetchedRecords, SessionStep, TopicPartition } from "../driver.ts";
import type { FetchedPartition } from "./broker.ts";
import { notThereNow } from "./errors.ts";
import { type FetchAnswer, fetchRequest, type FetchSettings, type Wanted } from "./fetch_request.ts";
import { answeredBy } from "./half_open.ts";
import { type Held, HeldPartitions } from "./held_partitions.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import type { Leaders } from "./leaders.ts";
import { Outage } from "./outage.ts";
import type { Outages } from "./outages.ts";
import { rawRequest } from "./raw_request.ts";
import { readingOf } from "./records.ts";

/** What a fetcher needs. */
export interface FetcherPorts {
  readonly cluster: Cluster;
  readonly leaders: Leaders;
  readonly settings: FetchSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly outages: Outages;
  /** How long fetching may fail before it gives up. */
  readonly recoveryTimeoutMs: number;
  /** Records of an assignment that is still held. */
  records(fetched: FetchedRecords): void;
  /** The position of this assignment does not exist any more; resolves when a new one was found. */
  outOfRange(assignment: Assignment): Promise<void>;
  /** These may be of a topic that was made again: resolves when those that are have a new position. */
  ifRemade(assignments: readonly Assignment[]): Promise<void>;
  /** The metadata was read anew: there may be new partitions. */
  metadataChanged(): void;
  /** Fetching cannot go on. */
  failed(error: unknown): void;
}

/** Time between two looks for work while everything is paused, in milliseconds; a resume wakes it at once. */
const IDLE_MS = 1_000;

const OUT_OF_RANGE = 1; // Kafka's code

/** Fetches the partitions of one generation: one loop for each broker that leads some of them. */
export class Fetcher {
  readonly #ports: FetcherPorts;
  readonly #held = new HeldPartitions();
  readonly #loops = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  #wake = new AbortController();

  constructor(ports: FetcherPorts) {
    this.#ports = ports;
  }

  /** Fetches this assignment from now on. */
  hold(assignment: Assignment): void {
    this.#held.hold(assignment);
    this.#regroup();
  }

  /** Fetches it no more. */
  drop(partition: TopicPartition): void {
    this.#held.drop(partition);
  }

  /** Pauses or resumes a partition; ignored where it is not held. */
  pause(partition: TopicPartition, paused: boolean): void {
    const held = this.#held.of(partition);
    if (held === undefined) return;
    held.paused = paused;
    if (paused) return;
    this.#held.moved([held]);
    this.#awaken();
  }

  /** The answers that are waited for. */
  underWay(): readonly SessionStep[] {
    return this.#held.underWay(this.#ports.leaders);
  }

  /** Ends all loops; answers on their way are dropped. */
  close(): void {
    this.#end.abort();
    this.#held.clear();
    this.#awaken();
  }

  #regroup(): void {
    for (const { assignment } of this.#held.all) {
      const leader = this.#ports.leaders.of(assignment);
      if (this.#loops.has(leader)) continue;
      const loop = this.#fetchFrom(leader);
      this.#loops.set(leader, loop);
      loop.catch((error) => this.#ports.failed(error));
    }
    this.#awaken();
  }

  #look(): void {
    if (!this.#ports.leaders.look()) return;
    this.#regroup();
    this.#ports.metadataChanged();
  }

  async #fetchFrom(leader: string): Promise<void> {
    const { clock, log, recoveryTimeoutMs, cluster, leaders, outages } = this.#ports;
    const listener = outages.of(`fetch ${leader}`);
    const outage = new Outage({ clock, log, boundMs: recoveryTimeoutMs, listener });
    await Promise.resolve(); // who is told of an assignment may pause it before anything is fetched
    while (!this.#end.signal.aborted) {
      this.#look();
      const led = this.#held.all.filter(({ assignment }) => leaders.of(assignment) === leader);
      if (led.length === 0) {
        this.#loops.delete(leader); // at once: a partition that moves here from now on begins a new loop
        return listener.over();
      }
      const active = led.filter(({ paused }) => !paused);
      if (active.length === 0) {
        await clock.sleep(IDLE_MS, this.#wake.signal);
        continue;
      }
      try {
        await this.#fetch(leader, active.map(({ assignment, next }) => ({ assignment, next })));
        this.#held.moved(active);
        outage.over();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        this.#held.moved(active);
        for (const held of led) held.doubted = true;
        const topics = new Set(led.map(({ assignment }) => assignment.topic));
        await outage.failed(notThereNow(error, [...topics].join(" or ")), "fetch records", this.#end.signal);
        await cluster.refreshMetadata().catch(() => {}); // the next round says why not
        this.#held.moved(active);
      }
    }
  }

  async #fetch(leader: string, wanted: readonly Wanted[]): Promise<void> {
    const { cluster, settings } = this.#ports;
    if (leader === "-1") throw errorFromCode(5); // LEADER_NOT_AVAILABLE
    await cluster.refreshMetadataIfNecessary();
    const broker = await cluster.findBroker({ nodeId: leader });
    const request = fetchRequest(settings, wanted);
    const answer = await answeredBy(cluster, broker, () => rawRequest<FetchAnswer>(broker, "Fetch", request));
    await this.#assure(answer);
    let problem: unknown;
    for (const { topicName, partitions } of answer.responses) {
      for (const fetched of partitions) {
        const found = await this.#deliver(topicName, fetched, wanted); // also after a problem with another one
        problem ??= found;
      }
    }
    if (problem !== undefined) throw problem;
  }

  /** Before anything of a topic is handed on that failed meanwhile: its old offsets would skip what is new. */
  async #assure({ responses }: FetchAnswer): Promise<void> {
    const doubted = responses.flatMap(({ topicName: topic, partitions }) =>
      partitions.map(({ partition, errorCode }) =>
        errorCode === 0 || errorCode === OUT_OF_RANGE ? this.#held.of({ topic, partition }) : undefined
      )
    ).filter((held) => held?.doubted === true) as Held[];
    if (doubted.length === 0) return;
    await this.#ports.ifRemade(doubted.map(({ assignment, next }) => ({ ...assignment, position: next })));
    for (const held of doubted) held.doubted = false;
  }

  /** Hands on what came of a partition; returns the error that came instead. */
  async #deliver(
    topic: string,
    fetched: FetchedPartition,
    wanted: readonly Wanted[],
  ): Promise<unknown> {
    const held: Held | undefined = this.#held.of({ topic, partition: fetched.partition });
    const asked = wanted.find(({ assignment }) => assignment === held?.assignment);
    // it was lost meanwhile, or its new leader has answered before the old one
    if (held === undefined || asked === undefined || asked.next !== held.next) return undefined;
    if (fetched.errorCode !== 0) {
      const error = Object.assign(errorFromCode(fetched.errorCode), { topic });
      if (error.type !== "OFFSET_OUT_OF_RANGE") return notThereNow(error, `${topic}[${fetched.partition}]`);
      await this.#ports.outOfRange({ ...held.assignment, position: held.next });
      return undefined;
    }
    const reading = readingOf(asked.next, fetched);
    if (reading instanceof Error) return reading; // the other partitions go on meanwhile
    const { partition, epoch } = held.assignment;
    if (reading.nextOffset > held.next || reading.records.length > 0) {
      this.#ports.records({ topic, partition, epoch, ...reading });
      held.next = reading.nextOffset; // behind what was handed on: a failure there repeats and skips nothing
      this.#held.takeTurn(held);
    }
    return undefined;
  }

  #awaken(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}
