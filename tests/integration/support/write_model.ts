/**
 * What the messages of a topic must leave in a database, worked out from their ids alone: message `m-<n>` is the n-th
 * version of one of a few orders, with some lines. The write job writes it; the verifier compares.
 */

/** How many orders the messages are versions of, by turns. */
export const ORDERS = 20;

/** A line of an order. */
export interface Line {
  readonly order_id: string;
  readonly line: number;
  readonly version: number;
}

/** The number in a message's id. */
export function numberIn(id: string): number {
  const digits = /\d+$/.exec(id)?.[0];
  if (digits === undefined) throw new Error(`Cannot find a number at the end of ${JSON.stringify(id)}`);
  return Number(digits);
}

/** The order that a message is a version of. */
export const orderOf = (id: string) => `o-${numberIn(id) % ORDERS}`;

/** The lines that the order has by this message: one to four, another count in each version. */
export function linesOf(id: string): Line[] {
  const version = numberIn(id);
  const count = 1 + (version + Math.floor(version / ORDERS)) % 4;
  return Array.from({ length: count }, (_, i) => ({ order_id: orderOf(id), line: i + 1, version }));
}

/** The last message of each order, where these were written in this order. */
export function lastOf(ids: readonly string[]): ReadonlyMap<string, string> {
  return new Map(ids.map((id) => [orderOf(id), id]));
}

/** The tables of the write job, in the SQL of both databases. */
export const TABLES = [
  'CREATE TABLE messages (id TEXT, topic TEXT, partition INTEGER, "at" BIGINT, pad TEXT)',
  "CREATE TABLE orders (id TEXT PRIMARY KEY, version INTEGER NOT NULL, pad TEXT)",
  "CREATE TABLE lines (order_id TEXT, line INTEGER, version INTEGER, PRIMARY KEY (order_id, line))",
  "CREATE TABLE audit (id TEXT PRIMARY KEY, version INTEGER NOT NULL)",
].join("; ");

/** Rows of all orders before their first version: for writes that only update. */
export const EMPTY_ORDERS = `INSERT INTO orders (id, version) VALUES ${
  Array.from({ length: ORDERS }, (_, i) => `('o-${i}', -1)`).join(", ")
}`;
