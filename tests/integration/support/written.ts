import assert from "node:assert/strict";
import { onServer } from "../../support/postgres.ts";
import type { Sighting } from "./verify.ts";
import { lastOf, linesOf, numberIn } from "./write_model.ts";

/** Reads a database by SQL: rows of values as texts. */
export type Reader = (sql: string) => Promise<readonly (readonly string[])[]>;

/** Reads a PostgreSQL database. */
export const postgresReader = (url: string): Reader => async (sql) =>
  (await onServer(url, sql)).map((row) => row.map(String));

/** The rows of `messages`, in the order of their offsets. */
export async function readMessages(read: Reader): Promise<Sighting[]> {
  const rows = await read('SELECT id, topic, partition, "at" FROM messages ORDER BY partition, "at"');
  return rows.map(([id = "", topic = "", partition, at]) => ({
    topic,
    partition: Number(partition),
    offset: Number(at),
    id,
  }));
}

/** Each order has the version of its last message, and no other order is there. */
export async function assertOrders(read: Reader, ids: readonly string[], table = "orders"): Promise<void> {
  const rows = await read(`SELECT id, version FROM ${table} WHERE version >= 0 ORDER BY id`);
  const expected = [...lastOf(ids)].map(([order, id]) => [order, String(numberIn(id))]).sort();
  assert.deepEqual(
    rows.map((row) => [...row]).sort(),
    expected,
    `what ${table} holds of ${ids.length} messages`,
  );
}

/** Each order has the lines of its last message: all of them, and no others. */
export async function assertLines(read: Reader, ids: readonly string[]): Promise<void> {
  const rows = await read("SELECT order_id, line, version FROM lines");
  const expected = [...lastOf(ids).values()].flatMap(linesOf)
    .map(({ order_id, line, version }) => [order_id, String(line), String(version)]);
  assert.deepEqual(rows.map((row) => [...row]).sort(), expected.sort(), "the lines that are there");
}

/** How many messages of a topic with one partition are in `orders`: those before the newest version, which is one of them. */
export async function countedByOrders(read: Reader): Promise<number> {
  const [[newest = "null"] = []] = await read("SELECT max(version) FROM orders");
  return newest === "null" ? 0 : Number(newest) + 1;
}
