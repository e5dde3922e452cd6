import type { Order, OrderLine } from "./order.ts";

/** A row of the table `orders`. */
export type OrderRow = Omit<Order, "lines">;

/** A row of the table `order_lines`. */
export interface LineRow extends OrderLine {
  readonly order_id: string;
  /** The place in the order, from 1. */
  readonly line_number: number;
}

/** What the database holds. */
export interface StoredOrders {
  readonly orders: ReadonlyMap<string, Order>;
  /** What no order can look like: a row twice, lines of no order, a gap in the numbers. */
  readonly faults: readonly string[];
}

/** Puts the rows of the two tables together again. */
export function storedOrders(orderRows: readonly OrderRow[], lineRows: readonly LineRow[]): StoredOrders {
  const faults: string[] = [];
  const lines = Map.groupBy(lineRows, (row) => row.order_id);
  const orders = new Map<string, Order>();
  for (const row of orderRows) {
    if (orders.has(row.order_id)) faults.push(`order ${row.order_id} is there twice`);
    const own = (lines.get(row.order_id) ?? []).toSorted((a, b) => a.line_number - b.line_number);
    if (own.some((line, i) => line.line_number !== i + 1)) {
      const numbers = own.map((line) => line.line_number).join(", ");
      faults.push(`order ${row.order_id} has lines number ${numbers}`);
    }
    orders.set(row.order_id, { ...row, lines: own });
  }
  for (const [id, rows] of lines) {
    if (!orders.has(id)) faults.push(`order ${id} has ${rows.length} lines, but is not there itself`);
  }
  return { orders, faults };
}
