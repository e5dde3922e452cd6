import type { Logger } from "../../core/logger.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Assignment, FetchedRecords, TopicPartition } from "../driver.ts";
import type { FetchedPartition } from "./broker.ts";
import { notThereNow } from "./errors.ts";
import { answeredBy } from "./half_open.ts";
import { type Cluster, errorFromCode } from "./internals.ts";
import type { Leaders } from "./leaders.ts";
import { Outage } from "./outage.ts";
import { byTopic, keyOf } from "./partitions.ts";
import { rawRequest } from "./raw_request.ts";
import { readingOf } from "./records.ts";

/** Sizes in bytes, times in milliseconds; by Kafka's names in additional_config. */
export interface FetchSettings {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly isolationLevel: number;
}

/** What a fetcher needs. */
export interface FetcherPorts {
  readonly cluster: Cluster;
  readonly leaders: Leaders;
  readonly settings: FetchSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long fetching may fail before it gives up. */
  readonly recoveryTimeoutMs: number;
  /** Records of an assignment that is still held. */
  records(fetched: FetchedRecords): void;
  /** The position of this assignment does not exist any more; resolves when a new one was found. */
  outOfRange(assignment: Assignment): Promise<void>;
  /** The metadata was read anew: there may be new partitions. */
  metadataChanged(): void;
  /** Fetching cannot go on. */
  failed(error: unknown): void;
}

/** Time between two looks for work while everything is paused, in milliseconds; a resume wakes it at once. */
const IDLE_MS = 1_000;

/** Fetches the partitions of one generation: one loop for each broker that leads some of them. */
export class Fetcher {
  readonly #ports: FetcherPorts;
  readonly #held = new Map<string, { assignment: Assignment; next: bigint; paused: boolean }>();
  readonly #loops = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  #wake = new AbortController();

  constructor(ports: FetcherPorts) {
    this.#ports = ports;
  }

  /** Fetches this assignment from now on. */
  hold(assignment: Assignment): void {
    this.#held.set(keyOf(assignment), { assignment, next: assignment.position, paused: false });
    this.#regroup();
  }

  /** Fetches it no more. */
  drop(partition: TopicPartition): void {
    this.#held.delete(keyOf(partition));
  }

  /** Pauses or resumes a partition; ignored where it is not held. */
  pause(partition: TopicPartition, paused: boolean): void {
    const held = this.#held.get(keyOf(partition));
    if (held === undefined) return;
    held.paused = paused;
    if (!paused) this.#awaken();
  }

  /** Ends all loops; answers on their way are dropped. */
  close(): void {
    this.#end.abort();
    this.#held.clear();
    this.#awaken();
  }

  #regroup(): void {
    for (const { assignment } of this.#held.values()) {
      const leader = this.#ports.leaders.of(assignment);
      if (this.#loops.has(leader)) continue;
      const loop = this.#fetchFrom(leader).finally(() => this.#loops.delete(leader));
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
    const { clock, log, recoveryTimeoutMs, cluster, leaders } = this.#ports;
    const outage = new Outage({ clock, log, boundMs: recoveryTimeoutMs });
    await Promise.resolve(); // who is told of an assignment may pause it before anything is fetched
    while (!this.#end.signal.aborted) {
      this.#look();
      const led = [...this.#held.values()].filter(({ assignment }) => leaders.of(assignment) === leader);
      if (led.length === 0) return;
      const active = led.filter(({ paused }) => !paused);
      if (active.length === 0) {
        await clock.sleep(IDLE_MS, this.#wake.signal);
        continue;
      }
      try {
        await this.#fetch(leader, active.map(({ assignment, next }) => ({ assignment, next })));
        outage.over();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        const topics = new Set(led.map(({ assignment }) => assignment.topic));
        await outage.failed(notThereNow(error, [...topics].join(" or ")), "fetch records", this.#end.signal);
        await cluster.refreshMetadata().catch(() => {}); // the next round says why not
      }
    }
  }

  async #fetch(leader: string, wanted: readonly { assignment: Assignment; next: bigint }[]): Promise<void> {
    const { cluster, settings } = this.#ports;
    if (leader === "-1") throw errorFromCode(5); // LEADER_NOT_AVAILABLE
    await cluster.refreshMetadataIfNecessary();
    const broker = await cluster.findBroker({ nodeId: leader });
    const topics = byTopic(
      wanted.map(({ assignment: { topic, partition }, next }) => ({ topic, partition, next })),
      ({ partition, next }) => ({
        partition,
        fetchOffset: next.toString(),
        maxBytes: settings.maxPartitionBytes,
      }),
    );
    const request = {
      replicaId: -1,
      isolationLevel: settings.isolationLevel,
      maxWaitTime: settings.maxWaitMs,
      minBytes: settings.minBytes,
      maxBytes: settings.maxBytes,
      topics,
    };
    const answer = await answeredBy(cluster, broker, () => rawRequest<FetchAnswer>(broker, "Fetch", request));
    let problem: unknown;
    for (const { topicName, partitions } of answer.responses) {
      for (const fetched of partitions) {
        const found = await this.#deliver(topicName, fetched, wanted); // also after a problem with another one
        problem ??= found;
      }
    }
    if (problem !== undefined) throw problem;
  }

  /** Hands on what came of a partition; returns the error that came instead. */
  async #deliver(
    topic: string,
    fetched: FetchedPartition,
    wanted: readonly { assignment: Assignment; next: bigint }[],
  ): Promise<unknown> {
    const held = this.#held.get(keyOf({ topic, partition: fetched.partition }));
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
      this.#held.delete(keyOf(held.assignment)); // its turn is over: brokers fill an answer in the order of the request
      this.#held.set(keyOf(held.assignment), held);
    }
    return undefined;
  }

  #awaken(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}

interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}
