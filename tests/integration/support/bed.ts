import { type Admin, Kafka, logLevel } from "kafkajs";
import { runMod } from "../../../mod.ts";
import { closeResources } from "../../../src/core/resources.ts";
import type { KafkaConnection } from "../../../src/kafka/connection.ts";
import { KafkaAdmin } from "../../support/kafka_admin.ts";
import { waitFor } from "../../support/wait_for.ts";
import type { FaultJob } from "./fault_job.ts";
import { FaultRun } from "./fault_run.ts";

type Config = Readonly<Record<string, string | number | boolean>>;

/** Settings under which a test does not wait for what takes minutes in production. */
export const QUICK: Config = { "session.timeout.ms": 6_000, "heartbeat.interval.ms": 500 };

/** How far a group has come. */
interface Progress {
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
}

const encoder = new TextEncoder();

/** What one test needs: a broker, and names, files and processes of its own, all gone when it is disposed. */
export class Bed implements AsyncDisposable {
  readonly broker: string;
  readonly admin: KafkaAdmin;
  /** An empty folder. */
  readonly folder: string;
  readonly #groups: string[] = [];
  readonly #open: AsyncDisposable[] = [];

  private constructor(broker: string, admin: KafkaAdmin, folder: string) {
    this.broker = broker;
    this.admin = admin;
    this.folder = folder;
  }

  /**
   * Runs a test with a bed on the broker at `host:port`, or on several separated by commas, and cleans up. Where both fail, the test's own error is the one
   * that is thrown.
   */
  static async with(broker: string, test: (bed: Bed) => Promise<void>): Promise<void> {
    const admin = await KafkaAdmin.connect(broker);
    const bed = new Bed(broker, admin, await Deno.makeTempDir({ prefix: "datapy-test-" }));
    try {
      await test(bed);
    } catch (error) {
      await bed[Symbol.asyncDispose]().catch((problem) => console.error(problem));
      throw error;
    }
    await bed[Symbol.asyncDispose]();
  }

  /** A new topic. */
  async topic(partitions = 1, word = "fault"): Promise<string> {
    const topic = `${word}-${crypto.randomUUID().slice(0, 13)}`;
    await this.admin.createTopic(topic, partitions, this.#copies);
    return topic;
  }

  /** Deletes a topic, and makes an empty one of its name some seconds later. */
  async replaceTopic(topic: string, absentMs: number): Promise<void> {
    await this.#administer((admin) => admin.deleteTopics({ topics: [topic] }));
    await new Promise((resolve) => setTimeout(resolve, absentMs));
    // by another client: the one above asks for the topic first, which is not there
    const replicationFactor = this.#copies;
    await this.#administer((admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor }] })
    );
  }

  /** Copies of each partition: one on every broker, up to three. */
  get #copies(): number {
    return Math.min(3, this.broker.split(",").length);
  }

  /** Deletes a group without members, and so its offsets, as their expiry does. */
  async forgetGroup(group: string): Promise<void> {
    await this.#administer((admin) => admin.deleteGroups([group]));
  }

  /** Name of a new group; or a name that a job has fixed. It is deleted in the end. */
  group(name = `fault-${crypto.randomUUID().slice(0, 13)}`): string {
    this.#groups.push(name);
    return name;
  }

  /** Disposes something before the rest, the newest first. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#open.push(resource);
    return resource;
  }

  /**
   * Writes one message for each id, its value the id, to the partitions by turns; resolves to the ids when all are
   * acknowledged.
   */
  async send(topic: string, count: number, partitions = 1, prefix = "m"): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    await this.admin.append(
      topic,
      ids.map((id, i) => ({ key: null, value: encoder.encode(id), headers: [], partition: i % partitions })),
    );
    return ids;
  }

  /** Starts a fault job as a process of its own. */
  run(
    job: Omit<FaultJob, "broker"> & Partial<FaultJob>,
    env: Readonly<Record<string, string>> = {},
  ): FaultRun {
    const { config, ...rest } = job;
    const all = { broker: this.broker, ...rest, config: { ...QUICK, ...config } };
    return this.use(new FaultRun(all, this.folder, env));
  }

  /** A connection by kafka_connector. */
  async connect(config: Config = {}, broker = this.broker): Promise<KafkaConnection> {
    const { artifacts } = await runMod("kafka_connector", {
      bootstrap_servers: broker,
      security_protocol: "PLAINTEXT",
      additional_config: { ...QUICK, ...config },
    });
    return artifacts.connection;
  }

  /** What the group has committed of a partition; undefined where it has committed nothing. */
  async committed(group: string, topic: string, partition = 0): Promise<number | undefined> {
    const offset = (await this.admin.committed(group, topic)).get(partition);
    return offset === undefined ? undefined : Number(offset);
  }

  /** Waits until a condition holds. */
  readonly waitFor = waitFor;

  /** Whether the group has committed everything that is in the topic. */
  async isCommitted(group: string, topic: string): Promise<boolean> {
    return (await this.#progress(group, topic)).every(({ committed, end }) => committed === end);
  }

  /** Waits until the group has committed everything that is in the topic. */
  async committedAll(group: string, topic: string, boundMs?: number): Promise<void> {
    let last: readonly Progress[] = [];
    await waitFor(
      async () =>
        (last = await this.#progress(group, topic)).every(({ committed, end }) => committed === end),
      () => `group ${group} to commit all of ${topic}: ${JSON.stringify(last)}`,
      boundMs,
    );
  }

  async #progress(group: string, topic: string): Promise<readonly Progress[]> {
    const [committed, ends] = [await this.admin.committed(group, topic), await this.admin.endOffsets(topic)];
    return [...ends].map(([partition, end]) => ({
      partition,
      committed: Number(committed.get(partition) ?? 0n),
      end: Number(end),
    }));
  }

  /**
   * Ends processes, closes what mods have opened here, then deletes groups, topics and files; goes on where one of them
   * fails, and tells.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const problems: unknown[] = [];
    const attempt = async (end: () => Promise<unknown>) => void await end().catch((e) => problems.push(e));
    for (const resource of this.#open.reverse()) {
      await attempt(async () => await resource[Symbol.asyncDispose]());
    }
    for (const { name, reason } of await closeResources(5_000)) {
      problems.push(new Error(name, { cause: reason }));
    }
    await attempt(() => this.#deleteGroups());
    await attempt(async () => await this.admin[Symbol.asyncDispose]());
    await attempt(() => Deno.remove(this.folder, { recursive: true }));
    if (problems.length > 0) throw new AggregateError(problems, "Cannot clean up after a test");
  }

  async #deleteGroups(): Promise<void> {
    if (this.#groups.length === 0) return;
    await this.#administer(async (admin) => {
      const { groups } = await admin.listGroups();
      const there = this.#groups.filter((id) => groups.some(({ groupId }) => groupId === id));
      for (const group of there) {
        // one that was killed is a member until its session ends
        while ((await this.admin.members(group)).length > 0) await this.admin.dropMember(group);
      }
      if (there.length > 0) await admin.deleteGroups(there);
    });
  }

  async #administer(act: (admin: Admin) => Promise<unknown>): Promise<void> {
    const brokers = this.broker.split(",");
    const kafka = new Kafka({ brokers, clientId: "datapy-test", logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    try {
      await act(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
