import { UnavailableError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { within } from "../../runtime/clock.ts";
import type { ConnectionConfig } from "../connection.ts";
import type {
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  KafkaDriver,
  ProducerSession,
  TopicDetails,
} from "../driver.ts";
import { MemoryBroker } from "./broker.ts";
import { MemoryConsumerSession } from "./consumer_session.ts";
import { MemoryProducerSession } from "./producer_session.ts";

/**
 * Kafka without a broker, for tests of jobs. Its contract tests are those of the kafkajs driver. Whatever the connection
 * says, it leads to the one {@link MemoryBroker} that it was made with.
 */
export class MemoryDriver implements KafkaDriver {
  readonly isInMemory = true;

  constructor(readonly broker: MemoryBroker = new MemoryBroker()) {}

  async listTopics(_connection: ConnectionConfig, timeoutMs: number): Promise<readonly string[]> {
    const { gate, faults } = this.broker.requests.list;
    await this.broker.turn();
    if (gate.isHeld && !await within(this.broker.clock, timeoutMs, gate.pass())) {
      throw new UnavailableError(`Cannot list topics: no answer within ${timeoutMs} ms`);
    }
    const fault = faults.take();
    if (fault !== undefined) throw fault;
    return this.broker.topicNames;
  }

  async describeTopics(
    connection: ConnectionConfig,
    topics: readonly string[],
    timeoutMs: number,
  ): Promise<ReadonlyMap<string, TopicDetails>> {
    const present = new Set(await this.listTopics(connection, timeoutMs));
    const there = topics.filter((topic) => present.has(topic));
    return new Map(there.map((topic) => [topic, this.broker.details(topic)]));
  }

  async consume(
    _connection: ConnectionConfig,
    options: ConsumerOptions,
    events: ConsumerEvents,
  ): Promise<ConsumerSession> {
    await this.broker.turn();
    await this.broker.requests.connect.gate.pass();
    return new MemoryConsumerSession(this.broker, options, events);
  }

  async produce(_connection: ConnectionConfig, _log: Logger): Promise<ProducerSession> {
    await this.broker.turn();
    return new MemoryProducerSession(this.broker);
  }
}
