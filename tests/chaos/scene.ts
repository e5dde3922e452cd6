import { BROKER_FOLDER } from "../support/broker.ts";
import { TestCluster } from "../support/cluster.ts";
import { KafkaAdmin } from "../support/kafka_admin.ts";
import { dedicatedPostgres, onServer } from "../support/postgres.ts";
import { FaultProxy } from "../support/proxy.ts";
import { splitAddress } from "../../src/dev/kafka/running.ts";
import type { Server } from "../../src/dev/postgres/server.ts";
import { SESSION_MS } from "./faults.ts";
import type { ChaosJob } from "./job.ts";
import { TABLES } from "./tables.ts";

/** Three brokers, proxies before them for the consumers, and a PostgreSQL: what chaos is done to, shared by runs. */
export class Scene implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  private constructor(
    stack: AsyncDisposableStack,
    readonly cluster: TestCluster,
    /** One before each broker, in the order of their ids. */
    readonly proxies: readonly FaultProxy[],
    readonly server: Server,
    readonly admin: KafkaAdmin,
  ) {
    this.#stack = stack;
  }

  static async start(): Promise<Scene> {
    await Deno.mkdir(BROKER_FOLDER, { recursive: true });
    await using stack = new AsyncDisposableStack();
    const proxies = [1, 2, 3].map(() => stack.use(new FaultProxy()));
    const listeners = (id: number) => [{
      name: "proxied",
      protocol: "PLAINTEXT" as const,
      advertisedPort: proxies[id - 1]!.port,
    }];
    const [cluster, server] = await Promise.all([
      TestCluster.start((id) => ({ listeners: listeners(id) })).then((cluster) => stack.use(cluster)),
      // what is committed stays when the server crashes: it needs not survive a crash of the machine
      dedicatedPostgres({ settings: { synchronous_commit: "on" } }).then((server) => stack.use(server)),
    ]);
    cluster.ids.forEach((id, i) =>
      proxies[i]!.target = splitAddress(cluster.broker(id).listeners["proxied"]!)[1]
    );
    const admin = await KafkaAdmin.connect(cluster.bootstrap);
    stack.defer(() => admin.disconnect());
    return new Scene(stack.move(), cluster, proxies, server, admin);
  }

  /** Topics, tables and names for one run, and the settings of its job. */
  async prepare(partitions: number, direct: boolean): Promise<ChaosJob> {
    const name = `chaos-${crypto.randomUUID().slice(0, 8)}`;
    const job = {
      bootstrap: direct
        ? this.cluster.bootstrap
        : this.proxies.map(({ port }) => `localhost:${port}`).join(","),
      config: { "session.timeout.ms": SESSION_MS, "heartbeat.interval.ms": 1_000 },
      topic: name,
      group: name,
      dead_letter_topic: `${name}.dlq`,
      database: this.server.url,
    };
    await this.admin.createTopic(job.topic, partitions, 3);
    await this.admin.createTopic(job.dead_letter_topic, partitions, 3);
    await onServer(
      this.server.url,
      `DROP TABLE IF EXISTS orders, audit; DROP SEQUENCE IF EXISTS audit_n; ${TABLES}`,
    );
    return job;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
