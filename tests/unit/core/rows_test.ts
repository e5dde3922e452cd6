import assert from "node:assert/strict";
import { kindOf } from "../../../src/core/errors.ts";
import { listRows, toRows } from "../../../src/core/rows.ts";

Deno.test("toRows takes an object, a list of objects, and a DuckDB result", () => {
  const rows = [{ id: 1 }, { id: 2 }];
  assert.deepEqual(toRows({ id: 1 }), [{ id: 1 }]);
  assert.equal(toRows(rows), rows);
  assert.equal(toRows({ getRowObjects: () => rows }), rows);
  assert.deepEqual(toRows([]), []);
});

Deno.test("toRows says what came instead, and where, as a permanent error that shows nothing of it", () => {
  const cases: readonly [unknown, RegExp][] = [
    [null, /^data is null: expected an object of columns and values$/],
    ["secret payload", /^data is a string: /],
    [[{ id: 1 }, 5], /^data\[1\] is a number: /],
    [[[1]], /^data\[0\] is an array: /],
    [new Uint8Array(2), /^data is bytes: /],
  ];
  for (const [data, message] of cases) {
    try {
      toRows(data);
      assert.fail("it was accepted");
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.equal(kindOf(error), "permanent");
    }
  }
});

Deno.test("listRows() takes what outputs are: an object, a list, or null for none", () => {
  assert.deepEqual([listRows(null), listRows({ id: 1 }), listRows([{ id: 1 }])], [[], [{ id: 1 }], [{
    id: 1,
  }]]);
  assert.throws(() => listRows(undefined), /data is undefined/);
});
