import type { Gate } from "./faults.ts";
import { type OffsetCommit, PartitionsLostError, type TopicPartition } from "../driver.ts";

/** What a group asks of its members. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** Ends what the member was assigned, with a last chance to commit. */
  revoke(): Promise<void>;
  /** Gives the member its partitions; possibly none. */
  assign(generation: number, partitions: readonly TopicPartition[]): void;
  /** The group no longer knows the member under this id; it finds out at its next heartbeat, or commit. */
  dropped(id: string): void;
  /** Ends the member by an error. */
  crash(error: Error): void;
}

/** What a group needs of its broker. */
export interface GroupPorts {
  partitionsOf(topic: string): number;
  turn(): Promise<void>;
  /** What passes when a member is to hear what it was given. */
  readonly joins: Gate;
}

/** The name of a partition; a topic's name cannot hold a slash. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** A consumer group with eager rebalances, as kafkajs takes part in them: all is revoked, then all is given out anew. */
export class MemoryGroup {
  readonly #members = new Map<string, GroupMember>();
  readonly #committed = new Map<string, bigint>();
  readonly #requests: (readonly OffsetCommit[])[] = [];
  #shares: ReadonlyMap<GroupMember, readonly TopicPartition[]> = new Map();
  #generation = 0;
  #joined = 0;
  #wanted = false;
  #rebalancing = false;

  constructor(readonly id: string, private readonly ports: GroupPorts) {}

  /** Ids of the members, the oldest first. */
  get memberIds(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** The members themselves, the oldest first. */
  get members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  /** Every commit that was accepted, in order. */
  get requests(): readonly (readonly OffsetCommit[])[] {
    return this.#requests;
  }

  /** Whether a broker would know it: it has members, or committed offsets. */
  get isKnown(): boolean {
    return this.#members.size > 0 || this.#committed.size > 0;
  }

  /** What a member was given by the last rebalance. */
  partitionsOfMember(id: string): readonly TopicPartition[] {
    const member = this.#members.get(id);
    return member === undefined ? [] : this.#shares.get(member) ?? [];
  }

  /** Takes offsets from outside, as a broker does while there are no members. */
  setCommitted(offsets: readonly (TopicPartition & { readonly offset: bigint })[]): void {
    for (const commit of offsets) this.#committed.set(partitionKey(commit), commit.offset);
  }

  has(id: string): boolean {
    return this.#members.has(id);
  }

  /** Adds a member and returns its id; a rebalance follows. */
  join(member: GroupMember): string {
    const id = `member-${++this.#joined}`;
    this.#members.set(id, member);
    this.rebalance();
    return id;
  }

  /** Removes a member at once; a rebalance follows. Returns it, if it was one. */
  leave(id: string): GroupMember | undefined {
    const member = this.#members.get(id);
    if (this.#members.delete(id)) this.rebalance();
    return member;
  }

  /** The offset that the group has committed, or null. */
  committed(partition: TopicPartition): bigint | null {
    return this.#committed.get(partitionKey(partition)) ?? null;
  }

  /** All that was committed of one topic, by partition. */
  committedOf(topic: string): Map<number, bigint> {
    const result = new Map<number, bigint>();
    for (let partition = 0; partition < this.ports.partitionsOf(topic); partition++) {
      const offset = this.committed({ topic, partition });
      if (offset !== null) result.set(partition, offset);
    }
    return result;
  }

  /**
   * Takes a commit of a member in its generation. As with Kafka, nobody checks who owns the partitions. Throws a
   * `PartitionsLostError` where the member is unknown or its generation is over.
   */
  commit(id: string, generation: number, offsets: readonly OffsetCommit[]): void {
    if (!this.#members.has(id)) {
      throw new PartitionsLostError(`Cannot commit: group ${this.id} does not know member ${id} any more`);
    }
    if (generation !== this.#generation) {
      throw new PartitionsLostError(
        `Cannot commit in generation ${generation} of group ${this.id}: it is at generation ${this.#generation}`,
      );
    }
    for (const commit of offsets) this.#committed.set(partitionKey(commit), commit.offset);
    this.#requests.push([...offsets]);
  }

  /** Gives out the partitions anew; several requests in one turn make one rebalance. */
  rebalance(): void {
    this.#wanted = true;
    if (!this.#rebalancing) void this.#rebalance();
  }

  async #rebalance(): Promise<void> {
    this.#rebalancing = true;
    while (this.#wanted) {
      await this.ports.turn();
      this.#wanted = false;
      await Promise.all(this.members.map((member) => member.revoke()));
      if (this.#wanted) continue; // somebody came or went meanwhile: what is revoked stays so
      this.#generation++;
      this.#shares = this.#distribute();
      for (const [member, partitions] of this.#shares) this.#tell(member, partitions);
    }
    this.#rebalancing = false;
  }

  /** Gives a member its share; one whose answer is held or lost hears of it later, or never. */
  #tell(member: GroupMember, partitions: readonly TopicPartition[]): void {
    const { joins } = this.ports;
    const generation = this.#generation;
    if (!joins.isShut) return member.assign(generation, partitions);
    void joins.pass().then(() => {
      const isThere = this.members.includes(member);
      if (isThere && generation === this.#generation) member.assign(generation, partitions);
    });
  }

  /** Round robin over the members that subscribe, the oldest first. */
  #distribute(): Map<GroupMember, TopicPartition[]> {
    const shares = new Map<GroupMember, TopicPartition[]>(this.members.map((member) => [member, []]));
    const topics = [...new Set(this.members.flatMap((member) => member.topics))].sort();
    let turn = 0;
    for (const topic of topics) {
      const subscribers = this.members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.ports.partitionsOf(topic); partition++) {
        const member = subscribers[turn++ % subscribers.length];
        if (member !== undefined) shares.get(member)?.push({ topic, partition });
      }
    }
    return shares;
  }
}
