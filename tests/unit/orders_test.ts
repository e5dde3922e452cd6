import assert from "node:assert/strict";
import fc from "fast-check";
import { orderRows } from "../../jobs/orders.ts";
import { PermanentError } from "../../mod.ts";

const order = {
  order_id: "A-1",
  customer_id: "C-7",
  amount: 30.5,
  currency: "EUR",
  created_at: "2026-01-05T08:00:00.000Z",
  lines: [
    { sku: "TEA", quantity: 2, price: 10.25 },
    { sku: "MUG", quantity: 1, price: 10 },
  ],
};

Deno.test("orderRows() makes one row of the order and a numbered one of each line", () => {
  assert.deepEqual(orderRows(order), {
    order: {
      order_id: "A-1",
      customer_id: "C-7",
      amount: 30.5,
      currency: "EUR",
      created_at: "2026-01-05T08:00:00.000Z",
    },
    lines: [
      { order_id: "A-1", line_number: 1, sku: "TEA", quantity: 2, price: 10.25 },
      { order_id: "A-1", line_number: 2, sku: "MUG", quantity: 1, price: 10 },
    ],
  });
});

Deno.test("orderRows() takes an order without lines, and ignores further fields", () => {
  assert.deepEqual(orderRows({ ...order, lines: [] }).lines, []);
  const rows = orderRows({
    ...order,
    coupon: "X",
    lines: [{ sku: "TEA", quantity: 1, price: 1, gift: true }],
  });
  assert.ok(!("coupon" in rows.order));
  assert.ok(!("gift" in rows.lines[0]!));
});

Deno.test("orderRows() refuses what is no order, naming the field and never its value", () => {
  const cases: [data: unknown, field: RegExp][] = [
    [{ ...order, order_id: undefined }, /look at order_id$/],
    [{ ...order, order_id: null, amount: "hunter2 EUR" }, /look at order_id, amount$/],
    [{ ...order, order_id: "" }, /order_id/],
    [{ ...order, created_at: "hunter2" }, /created_at/],
    [{ ...order, currency: "hunter2" }, /currency/],
    [{ ...order, lines: "hunter2" }, /lines/],
    [{ ...order, lines: [{ sku: "TEA", price: 1 }] }, /lines\.0\.quantity/],
    [{ ...order, lines: [{ sku: "TEA", price: 1, quantity: 0.5 }] }, /lines\.0\.quantity/],
    [{ ...order, amount: 2n ** 70n }, /amount/],
    [[order], /the message itself/],
    [null, /the message itself/],
  ];
  for (const [data, field] of cases) {
    assert.throws(() => orderRows(data), (error) => {
      assert.ok(error instanceof PermanentError);
      assert.match(error.message, field);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }
});

Deno.test("orderRows() keeps each line under its order, numbered from 1 without a gap", () => {
  const line = fc.record({
    sku: fc.string({ minLength: 1 }),
    quantity: fc.integer({ min: 1 }),
    price: fc.integer(),
  });
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.array(line), (order_id, lines) => {
    const rows = orderRows({ ...order, order_id, lines });
    assert.deepEqual(rows.lines, lines.map((one, i) => ({ order_id, line_number: i + 1, ...one })));
  }));
});
