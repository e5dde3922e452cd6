import assert from "node:assert/strict";
import fc from "fast-check";
import { Lanes } from "../../../src/consume/lanes.ts";

interface Item {
  readonly lane: string;
  readonly n: number;
}

const actions = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("add" as const), lane: fc.constantFrom("a", "b", "c") }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("next" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), nth: fc.nat(5) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("drop" as const), lane: fc.constantFrom("a", "b", "c") }),
    },
  ),
  { maxLength: 80 },
);

Deno.test("Lanes hand out each lane in its order, never two of a lane at once, and lose nothing", () => {
  fc.assert(fc.property(actions, (history) => {
    const lanes = new Lanes<Item>(({ lane }) => lane);
    const waiting: Item[] = [];
    const busy: Item[] = [];
    let n = 0;
    for (const action of history) {
      if (action.kind === "add") {
        const item = { lane: action.lane, n: n++ };
        lanes.add(item);
        waiting.push(item);
      } else if (action.kind === "release" && busy.length > 0) {
        const [item] = busy.splice(action.nth % busy.length, 1);
        lanes.release(item as Item);
      } else if (action.kind === "drop") {
        lanes.drop(({ lane }) => lane === action.lane);
        waiting.splice(0, waiting.length, ...waiting.filter(({ lane }) => lane !== action.lane));
      } else if (action.kind === "next") {
        const item = lanes.next();
        const free = waiting.filter(({ lane }) => !busy.some((other) => other.lane === lane));
        if (item === undefined) {
          assert.equal(free.length, 0, "something was free to run");
          continue;
        }
        assert.ok(free.includes(item), "its lane was busy, or it was dropped");
        assert.equal(item, free.find(({ lane }) => lane === item.lane), "it is the first of its lane");
        waiting.splice(waiting.indexOf(item), 1);
        busy.push(item);
      }
    }
  }));
});

Deno.test("Lanes take turns: no lane waits while another one is served twice", () => {
  const lanes = new Lanes<Item>(({ lane }) => lane);
  for (let n = 0; n < 6; n++) for (const lane of ["a", "b", "c"]) lanes.add({ lane, n });
  const served: string[] = [];
  for (let item = lanes.next(); item !== undefined; item = lanes.next()) {
    served.push(item.lane);
    lanes.release(item);
  }
  assert.equal(served.join(""), "abcabcabcabcabcabc");
});
