import type { Order } from "./order.ts";

/** Ways in which a message can be no valid order, by what is wrong with it. */
export const MALFORMED: Readonly<Record<string, (order: Order) => string>> = {
  "cut off in the middle": (order) => JSON.stringify(order).slice(0, -12),
  "no JSON at all": (order) => `order ${order.order_id}: please call back`,
  "without order_id": ({ order_id: _, ...rest }) => JSON.stringify(rest),
  "order_id is null": (order) => JSON.stringify({ ...order, order_id: null }),
  "amount is a text": (order) => JSON.stringify({ ...order, amount: `${order.amount} ${order.currency}` }),
  "created_at is no date": (order) => JSON.stringify({ ...order, created_at: "yesterday" }),
  "lines is no list": (order) => JSON.stringify({ ...order, lines: "see attachment" }),
  "a line without quantity": (order) =>
    JSON.stringify({ ...order, lines: order.lines.map(({ sku, price }) => ({ sku, price })) }),
  "an empty text": () => "",
};
