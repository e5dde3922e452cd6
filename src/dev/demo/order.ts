/** An order as a message of the topic `orders` carries it: see jobs/orders.ts. */
export interface Order {
  readonly order_id: string;
  readonly customer_id: string;
  /** In `currency`, two decimals. */
  readonly amount: number;
  /** Three letters of ISO 4217. */
  readonly currency: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly lines: readonly OrderLine[];
}

/** One line of an order; its number is its place in the list, from 1. */
export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
}

/** The order with its lines as one text: equal for equal orders, whichever way they were made. */
export function orderText(order: Order): string {
  const { order_id, customer_id, amount, currency, created_at } = order;
  return JSON.stringify([order_id, customer_id, amount, currency, Date.parse(created_at), linesText(order)]);
}

/** The lines alone as one text. */
export function linesText({ lines }: Pick<Order, "lines">): string {
  return JSON.stringify(lines.map(({ sku, quantity, price }) => [sku, quantity, price]));
}

/** Which fields of two orders differ, by name: for a difference that people read. */
export function differingFields(a: Order, b: Order): readonly string[] {
  const fields = (["customer_id", "amount", "currency"] as const).filter((name) => a[name] !== b[name]);
  return [
    ...fields,
    ...(Date.parse(a.created_at) === Date.parse(b.created_at) ? [] : ["created_at"]),
    ...(linesText(a) === linesText(b) ? [] : ["lines"]),
  ];
}
