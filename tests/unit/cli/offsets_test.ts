import assert from "node:assert/strict";
import fc from "fast-check";
import { offsetsOf, parseMoment } from "../../../src/cli/moments.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { waitFor } from "../../support/wait_for.ts";
import { datapy } from "./fake_context.ts";
import { AT, world } from "./group_world.ts";

const committed = (broker: MemoryBroker) => [...broker.committed("g", "orders")];
const reset = (
  ...words: string[]
) => ["offsets", "reset", "--group", "g", "--topic", "orders", ...words, ...AT];

Deno.test("parseMoment() reads what help names, and says so about the rest", () => {
  assert.deepEqual(parseMoment("earliest"), { kind: "earliest" });
  assert.deepEqual(parseMoment("9223372036854775807"), { kind: "offset", offset: 9223372036854775807n });
  assert.deepEqual(parseMoment("-15m"), { kind: "ago", ms: 900_000 });
  assert.deepEqual(parseMoment("2026-01-31T08:00:00+01:00"), { kind: "time", at: Date.UTC(2026, 0, 31, 7) });
  assert.deepEqual(parseMoment("2026-01-31T08:00:00.5-0030"), {
    kind: "time",
    at: Date.UTC(2026, 0, 31, 8, 30, 0, 500),
  });
  assert.deepEqual(parseMoment("-20", true), { kind: "last", count: 20 });
  for (const text of ["", "-20", "now", "15m", "-15", "-1.5h", "1e3", "Latest"]) {
    assert.throws(() => parseMoment(text), /^RangeError: expected earliest, latest/, text);
  }
  assert.throws(() => parseMoment("2026-01-31"), /time zone too: 2026-01-31T00:00:00Z/);
  assert.throws(() => parseMoment("2026-01-31T08:00"), /time zone/);
  assert.throws(() => parseMoment("2026-13-31T08:00Z"), /no such time/);
});

Deno.test("offsetsOf() never leaves what a log holds", () =>
  fc.assert(fc.asyncProperty(
    fc.bigInt(0n, 50n),
    fc.bigInt(0n, 50n),
    fc.oneof(
      fc.record({ kind: fc.constant("offset" as const), offset: fc.bigInt(0n, 120n) }),
      fc.record({ kind: fc.constant("last" as const), count: fc.integer({ min: 0, max: 200 }) }),
      fc.constantFrom({ kind: "earliest" as const }, { kind: "latest" as const }),
    ),
    async (beginning, size, moment) => {
      const bounds = new Map([[0, { beginning, end: beginning + size }]]);
      const admin = { offsetsAt: () => Promise.reject(new Error("not asked")) };
      const offset = (await offsetsOf(moment, "t", admin, bounds, 0)).get(0)!;
      assert.ok(offset >= beginning && offset <= beginning + size);
      if (moment.kind === "offset" && moment.offset >= beginning && moment.offset <= beginning + size) {
        assert.equal(offset, moment.offset);
      }
    },
  )));

Deno.test("datapy offsets show prints committed offsets and lag", async () => {
  const { code, out, err } = await datapy(["offsets", "show", "--group", "g", ...AT], world());
  assert.equal(code, 0, err);
  assert.equal(
    out,
    [
      "TOPIC   PARTITION  COMMITTED  END  LAG  MEMBER",
      "orders          0          5   10    5  -",
      "orders          1          -   10    -  -",
      "",
    ].join("\n"),
  );
  assert.match(err, /^Group g is not active\nIt has 5 records to do\n$/);
  const json = await datapy(["offsets", "show", "--group", "g", "--json", ...AT], world());
  assert.equal(json.err, "");
  assert.deepEqual(JSON.parse(json.out.split("\n")[0]!), {
    topic: "orders",
    partition: 0,
    committed: 5,
    end: 10,
    lag: 5,
    member: null,
  });
});

Deno.test("datapy offsets suggests a group, a topic and a flag on a typo", async () => {
  const of = async (...words: string[]) => await datapy(["offsets", "show", ...words, ...AT], world());
  const group = await of("--group", "gg");
  assert.deepEqual([group.code, group.err], [
    78,
    'datapy: There is no consumer group "gg"; did you mean "g"?\n',
  ]);
  const topic = await of("--group", "g", "--topic", "order");
  assert.deepEqual([topic.code, topic.err], [
    78,
    'datapy: There is no topic "order"; did you mean "orders"?\n',
  ]);
  const flag = await of("--gruop", "g");
  assert.deepEqual([flag.code, flag.out], [64, ""]);
  assert.match(flag.err, /no option --gruop; did you mean --group\?/);
  const moment = await datapy(reset("--to", "yesterday"), world());
  assert.equal(moment.code, 64);
  assert.match(moment.err, /^datapy: --to is "yesterday": expected earliest, latest, an offset/);
  const missing = await datapy(reset(), world());
  assert.match(missing.err, /^datapy: --to is missing\n/);
});

Deno.test("datapy offsets reset shows what would change, and changes it with --execute only", async () => {
  const dry = world();
  const shown = await datapy(reset("--to", "-3m"), dry);
  assert.equal(shown.code, 0, shown.err);
  assert.equal(
    shown.out,
    [
      "TOPIC   PARTITION  BEFORE  AFTER  EFFECT",
      "orders          0       5      6  1 record skipped",
      "orders          1       -      6  nothing was committed",
      "",
    ].join("\n"),
  );
  assert.match(shown.err, /^1 record will be skipped\nNothing was changed: --execute does it\n$/);
  assert.deepEqual(committed(dry.broker), [[0, 5n]]);
  const wet = world();
  const done = await datapy(reset("--to", "earliest", "--execute", "--json"), wet);
  assert.equal(done.code, 0, done.err);
  assert.match(done.err, /^5 records will come again\nThe offsets of group g are set\n$/);
  assert.deepEqual(committed(wet.broker), [[0, 0n], [1, 0n]]);
  assert.deepEqual(JSON.parse(done.out.split("\n")[0]!), {
    topic: "orders",
    partition: 0,
    before: 5,
    after: 0,
    again: 5,
  });
});

Deno.test("datapy offsets reset takes partitions, and the nearest offset that is there", async () => {
  const one = world();
  const { code, err } = await datapy(reset("--partition", "1", "--to", "99", "--execute"), one);
  assert.equal(code, 0, err);
  assert.match(err, /Offset 99 is not in every partition/);
  assert.deepEqual(committed(one.broker), [[0, 5n], [1, 10n]]);
  const none = await datapy(reset("--partition", "7", "--to", "1"), world());
  assert.deepEqual([none.code, none.err], [
    78,
    'datapy: Topic "orders" has no partition 7: it has 2, from 0 to 1\n',
  ]);
  const both = await datapy(reset("--to", "1", "--execute", "--dry-run"), world());
  assert.equal(both.code, 64);
});

Deno.test("datapy offsets reset refuses while the group is active, and names the members", async () => {
  const busy = world();
  const assigned = Promise.withResolvers<void>();
  const options = {
    groupId: "g",
    topics: ["orders"],
    autoOffsetReset: "earliest",
    sessionTimeoutMs: 45_000,
    heartbeatIntervalMs: 3_000,
    rebalanceTimeoutMs: 60_000,
    revokeTimeoutMs: 2_000,
    recoveryTimeoutMs: 10_000,
    log: silentLogger,
  } as const;
  const session = await new MemoryDriver(busy.broker).consume(MEMORY_CONNECTION, options, {
    assigned: () => assigned.resolve(),
    records() {},
    revoking: () => Promise.resolve(),
    lost() {},
    crashed() {},
  });
  await assigned.promise;
  await waitFor(() => committed(busy.broker).length === 2, "the first commits");
  const before = committed(busy.broker);
  const { code, err } = await datapy(reset("--to", "latest", "--execute"), busy);
  assert.equal(code, 1);
  assert.match(err, /it has 1 member; stop it first:\n {2}memory at memory, with orders\[0\], orders\[1\]\n/);
  assert.deepEqual(committed(busy.broker), before);
  await session.close();
  assert.equal((await datapy(reset("--to", "latest", "--execute"), busy)).code, 0);
});
