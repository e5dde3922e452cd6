import "../../../src/kafka/kafkajs/quiet.ts";
import { type Admin, AssignerProtocol, Kafka, logLevel } from "kafkajs";

/** Looks at the groups of a broker with kafkajs. */
export class GroupWatch implements AsyncDisposable {
  readonly #admin: Admin;

  private constructor(broker: string) {
    this.#admin = new Kafka({ brokers: [broker], clientId: "datapy-test", logLevel: logLevel.NOTHING })
      .admin();
  }

  /** Connects to `host:port`. */
  static async connect(broker: string): Promise<GroupWatch> {
    const watch = new GroupWatch(broker);
    await watch.#admin.connect();
    return watch;
  }

  /** Whether there are consumers, and all of them have committed everything that is in their partitions. */
  async isCaughtUp(): Promise<boolean> {
    try {
      return await this.#areAllCaughtUp();
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable === true) return false; // such as a coordinator that is loading
      throw error;
    }
  }

  async #areAllCaughtUp(): Promise<boolean> {
    const { groups: listed } = await this.#admin.listGroups();
    const { groups } = await this.#admin.describeGroups(listed.map(({ groupId }) => groupId));
    const active = groups.filter(({ members }) => members.length > 0);
    if (active.length === 0) return false;
    for (const { groupId, members } of active) {
      for (const { memberAssignment } of members) {
        const assigned = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
        if (Object.keys(assigned).length === 0) return false; // it is joining
        for (const [topic, partitions] of Object.entries(assigned)) {
          if (!await this.#isCommitted(groupId, topic, partitions)) return false;
        }
      }
    }
    return true;
  }

  async #isCommitted(groupId: string, topic: string, partitions: readonly number[]): Promise<boolean> {
    const [answer] = await this.#admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    const ends = await this.#admin.fetchTopicOffsets(topic);
    return ends.filter(({ partition }) => partitions.includes(partition))
      .every(({ partition, high }) => Math.max(0, committed.get(partition) ?? 0) === Number(high));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect();
  }
}
