import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "../core/logger.ts";
import type { ConnectionConfig } from "../kafka/connection.ts";
import type {
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  KafkaDriver,
  ProducerSession,
  SentRecord,
  TopicDetails,
} from "../kafka/driver.ts";
import type { MemoryDriver } from "../kafka/memory/driver.ts";
import { forever } from "./stand_ins.ts";

/** What an observed driver tells. */
export interface DriverPorts {
  /** Called at each event. */
  happened(): void;
  /** A consumer was given partitions of a topic. */
  listening(topic: string): void;
  /** Whether the job was killed: it hears nothing any more, and nothing that it says arrives. */
  isDead(): boolean;
}

/** The Kafka of one run: topics in memory, and what the job does with them. */
export class ObservedDriver implements KafkaDriver {
  readonly isInMemory = true;
  /** What the job sent, in the order of its acknowledgement. */
  readonly sent: SentRecord[] = [];
  /** The topics that the job consumed, by group. */
  readonly consumed = new Map<string, Set<string>>();
  readonly #sessions = new Map<ConsumerSession, ConsumerOptions>();
  readonly #driver: MemoryDriver;
  readonly #ports: DriverPorts;

  constructor(driver: MemoryDriver, ports: DriverPorts) {
    this.#driver = driver;
    this.#ports = ports;
  }

  /** Whether there are consumers, and all that they read is committed. */
  get caughtUp(): boolean {
    const { broker } = this.#driver;
    return this.#sessions.size > 0 &&
      [...this.#sessions.values()].every(({ groupId, topics }) =>
        topics.filter((topic) => broker.topicNames.includes(topic)).every((topic) => {
          const committed = broker.committed(groupId, topic);
          return [...broker.endOffsets(topic)].every(([partition, end]) =>
            (committed.get(partition) ?? -1n) >= end
          );
        })
      );
  }

  /** Ends all sessions without a commit, as the broker does when a process has died. */
  async drop(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((session) => session.close()));
  }

  async listTopics(connection: ConnectionConfig, timeoutMs: number): Promise<readonly string[]> {
    return await this.#during(() => this.#driver.listTopics(connection, timeoutMs));
  }

  async describeTopics(
    connection: ConnectionConfig,
    topics: readonly string[],
    timeoutMs: number,
  ): Promise<ReadonlyMap<string, TopicDetails>> {
    return await this.#during(() => this.#driver.describeTopics(connection, topics, timeoutMs));
  }

  async consume(
    connection: ConnectionConfig,
    options: ConsumerOptions,
    events: ConsumerEvents,
  ): Promise<ConsumerSession> {
    for (const topic of options.topics) {
      const topics = this.consumed.get(options.groupId) ?? new Set();
      this.consumed.set(options.groupId, topics.add(topic));
    }
    const session = await this.#during(() =>
      this.#driver.consume(connection, options, this.#observed(events))
    );
    this.#sessions.set(session, options);
    return {
      commit: (offsets) => this.#during(() => session.commit(offsets)),
      pause: (partition) => session.pause(partition),
      resume: (partition) => session.resume(partition),
      underWay: () => session.underWay(),
      get outage() {
        return session.outage;
      },
      close: () => {
        this.#sessions.delete(session);
        return session.close().finally(() => this.#ports.happened());
      },
    };
  }

  async produce(connection: ConnectionConfig, log: Logger): Promise<ProducerSession> {
    const session = await this.#during(() => this.#driver.produce(connection, log));
    return {
      send: (topic, records, timeoutMs) =>
        this.#during(async () => {
          const sent = await session.send(topic, records, timeoutMs);
          this.sent.push(...sent);
          return sent;
        }),
      close: () => session.close(),
    };
  }

  /** The events, told to the job in its own async context: a rebalance may have been begun by another's. */
  #observed(events: ConsumerEvents): ConsumerEvents {
    const inJob = AsyncLocalStorage.snapshot();
    const tell = (event: () => void) => {
      if (this.#ports.isDead()) return;
      this.#ports.happened();
      inJob(event);
    };
    return {
      assigned: (partitions) =>
        tell(() => {
          events.assigned(partitions);
          for (const topic of new Set(partitions.map(({ topic }) => topic))) this.#ports.listening(topic);
        }),
      records: (fetched) => tell(() => events.records(fetched)),
      revoking: async (partitions) => {
        if (this.#ports.isDead()) return;
        this.#ports.happened();
        await inJob(() => events.revoking(partitions));
      },
      lost: (partitions, reason) => tell(() => events.lost(partitions, reason)),
      crashed: (error) => tell(() => events.crashed(error)),
      outageBegan: (why) => tell(() => events.outageBegan?.(why)),
      outageOver: (ms) => tell(() => events.outageOver?.(ms)),
    };
  }

  /** A request and its answer. */
  async #during<T>(request: () => Promise<T>): Promise<T> {
    if (this.#ports.isDead()) return await forever();
    try {
      this.#ports.happened();
      return await request();
    } finally {
      this.#ports.happened();
      if (this.#ports.isDead()) await forever();
    }
  }
}
