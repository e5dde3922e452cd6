import { dedicatedPostgres, freshDatabase, onServer } from "../../support/postgres.ts";
import type { Server, ServerOptions } from "../../../src/dev/postgres/mod.ts";
import { Connection } from "../../../src/database/postgres/connection.ts";
import { readLocation } from "../../../src/database/postgres/location.ts";
import type { Bed } from "./bed.ts";
import { duckDbReader, makeDuckDb } from "./duckdb_tables.ts";
import type { Write, WriteJob } from "./write_job.ts";
import { EMPTY_ORDERS, TABLES } from "./write_model.ts";
import { WriteRun } from "./write_run.ts";
import { postgresReader, type Reader } from "./written.ts";

/** What a server of PostgreSQL does by default, and one for tests leaves out: a commit is kept, even by a crash. */
const DURABLE = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

/** Where the DuckDB of a scene lies, below its bed's folder. */
export const DUCKDB_FILE = "data/write.duckdb";

/** What the sessions of a job are called on the server. */
export const JOB = "write-job";

const isPostgres = (url: string) => url.startsWith("postgres:");

/** A server that keeps what it has committed; one of its own for each caller. */
export function durablePostgres(settings: ServerOptions["settings"] = {}): Promise<Server> {
  return dedicatedPostgres({ settings: { ...DURABLE, ...settings } });
}

/** A session with PostgreSQL that a test drives by hand; closed with the bed. */
export async function handSession(
  bed: Bed,
  url: string,
): Promise<(sql: string) => Promise<readonly (readonly unknown[])[]>> {
  const connection = await Connection.open(readLocation(`${url}?application_name=by-hand`));
  bed.use({ [Symbol.asyncDispose]: () => connection.close() });
  return async (sql) => (await connection.run(sql)).rows;
}

/** A topic with messages, a group, and a database with the tables of the write job. */
export class WriteScene {
  private constructor(
    readonly bed: Bed,
    readonly topic: string,
    readonly group: string,
    /** The ids of the messages, in their order. */
    readonly ids: readonly string[],
    /** Of the database. */
    readonly url: string,
    /** Reads the database. */
    readonly read: Reader,
  ) {}

  /** On a database that has its tables already. */
  static async on(
    bed: Bed,
    url: string,
    read: Reader,
    messages: number,
    partitions = 1,
  ): Promise<WriteScene> {
    const topic = await bed.topic(partitions, "write");
    return new WriteScene(bed, topic, bed.group(), await bed.send(topic, messages, partitions), url, read);
  }

  /** On a database of its own of a PostgreSQL server. */
  static async onPostgres(bed: Bed, server: string, messages: number, partitions = 1): Promise<WriteScene> {
    const { url } = bed.use(await freshDatabase(server));
    await onServer(url, `${TABLES}; ${EMPTY_ORDERS}`);
    return await WriteScene.on(bed, url, postgresReader(url), messages, partitions);
  }

  /** On a DuckDB file below `data/`, the only folder that a job may write to. */
  static async onDuckDb(bed: Bed, messages: number, partitions = 1): Promise<WriteScene> {
    const file = `${bed.folder}/${DUCKDB_FILE}`;
    await makeDuckDb(file, `${TABLES}; ${EMPTY_ORDERS}`);
    return await WriteScene.on(bed, `duckdb:${DUCKDB_FILE}`, duckDbReader(file), messages, partitions);
  }

  /** Starts a job on it. */
  start(writes: readonly Write[], job: Partial<WriteJob> = {}): WriteRun {
    const { topic, group: group_id, bed } = this;
    const url = isPostgres(this.url) ? `${this.url}?application_name=${JOB}` : this.url;
    const { database, ...rest } = job;
    return WriteRun.start(bed, { topic, group_id, writes, database: { url, ...database }, ...rest });
  }

  /**
   * Waits until nothing of a job that was killed goes on: PostgreSQL may still be at the statement that it was sent, and
   * the group keeps a member until its session ends.
   */
  async settled(): Promise<void> {
    const { bed, url, group } = this;
    while ((await bed.admin.members(group)).length > 0) await bed.admin.dropMember(group);
    if (!isPostgres(url)) return;
    const sessions =
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = '${JOB}'`;
    await bed.waitFor(
      async () => (await onServer(url, sessions)).length === 0,
      "the end of the job's sessions",
    );
  }

  /** What the group has committed of partition 0; 0 where it has committed nothing. */
  async committed(): Promise<number> {
    return await this.bed.committed(this.group, this.topic) ?? 0;
  }

  /** Waits until all messages are committed. */
  committedAll(boundMs?: number): Promise<void> {
    return this.bed.committedAll(this.group, this.topic, boundMs);
  }

  /** Sends further messages, each a new version of an order; gives all ids. */
  async sendMore(count: number): Promise<readonly string[]> {
    const from = this.ids.length;
    const more = Array.from({ length: count }, (_, i) => `m-${from + i}`);
    const encoder = new TextEncoder();
    await this.bed.admin.append(
      this.topic,
      more.map((id) => ({ key: null, value: encoder.encode(id), headers: [], partition: 0 })),
    );
    return [...this.ids, ...more];
  }
}
