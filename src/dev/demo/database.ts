import { join } from "node:path";
import { ConfigurationError, kindOf, UnavailableError } from "../../core/errors.ts";
import type { Disk } from "../../runtime/disk.ts";
import { type LineRow, type OrderRow, type StoredOrders, storedOrders } from "./stored_orders.ts";

/** The database that the demo leaves, from the current folder: the one that jobs/kafka_context.json names. */
export const DATABASE_FILE = join("data", "orders.duckdb");
export const DATABASE_URL = `duckdb:${DATABASE_FILE}`;

/** Where the database of before goes. */
const PREVIOUS_FILE = join("data", "orders.previous.duckdb");

/** Asks a database, with nobody else at it. */
export type Query = (url: string, sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const ORDERS = `SELECT order_id, customer_id, amount::DOUBLE AS amount, currency,
  strftime(created_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS created_at FROM orders`;
const LINES = `SELECT order_id, line_number::INTEGER AS line_number, sku, quantity::INTEGER AS quantity,
  price::DOUBLE AS price FROM order_lines`;

/** Rejects with an `UnavailableError` where another process uses the database that the demo is going to replace. */
export async function makeSureItIsFree(disk: Pick<Disk, "exists">, query: Query): Promise<void> {
  if (!await disk.exists(DATABASE_FILE)) return;
  try {
    await query(DATABASE_URL, "SELECT 1");
  } catch (error) {
    if (kindOf(error) === "unavailable") {
      const text = `Cannot replace ${DATABASE_FILE} (end what uses it and start again)`;
      throw new UnavailableError(text, { cause: error });
    }
    if (!(error instanceof ConfigurationError)) throw error; // that is no database: it may go too
  }
}

/** Gives the database that is there another name; one that was called so before goes. Gives that name. */
export async function makeRoom(disk: Disk): Promise<string | undefined> {
  const found = await disk.exists(DATABASE_FILE);
  for (const end of found ? ["", ".wal"] : []) {
    await disk.remove(PREVIOUS_FILE + end);
    await disk.rename(DATABASE_FILE + end, PREVIOUS_FILE + end);
  }
  await disk.remove(`${DATABASE_FILE}.wal`); // without its file it belongs to nothing
  return found ? PREVIOUS_FILE : undefined;
}

/** All orders with their lines. No file or table yet is no order yet: the job makes them with its first one. */
export async function readOrders(disk: Pick<Disk, "exists">, query: Query): Promise<StoredOrders> {
  const nothing = { orders: new Map(), faults: [] };
  if (!await disk.exists(DATABASE_FILE)) return nothing;
  const tables =
    "SELECT table_name FROM information_schema.tables WHERE table_name IN ('orders', 'order_lines')";
  if ((await query(DATABASE_URL, tables)).length < 2) return nothing;
  const [orders, lines] = [await query(DATABASE_URL, ORDERS), await query(DATABASE_URL, LINES)];
  return storedOrders(orders as unknown as OrderRow[], lines as unknown as LineRow[]);
}
