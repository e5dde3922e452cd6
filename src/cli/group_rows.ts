import type { GroupInfo, GroupMemberInfo, KafkaAdmin, PartitionBounds } from "../kafka/admin.ts";

/** One partition of a group. */
export interface GroupRow {
  readonly topic: string;
  readonly partition: number;
  /** Null where nothing is committed. */
  readonly committed: bigint | null;
  /** Offset of the first record that is still there. */
  readonly beginning: bigint;
  /** The last stable offset: as in the consumer's own count, records of open transactions are not behind it. */
  readonly end: bigint;
  /** Offsets from the committed one, or from the first that is still there, to the end; null where nothing is committed. */
  readonly lag: bigint | null;
  /** Null where nobody has the partition. */
  readonly member: GroupMemberInfo | null;
}

/** The partitions of a group, and what has no row. */
export interface GroupRows {
  readonly rows: readonly GroupRow[];
  /** Topics that the group has committed, and that are deleted or not to be seen by this user: offsets outlive topics. */
  readonly gone: readonly string[];
}

/** What is there for all groups alike, asked for once. */
export class TopicsNow {
  readonly #admin: KafkaAdmin;
  #names: Promise<ReadonlySet<string>> | undefined;
  readonly #bounds = new Map<string, Promise<ReadonlyMap<number, PartitionBounds>>>();

  constructor(admin: KafkaAdmin) {
    this.#admin = admin;
  }

  async has(topic: string): Promise<boolean> {
    this.#names ??= this.#admin.topics().then((topics) => new Set(topics.map(({ name }) => name)));
    return (await this.#names).has(topic);
  }

  bounds(topic: string): Promise<ReadonlyMap<number, PartitionBounds>> {
    const known = this.#bounds.get(topic) ?? this.#admin.bounds(topic);
    this.#bounds.set(topic, known);
    return known;
  }
}

/** What a group has committed, and the partitions that its members have, of one topic or of all. */
export async function rowsOfGroup(
  admin: KafkaAdmin,
  group: GroupInfo,
  only: string | undefined,
  topics: TopicsNow = new TopicsNow(admin),
): Promise<GroupRows> {
  const isWanted = ({ topic }: { topic: string }) => only === undefined || topic === only;
  const committed = (await admin.committed(group.groupId)).filter(isWanted);
  const held = group.members.flatMap((member) => member.partitions.map((at) => ({ ...at, member })))
    .filter(isWanted);
  const names = [...new Set([...committed, ...held].map(({ topic }) => topic))].sort();
  const rows: GroupRow[] = [];
  const gone: string[] = [];
  for (const topic of names) {
    if (!await topics.has(topic)) {
      gone.push(topic);
      continue;
    }
    for (const [partition, { beginning, end }] of await topics.bounds(topic)) {
      const at = (one: { topic: string; partition: number }) =>
        one.topic === topic && one.partition === partition;
      const offset = committed.find(at)?.offset ?? null;
      const member = held.find(at)?.member ?? null;
      rows.push({
        topic,
        partition,
        committed: offset,
        beginning,
        end,
        lag: lagOf(offset, beginning, end),
        member,
      });
    }
  }
  return { rows, gone };
}

function lagOf(committed: bigint | null, beginning: bigint, end: bigint): bigint | null {
  if (committed === null) return null;
  const next = committed > beginning ? committed : beginning;
  return end > next ? end - next : 0n;
}

/** `orders-1 at 10.0.0.7`: who a member is. */
export function memberName({ clientId, host }: Pick<GroupMemberInfo, "clientId" | "host">): string {
  return `${clientId} at ${hostOf({ host })}`;
}

/** A member's address as people write it: brokers put a slash before it. */
export function hostOf({ host }: Pick<GroupMemberInfo, "host">): string {
  return host.replace(/^\//, "");
}
