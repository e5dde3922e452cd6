/** An order as a message of the topic, which `jobs/orders.ts` takes. */
export const orderText = (id: string): string =>
  JSON.stringify({
    order_id: id,
    customer_id: "C-7",
    amount: 30.5,
    currency: "EUR",
    created_at: "2026-01-05T08:00:00Z",
    lines: [{ sku: "TEA", quantity: 2, price: 15.25 }],
  });
