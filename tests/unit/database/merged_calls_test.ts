import assert from "node:assert/strict";
import type { TableWrite, WriteCall } from "../../../src/database/database.ts";
import { countsOfEach, mergeCalls, writeEach } from "../../../src/database/merged_calls.ts";
import { tableWrite } from "./support.ts";

const orders = (id: number, over: Partial<TableWrite> = {}) =>
  tableWrite({ table: "orders", mode: "upsert", keyColumns: ["id"], rows: [{ id }], ...over });
const lines = (order: unknown, ...skus: string[]) =>
  tableWrite({
    table: "lines",
    rows: skus.map((sku) => ({ order, sku })),
    replaceChildren: { columns: ["order"], of: [{ order }] },
  });
const shapeOf = (calls: readonly WriteCall[]) => mergeCalls(calls).map(({ of }) => of);

Deno.test("mergeCalls() makes one call of neighbours of one kind, rows and parents in their order", () => {
  const [merged, ...others] = mergeCalls([[orders(1), lines(1, "a")], [orders(2), lines(2, "b", "c")]]);
  assert.deepEqual(others, []);
  assert.deepEqual(merged?.call.map(({ rows }) => rows), [
    [{ id: 1 }, { id: 2 }],
    [{ order: 1, sku: "a" }, { order: 2, sku: "b" }, { order: 2, sku: "c" }],
  ]);
  assert.deepEqual(merged?.call[1]?.replaceChildren?.of, [{ order: 1 }, { order: 2 }]);
});

Deno.test("mergeCalls() keeps calls apart whose children have a parent in common, also where it is text", () => {
  assert.deepEqual(shapeOf([[lines(1, "a")], [lines(2, "b")], [lines("1", "c")], [lines(2, "d")]]), [
    [0, 1],
    [2, 3],
  ]);
});

Deno.test("mergeCalls() keeps the order of calls of different kinds", () => {
  const other = orders(5, { table: "others" });
  assert.deepEqual(shapeOf([[orders(1)], [other], [orders(2)], [orders(3)]]), [[0], [1], [2, 3]]);
});

Deno.test("mergeCalls() merges no modes whose counts are each caller's own, and no table that comes twice", () => {
  for (const mode of ["insert_ignore", "update", "delete"] as const) {
    assert.deepEqual(shapeOf([[orders(1, { mode })], [orders(2, { mode })]]), [[0], [1]]);
  }
  const twice = [orders(1), orders(2, { table: "Orders" })];
  assert.deepEqual(shapeOf([twice, twice]), [[0], [1]]);
});

Deno.test("countsOfEach() gives each call its own rows where they were merged, else what was counted", async () => {
  const calls = [[orders(1)], [orders(2, { rows: [{ id: 2 }, { id: 3 }] })], [orders(4, { mode: "update" })]];
  const merged = mergeCalls(calls);
  const counts = await writeEach(merged, ({ mode }) => Promise.resolve(mode === "update" ? 0 : 99));
  assert.deepEqual(countsOfEach(calls, merged, counts), [[1], [2], [0]]);
});
