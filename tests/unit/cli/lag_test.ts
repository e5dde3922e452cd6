import assert from "node:assert/strict";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { datapy } from "./fake_context.ts";
import { AT, world } from "./group_world.ts";

Deno.test("datapy lag prints how many records are left, and how old the first of them is", async () => {
  const { code, out, err } = await datapy(["lag", ...AT], world());
  assert.deepEqual([code, err], [
    0,
    "Group g: 0 members, 5 records to do, and nothing committed of 1 partition\n",
  ]);
  assert.equal(
    out,
    [
      "GROUP  TOPIC   PARTITION  COMMITTED  END  LAG  TIME LAG  MEMBER  CLIENT",
      "g      orders          0          5   10    5     4 min  -       -",
      "g      orders          1          -   10    -         -  -       -",
      "",
    ].join("\n"),
  );
});

Deno.test("datapy lag --json prints one line per partition", async () => {
  const { out, err } = await datapy(["lag", "--group", "g", "--json", ...AT], world());
  assert.equal(err, "");
  assert.deepEqual(JSON.parse(out.split("\n")[0]!), {
    group: "g",
    topic: "orders",
    partition: 0,
    committed: 5,
    end: 10,
    lag: 5,
    time_lag_ms: 240_000,
    member: null,
    client: null,
    host: null,
  });
});

Deno.test("datapy lag --max-lag ends with 1 where a group has more to do; no commit counts as all", async () => {
  const run = (most: string) => datapy(["lag", "--max-lag", most, ...AT], world());
  const [at, over] = [await run("15"), await run("14")];
  assert.equal(at.code, 0, at.err);
  assert.equal(over.code, 1);
  assert.match(over.err, /datapy: Group g has 15 records to do, more than 14\n$/);
  assert.equal((await run("x")).code, 64);
});

Deno.test("datapy lag says what is not there, and that there is nothing", async () => {
  const group = await datapy(["lag", "--group", "gg", ...AT], world());
  assert.deepEqual([group.code, group.err], [
    78,
    'datapy: There is no consumer group "gg"; did you mean "g"?\n',
  ]);
  const topic = await datapy(["lag", "--topic", "order", ...AT], world());
  assert.deepEqual([topic.code, topic.err], [
    78,
    'datapy: There is no topic "order"; did you mean "orders"?\n',
  ]);
  const none = await datapy(["lag", ...AT], { broker: new MemoryBroker() });
  assert.deepEqual(none, { code: 0, out: "", err: "No consumer group has committed anything\n" });
});
