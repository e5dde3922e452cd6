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

/**
 * Makes room for the demo's database: one that is there gets another name, and one that was called so before goes. Gives
 * that name. Rejects with an `UnavailableError` where another process uses it.
 */
export async function makeRoom(disk: Disk, query: Query): Promise<string | undefined> {
  if (!await disk.exists(DATABASE_FILE)) {
    await disk.remove(`${DATABASE_FILE}.wal`);
    return undefined;
  }
  try {
    await query(DATABASE_URL, "SELECT 1");
  } catch (error) {
    if (kindOf(error) === "unavailable") {
      throw new UnavailableError(
        "The demo replaces the database, but cannot have it; end what uses it and start again",
        { cause: error },
      );
    }
    if (!(error instanceof ConfigurationError)) throw error; // that is no database: it may go too
  }
  for (const end of ["", ".wal"]) {
    await disk.remove(PREVIOUS_FILE + end);
    await disk.rename(DATABASE_FILE + end, PREVIOUS_FILE + end);
  }
  return PREVIOUS_FILE;
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
