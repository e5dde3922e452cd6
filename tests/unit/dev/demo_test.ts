import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { readArguments } from "../../../src/dev/demo/arguments.ts";
import { checkTable, differenceLines, holds } from "../../../src/dev/demo/checks.ts";
import { afterCrash, compareOrders } from "../../../src/dev/demo/compare.ts";
import { type DemoMessage, FEWEST_MESSAGES, generateOrders } from "../../../src/dev/demo/generate.ts";
import { MALFORMED } from "../../../src/dev/demo/malformed.ts";
import { type Order, orderText } from "../../../src/dev/demo/order.ts";
import { denoAsCalled } from "../../../src/dev/demo/next_commands.ts";
import { answer } from "../../../src/dev/demo/query.ts";
import { Rate } from "../../../src/dev/demo/rate.ts";
import { Screen } from "../../../src/dev/demo/screen.ts";
import { compareSkipped, skippedIn } from "../../../src/dev/demo/skipped.ts";
import { type StoredOrders, storedOrders } from "../../../src/dev/demo/stored_orders.ts";
import { taskCommand } from "../../../src/dev/demo/task_command.ts";
import { verify } from "../../../src/dev/demo/verify.ts";
import { untilCommitted } from "../../../src/dev/demo/watch.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { settle } from "../../support/manual_clock.ts";
import { placeText, TopicModel, total } from "../../../src/dev/demo/topic_model.ts";

const PARTITIONS = 3;

/** Any number of messages, from any seed. */
const topics = fc.record({ count: fc.integer({ min: FEWEST_MESSAGES, max: 200 }), seed: fc.integer() })
  .map(({ count, seed }) => generateOrders(count, { seed }));

/** Writes messages as a broker would: a key always goes to the same partition. */
function written(messages: readonly DemoMessage[]): TopicModel {
  const ends = new Map<number, bigint>();
  return new TopicModel(
    messages,
    messages.map(({ key }) => {
      const partition = [...key].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % PARTITIONS;
      const offset = ends.get(partition) ?? 0n;
      ends.set(partition, offset + 1n);
      return { partition, offset };
    }),
  );
}

/** What a database holds after the first messages of each partition. */
function databaseAt(model: TopicModel, ends = model.ends): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const versions of model.versions.values()) {
    for (const { order, partition, offset } of versions) {
      if (offset < (ends.get(partition) ?? 0n)) orders.set(order.order_id, order);
    }
  }
  return orders;
}

const stored = (orders: ReadonlyMap<string, Order>): StoredOrders => ({ orders, faults: [] });
const someOrder = (model: TopicModel) => model.versions.keys().next().value!;

Deno.test("generateOrders() gives the same messages for the same seed, and others for another", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
    assert.deepEqual(generateOrders(50, { seed }), generateOrders(50, { seed }));
    assert.notDeepEqual(generateOrders(50, { seed }), generateOrders(50, { seed: seed + 1 }));
  }));
});

Deno.test("generateOrders() makes messages of all kinds, as many as asked for", () => {
  fc.assert(fc.property(topics, (messages) => {
    const counts = Map.groupBy(messages, ({ kind }) => kind);
    for (const kind of ["new", "update", "duplicate", "malformed"] as const) {
      assert.ok(counts.has(kind), kind);
    }
    const fresh = counts.get("new")!;
    assert.equal(new Set(fresh.map(({ key }) => key)).size, fresh.length);
    assert.ok(fresh.length > messages.length / 2);
  }));
});

Deno.test("generateOrders() keys by order, and updates and repeats what came before", () => {
  fc.assert(fc.property(topics, (messages) => {
    const latest = new Map<string, DemoMessage>();
    for (const message of messages) {
      const before = latest.get(message.key);
      if (message.kind === "malformed") continue;
      assert.equal(message.order?.order_id, message.key);
      assert.deepEqual(JSON.parse(message.value), message.order);
      if (message.kind === "new") assert.equal(before, undefined);
      if (message.kind === "duplicate") assert.equal(message.value, before?.value);
      if (message.kind === "update") {
        assert.notEqual(JSON.stringify(message.order?.lines), JSON.stringify(before?.order?.lines));
      }
      latest.set(message.key, message);
    }
  }));
});

Deno.test("generateOrders() shows fewer lines, more lines and every kind of malformed message in a demo's 3,000", () => {
  const messages = generateOrders(3000);
  const before = new Map<string, number>();
  const changes = new Set<number>();
  for (const { kind, order } of messages) {
    if (order === undefined) continue;
    if (kind === "update") changes.add(Math.sign(order.lines.length - before.get(order.order_id)!));
    before.set(order.order_id, order.lines.length);
  }
  assert.deepEqual(changes, new Set([-1, 0, 1]));
  const problems = messages.flatMap(({ problem }) => problem ?? []);
  assert.deepEqual(new Set(problems), new Set(Object.keys(MALFORMED)));
  const touched = messages.filter(({ kind, key }) => kind === "malformed" && before.has(key));
  assert.ok(touched.length > 0, "some malformed messages are for orders that are there");
});

Deno.test("generateOrders() refuses fewer messages than show every kind", () =>
  assert.throws(() => generateOrders(FEWEST_MESSAGES - 1), RangeError));

Deno.test("compareOrders() finds nothing in a database that holds the whole topic", () => {
  fc.assert(fc.property(topics, (messages) => {
    const model = written(messages);
    const found = compareOrders(model, stored(databaseAt(model)));
    assert.deepEqual(found, { right: model.versions.size, differences: [] });
    assert.equal(model.versions.size, model.counts.new);
  }));
});

Deno.test("compareOrders() is content with nothing less: each changed order is one difference that names it", () => {
  const changes: Readonly<Record<string, (order: Order) => Order | undefined>> = {
    missing: () => undefined,
    amount: (order) => ({ ...order, amount: order.amount + 0.01 }),
    currency: (order) => ({ ...order, currency: "JPY" }),
    customer_id: (order) => ({ ...order, customer_id: `${order.customer_id} ` }),
    created_at: (order) => ({ ...order, created_at: "2020-01-01T00:00:00Z" }),
    lines: ({ lines, ...order }) => ({ ...order, lines: lines.slice(1) }),
  };
  fc.assert(
    fc.property(topics, fc.constantFrom(...Object.keys(changes)), fc.nat(), (messages, change, at) => {
      const model = written(messages);
      const orders = databaseAt(model);
      const id = [...orders.keys()][at % orders.size]!;
      const changed = changes[change]!(orders.get(id)!);
      if (changed === undefined) orders.delete(id);
      else orders.set(id, changed);
      const { right, differences } = compareOrders(model, stored(orders));
      assert.equal(right, model.versions.size - 1);
      assert.equal(differences.length, 1);
      assert.ok(differences[0]?.includes(id) && differences[0].includes(change), differences[0]);
    }),
  );
});

Deno.test("compareOrders() tells a stale order from a wrong one, and names one that is in no message", () => {
  const model = written(generateOrders(200));
  const orders = databaseAt(model);
  const [id, versions] = model.versions.entries().find(([, known]) =>
    orderText(known[0]!.order) !== orderText(known.at(-1)!.order)
  )!;
  orders.set(id, versions[0]!.order);
  orders.set("A-999999", { ...versions[0]!.order, order_id: "A-999999" });
  const { differences } = compareOrders(model, stored(orders));
  assert.match(differences[0] ?? "", new RegExp(`^order ${id} is stale \\(state 1 of \\d+\\): .*lines`));
  assert.match(differences[1] ?? "", /^order A-999999 is in the database and not in the topic$/);
});

/** How far each partition had been worked off when the job died. */
const histories = fc.record({
  messages: topics,
  shares: fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }),
});

Deno.test("afterCrash() finds nothing lost where each message was written before it was committed", () => {
  fc.assert(
    fc.property(histories, fc.array(fc.nat(2), { maxLength: 3 }), ({ messages, shares }, uncommitted) => {
      const model = written(messages);
      const ends = new Map([...model.ends].map(([p, end]) => [p, end * BigInt(shares[p] ?? 0) / 100n]));
      const committed = new Map([...ends].map(([p, end]) => [p, end - BigInt(uncommitted[p] ?? 0)]));
      assert.deepEqual(afterCrash(model, committed, stored(databaseAt(model, ends))).lost, []);
    }),
  );
});

Deno.test("afterCrash() finds the order of a message that was committed before it was written", () => {
  fc.assert(fc.property(histories, fc.nat(), ({ messages, shares }, at) => {
    const model = written(messages);
    const ends = new Map([...model.ends].map(([p, end]) => [p, end * BigInt(shares[p] ?? 0) / 100n]));
    const orders = databaseAt(model, ends);
    const ids = [...orders.keys()].filter((id) => model.versions.get(id)!.length === 1);
    fc.pre(ids.length > 0);
    const id = ids[at % ids.length]!;
    orders.delete(id);
    const { lost } = afterCrash(model, ends, stored(orders));
    assert.equal(lost.length, 1);
    assert.ok(lost[0]?.includes(id));
  }));
});

Deno.test("afterCrash() counts the orders that were written and come again", () => {
  const model = written(generateOrders(100));
  const id = someOrder(model);
  const first = model.versions.get(id)![0]!;
  const before = new Map([[first.partition, first.offset]]);
  const after = new Map([[first.partition, first.offset + 1n]]);
  assert.equal(afterCrash(model, before, stored(databaseAt(model, after))).ahead, 1);
  assert.equal(afterCrash(model, after, stored(databaseAt(model, after))).ahead, 0);
});

Deno.test("afterCrash() counts the orders that had a committed message", () => {
  const model = written(generateOrders(100));
  assert.equal(afterCrash(model, model.ends, stored(databaseAt(model))).committed, model.versions.size);
  assert.equal(afterCrash(model, new Map(), stored(new Map())).committed, 0);
});

Deno.test("compareOrders() and afterCrash() pass on what no order can look like", () => {
  const model = written(generateOrders(20));
  const broken = { orders: databaseAt(model), faults: ["order X is there twice"] };
  assert.deepEqual(compareOrders(model, broken).differences, broken.faults);
  assert.deepEqual(afterCrash(model, model.ends, broken).lost, broken.faults);
});

Deno.test("verify() holds all that is well, and finds each thing that is not", () => {
  const model = written(generateOrders(200));
  const well = {
    stored: stored(databaseAt(model)),
    skipped: new Set(model.malformed.keys()),
    committed: model.ends,
    ends: model.ends,
    crash: { committed: 3, lost: [], ahead: 0 },
    exitCode: 0,
  };
  const failing = (change: Partial<typeof well>) =>
    verify(model, { ...well, ...change }).flatMap((check, i) => holds(check) ? [] : [i]);
  const [partition, end] = model.ends.entries().next().value!;
  const other = new Map([...model.ends, [partition, end - 1n]]);
  assert.deepEqual(failing({}), []);
  assert.deepEqual(failing({ stored: stored(new Map()) }), [0, 1]);
  assert.deepEqual(failing({ skipped: new Set() }), [2]);
  assert.deepEqual(failing({ committed: other }), [3]);
  assert.deepEqual(failing({ ends: new Map([...model.ends, [partition, end + 1n]]) }), [3]);
  assert.deepEqual(
    failing({ committed: other, ends: other }),
    [3],
    "somebody else wrote, or a write was lost",
  );
  assert.deepEqual(failing({ crash: { committed: 3, lost: ["order A is missing"], ahead: 0 } as never }), [
    4,
  ]);
  assert.deepEqual(
    failing({ crash: { committed: 0, lost: ["order A is there twice"], ahead: 0 } as never }),
    [4],
  );
  assert.deepEqual(failing({ exitCode: 1 }), [5]);
  const [second, secondEnd] = [...model.ends][1]!;
  const shifted = new Map([...other, [second, secondEnd + 1n]]); // as many in all
  assert.deepEqual(failing({ committed: shifted }), [3]);
  assert.deepEqual(failing({ committed: shifted, ends: shifted }), [3]);
});

/** Watches a job whose group has committed these totals, one a look. */
function watching(totals: readonly number[], ended: Promise<number> = new Promise(() => {})) {
  let now = 0;
  let look = 0;
  const clock = {
    ...systemClock,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      await settle();
    },
  };
  const committed = () =>
    Promise.resolve(new Map([[0, BigInt(totals[Math.min(look++, totals.length - 1)]!)]]));
  const { screen } = screenOn(false);
  const signal = new AbortController().signal;
  return { clock, screen, signal, committed, ended, all: 100, waiting: "It starts" };
}

Deno.test("untilCommitted() resolves as soon as enough is committed", async () => {
  const rate = await untilCommitted(watching([0, 0, 10, 50, 60]), 50);
  assert.equal(rate.whole.done, 50);
});

Deno.test("untilCommitted() rejects where the job ends before, or stands still", async () => {
  await assert.rejects(
    untilCommitted(watching([0, 10], Promise.resolve(78)), 50),
    /exit code 78, after 10 of 100/,
  );
  await assert.rejects(untilCommitted(watching([0, 10]), 50), /nothing for 60 s: it stands at 10/);
});

Deno.test("untilCommitted() counts what a job committed before it ended", async () => {
  const rate = await untilCommitted(watching([0, 50], Promise.resolve(0)), 50);
  assert.equal(rate.whole.done, 50);
});

Deno.test("untilCommitted() rejects with the reason of a stop", async () => {
  const stop = AbortSignal.abort(new Error("Ctrl+C"));
  await assert.rejects(untilCommitted({ ...watching([0]), signal: stop }, 50), /Ctrl\+C/);
});

Deno.test("storedOrders() puts orders and lines together, and names what cannot be", () => {
  const header = (order_id: string) => ({
    order_id,
    customer_id: "C",
    amount: 1,
    currency: "EUR",
    created_at: "2026-01-01T00:00:00Z",
  });
  const line = (order_id: string, line_number: number) => ({
    order_id,
    line_number,
    sku: `S${line_number}`,
    quantity: 1,
    price: 1,
  });
  const rows = [header("a"), header("b"), header("b")];
  const { orders, faults } = storedOrders(rows, [line("a", 2), line("a", 1), line("b", 2), line("c", 1)]);
  assert.deepEqual(orders.get("a")?.lines.map(({ sku }) => sku), ["S1", "S2"]);
  assert.deepEqual(faults, [
    "order b has lines number 2",
    "order b is there twice",
    "order b has lines number 2",
    "order c has 1 lines, but is not there itself",
  ]);
});

Deno.test("skippedIn() reads the places of skipped messages, of its topic only, each once", () => {
  const log = [
    "2026-01-01 00:00:00\tERROR\tkafka_consumer\tCannot process orders[0]@12, skipping it: json_parser: line 1",
    "2026-01-01 00:00:00\tERROR\tkafka_consumer\tCannot process orders[0]@12, skipping it: json_parser: line 1",
    "2026-01-01 00:00:01\tERROR\tkafka_consumer\tCannot process orders[1]@120, skipping it: not a valid order",
    "2026-01-01 00:00:02\tERROR\tkafka_consumer\tCannot process others[1]@7, skipping it: not a valid order",
    "2026-01-01 00:00:02\tCRITICAL\tkafka_consumer\tCannot process orders[1]@8: no such table",
    "2026-01-01 00:00:02\tERROR\tkafka_consumer\tCannot process orders[2]@1, ski",
  ].join("\n");
  assert.deepEqual([...skippedIn(log, "orders")], ["[0]@12", "[1]@120"]);
});

Deno.test("compareSkipped() holds the skipped messages to be exactly the malformed ones", () => {
  fc.assert(fc.property(topics, (messages) => {
    const { malformed } = written(messages);
    assert.deepEqual(compareSkipped(malformed, new Set(malformed.keys())), []);
    const [first, ...others] = malformed.keys();
    const valid = placeText({ partition: 7, offset: 1n });
    const wrong = compareSkipped(malformed, new Set([...others, valid]));
    assert.deepEqual(wrong, [
      `message ${first} (${malformed.get(first!)}) was not skipped`,
      `message ${valid} was skipped and is a valid order`,
    ]);
  }));
});

Deno.test("TopicModel knows where its partitions end and how many lines its orders have", () => {
  fc.assert(fc.property(topics, (messages) => {
    const model = written(messages);
    assert.equal(total(model.ends), messages.length);
    const lines = databaseAt(model).values().reduce((sum, order) => sum + order.lines.length, 0);
    assert.equal(model.lines, lines);
  }));
});

Deno.test("readArguments() reads what to do, and refuses anything else", () => {
  assert.deepEqual(readArguments([]), { kind: "run", messages: 3000 });
  assert.deepEqual(readArguments(["--messages", "500"]), { kind: "run", messages: 500 });
  assert.deepEqual(readArguments(["--messages=10000"]), { kind: "run", messages: 10000 });
  assert.deepEqual(readArguments(["--write", "20"]), { kind: "write", messages: 20 });
  assert.deepEqual(readArguments(["--query", "SELECT 1"]), { kind: "query", sql: "SELECT 1" });
  assert.deepEqual(readArguments(["--query=SELECT 1 = 1"]), { kind: "query", sql: "SELECT 1 = 1" });
  assert.deepEqual(readArguments(["--help"]), { kind: "help" });
  for (const value of ["", "many", "0", "19", "1.5", "1e3", "-5", "1000001"]) {
    assert.match(
      JSON.stringify(readArguments(["--messages", value])),
      /"wrong".*whole number, 20 to 1000000/,
    );
  }
  assert.match(JSON.stringify(readArguments(["--query", " "])), /"wrong".*needs SQL/);
  assert.match(JSON.stringify(readArguments(["--message", "1"])), /did you mean .*--messages/);
  assert.match(JSON.stringify(readArguments(["--messages", "20", "30"])), /"wrong".*one argument too many/);
});

const denoJson = (run: string) => JSON.stringify({ tasks: { run } });

Deno.test("taskCommand() takes a task apart into permissions, script and arguments", () => {
  assert.deepEqual(
    taskCommand(denoJson("deno run --allow-env --allow-write=data"), "run", ["jobs/orders.ts"]),
    {
      permissions: ["--allow-env", "--allow-write=data"],
      script: "jobs/orders.ts",
      args: [],
    },
  );
  assert.deepEqual(
    taskCommand(denoJson("deno run '--allow-read=a b' src/cli/main.ts run"), "run", ["x.ts"]),
    {
      permissions: ["--allow-read=a b"],
      script: "src/cli/main.ts",
      args: ["run", "x.ts"],
    },
  );
});

Deno.test("taskCommand() refuses a task that is more than one deno run, or none", () => {
  for (const run of ["deno run a.ts && deno run", "node", "deno run > out", ""]) {
    assert.throws(() => taskCommand(denoJson(run), "run", ["x.ts"]), ConfigurationError);
  }
  assert.throws(() => taskCommand("{}", "run", ["x.ts"]), ConfigurationError);
});

Deno.test("Rate counts what moves, and not the standing still before and after", () => {
  const rate = new Rate();
  for (const [at, done] of [[0, 0], [5000, 0], [6000, 100], [7000, 200], [20000, 200]] as const) {
    rate.look(at, done);
  }
  assert.deepEqual(rate.whole, { done: 200, ms: 2000 });
  assert.equal(rate.recent, undefined);
  rate.look(21000, 300);
  assert.equal(rate.recent, 100);
});

Deno.test("checkTable() and differenceLines() show each verdict and at most ten differences", () => {
  const differences = Array.from({ length: 12 }, (_, i) => `order ${i} is missing`);
  const checks = [
    { what: "orders", expected: 1200, found: 1188, differences },
    { what: "an exit code", expected: 0, found: 0, differences: [] },
    { what: "rows", expected: 1, found: 1, differences: ["one too many"] },
  ];
  assert.deepEqual(checkTable(checks), [
    "              expected  found",
    "orders           1,200  1,188  WRONG",
    "an exit code         0      0  ok",
    "rows                 1      1  WRONG",
  ]);
  const lines = differenceLines(checks);
  assert.equal(lines.length, 1 + 10 + 1 + 2);
  assert.equal(lines[0], "orders: expected 1,200, found 1,188");
  assert.equal(lines[11], "  ... and 2 more");
});

/** A screen whose output can be looked at. */
function screenOn(terminal: boolean, environment: Record<string, string> = {}, columns = 80) {
  let text = "";
  const process = {
    outIsTerminal: terminal,
    env: (name: string) => environment[name],
    writeOut: (written: string) => void (text += written),
  };
  return { screen: new Screen(process, () => columns), written: () => text };
}

Deno.test("Screen writes moving lines and colours on a terminal only", () => {
  for (const { screen, written } of [screenOn(false), screenOn(true, { TERM: "dumb" })]) {
    screen.show("half of it");
    screen.line(screen.good("done"));
    assert.equal(written(), "done\n");
  }
  const { screen, written } = screenOn(true);
  screen.show("half of it");
  screen.line(screen.good("done"));
  assert.equal(written(), "   half of it\r\x1b[2K\x1b[32mdone\x1b[0m\n");
});

Deno.test("Screen respects NO_COLOR, and cuts a moving line to the width of the terminal", () => {
  const { screen, written } = screenOn(true, { NO_COLOR: "1" }, 10);
  screen.progress("0123456789");
  screen.progress(undefined);
  screen.line(screen.bad("off"));
  assert.equal(written(), "012345678\r\x1b[2Koff\n");
});

Deno.test("denoAsCalled() names npx where Deno came by it", () => {
  assert.equal(denoAsCalled(() => undefined, "2.9.6"), "deno");
  assert.equal(
    denoAsCalled((name) => name === "npm_command" ? "exec" : undefined, "2.9.6"),
    "npx --yes deno@2.9.6",
  );
});

Deno.test("answer() aligns columns, numbers at the right, and says how many rows it left out", async () => {
  const rows = [{ name: "Café", n: 1n }, { name: "b", n: 20n }, { name: null, n: 300n }];
  assert.deepEqual(await answer(() => Promise.resolve(rows), ""), [
    "name    n",
    "Café    1",
    "b      20",
    "      300",
  ]);
  const many = Array.from({ length: 60 }, (_, n) => ({ n }));
  assert.equal((await answer(() => Promise.resolve(many), "")).at(-1), "... and 10 further rows");
  assert.deepEqual(await answer(() => Promise.resolve([]), ""), ["No rows."]);
});
