import { ConfigurationError } from "../../core/errors.ts";
import { within } from "../../runtime/clock.ts";
import {
  type Assignment,
  type ConsumerEvents,
  type ConsumerOptions,
  type ConsumerSession,
  type LostReason,
  type OffsetCommit,
  PartitionsLostError,
  type SessionStep,
  type TopicPartition,
} from "../driver.ts";
import { type MemoryBroker, unknownTopic } from "./broker.ts";
import { type GroupMember, type MemoryGroup, partitionKey } from "./group.ts";
import { PartitionReader } from "./partition_reader.ts";
import { startPosition, tellSkipped } from "./start_position.ts";

let [epochs, joins] = [0, 0];

/** A consumer of a {@link MemoryBroker}: a member of a group, with a reader for each of its partitions. */
export class MemoryConsumerSession implements ConsumerSession, GroupMember {
  readonly topics: readonly string[];
  readonly #group: MemoryGroup;
  readonly #readers = new Map<string, PartitionReader>();
  /** How many partitions each topic had when the session began: those that come later are read from their beginning. */
  readonly #firstSeen: ReadonlyMap<string, number>;
  readonly #ended = Promise.withResolvers<void>();
  #memberId: string;
  #generation = -1;
  #over = false;
  /** Set while it waits for the group to give it partitions. */
  #join: SessionStep | undefined;
  readonly outage = undefined;

  constructor(
    private readonly broker: MemoryBroker,
    private readonly options: ConsumerOptions,
    private readonly events: ConsumerEvents,
  ) {
    this.topics = [...new Set(options.topics)];
    const present = broker.topicNames;
    const missing = this.topics.find((topic) => !present.includes(topic));
    this.#group = broker.group(options.groupId);
    this.#firstSeen = new Map(
      this.topics.map((topic) => [topic, present.includes(topic) ? broker.logs(topic).length : 0]),
    );
    this.#joinsAnew();
    this.#memberId = missing === undefined ? this.#group.join(this) : "";
    if (missing !== undefined) void broker.turn().then(() => this.crash(unknownTopic(missing)));
  }

  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    const live = offsets.filter((commit) => this.#reader(commit)?.assignment.epoch === commit.epoch);
    if (live.length === 0) return;
    const [id, generation] = [this.#memberId, this.#generation];
    await this.broker.turn();
    await this.broker.requests.commit.gate.pass();
    const fault = this.broker.requests.commit.faults.take();
    if (fault instanceof PartitionsLostError) this.#group.leave(id);
    try {
      if (fault !== undefined) throw fault;
      // on one connection a commit never overtakes another: what began anew meanwhile has committed its position since
      const current = live.filter((commit) =>
        (this.#reader(commit)?.assignment.epoch ?? commit.epoch) === commit.epoch
      );
      this.#group.commit(id, generation, current);
    } catch (error) {
      if (!this.#group.has(id)) this.#rejoin(id);
      throw error;
    }
  }

  pause(partition: TopicPartition): void {
    this.#reader(partition)?.pause();
  }

  resume(partition: TopicPartition): void {
    this.#reader(partition)?.resume();
  }

  underWay(): readonly SessionStep[] {
    return this.#join !== undefined
      ? [this.#join]
      : [...this.#readers.values()].flatMap(({ underWay }) => underWay ?? []);
  }

  async close(): Promise<void> {
    if (!this.#over) {
      this.#leave();
      this.#lose("closed");
    }
    await this.broker.turn();
    await this.broker.requests.close.gate.pass();
  }

  async revoke(): Promise<void> {
    this.#joinsAnew();
    const readers = [...this.#readers.values()];
    if (readers.length === 0) return;
    for (const reader of readers) reader.halt();
    const last = this.events.revoking(readers.map((reader) => reader.assignment));
    const done = Promise.race([last, this.#ended.promise]);
    await within(this.broker.clock, this.options.revokeTimeoutMs, done);
    this.#lose("rebalance");
  }

  assign(generation: number, partitions: readonly TopicPartition[]): void {
    this.#generation = generation;
    this.#join = undefined;
    this.#begin(partitions.map((partition) => ({ ...partition, wanted: this.#group.committed(partition) })));
  }

  dropped(id: string): void {
    void this.broker.turn().then(() => this.#rejoin(id));
  }

  crash(error: Error): void {
    if (this.#over) return;
    this.#leave();
    this.#stopReaders();
    this.events.crashed(error);
  }

  #reader(partition: TopicPartition): PartitionReader | undefined {
    return this.#readers.get(partitionKey(partition));
  }

  /** Begins to read: positions that were chosen here are committed first. */
  #begin(wanted: readonly (TopicPartition & { readonly wanted: bigint | null })[]): void {
    if (wanted.length === 0) return;
    let readers: PartitionReader[];
    try {
      readers = wanted.map((partition) => this.#open(partition));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return this.crash(error);
    }
    for (const reader of readers) this.#readers.set(partitionKey(reader.assignment), reader);
    this.events.assigned(readers.map((reader) => reader.assignment));
    for (const reader of readers) void reader.run();
  }

  #open(at: TopicPartition & { readonly wanted: bigint | null }): PartitionReader {
    const { topic, partition } = at;
    const log = this.broker.log(topic, partition);
    const { beginning, end } = log;
    const appeared = partition >= (this.#firstSeen.get(topic) ?? 0);
    const facts = { ...this.options, ...at, beginning, end, appeared };
    const start = startPosition(facts);
    const { position, chosen } = start;
    tellSkipped(this.options.log, facts, start);
    const epoch = ++epochs;
    if (chosen) {
      this.#group.commit(this.#memberId, this.#generation, [{ topic, partition, epoch, offset: position }]);
    }
    const committed = this.#group.committed(at);
    const assignment: Assignment = { topic, partition, epoch, position, committed };
    return new PartitionReader(this.broker, log, assignment, this.events, (at) => this.#outOfRange(at));
  }

  #outOfRange(reader: PartitionReader): void {
    const { topic, partition } = reader.assignment;
    this.#readers.delete(partitionKey(reader.assignment));
    this.events.lost([reader.assignment], "out_of_range");
    if (this.#group.has(this.#memberId)) this.#begin([{ topic, partition, wanted: reader.position }]);
  }

  /** Ends all assignments. */
  #lose(reason: LostReason): void {
    const lost = this.#stopReaders();
    if (lost.length > 0) this.events.lost(lost, reason);
  }

  #stopReaders(): readonly Assignment[] {
    const readers = [...this.#readers.values()];
    this.#readers.clear();
    for (const reader of readers) reader.stop();
    return readers.map((reader) => reader.assignment);
  }

  #rejoin(id: string): void {
    if (this.#over || id !== this.#memberId) return;
    this.#lose("member_lost");
    this.#joinsAnew();
    this.#memberId = this.#group.join(this);
  }

  #joinsAnew(): void {
    const waitsFor = `the answer of group "${this.options.groupId}"`;
    this.#join = { id: "join", step: "join", waitsFor, moves: ++joins };
  }

  #leave(): void {
    this.#over = true;
    this.#join = undefined;
    this.#ended.resolve();
    this.#group.leave(this.#memberId);
  }
}
