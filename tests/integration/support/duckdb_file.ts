import { DuckDBInstance } from "@duckdb/node-api";
import type { Sighting } from "./verify.ts";

/** Reads rows of a DuckDB file that no other process has open; opened and closed for each query. */
export async function queryDuckDb(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  try {
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJS();
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** What a fault job has inserted into a DuckDB file, in its order. */
export async function insertedMessages(file: string): Promise<Sighting[]> {
  const rows = await queryDuckDb(file, "FROM messages ORDER BY rowid");
  return rows.map(({ id, topic, partition, at }) => ({
    id: String(id),
    topic: String(topic),
    partition: Number(partition),
    offset: Number(at),
  }));
}
