import assert from "node:assert/strict";
import fc from "fast-check";
import { inBatches } from "../../../src/cli/dlq_batches.ts";
import { Hold, HOLD_MS, Holds, readHold } from "../../../src/cli/dlq_hold.ts";
import { normalised, readLetter, redriven } from "../../../src/cli/dlq_letter.ts";
import { readMark } from "../../../src/cli/dlq_marks.ts";
import { CONNECT, headerText, OURS, REDRIVE } from "../../../src/consume/dead_letters_headers.ts";
import { type DeadMessage, letterOf } from "../../../src/consume/dead_letters_letter.ts";
import { StopSignals } from "../../../src/control/stop_signals.ts";
import { PermanentError, RecordError, UnavailableError } from "../../../src/core/errors.ts";
import type { OutgoingRecord as Sent, RawRecord } from "../../../src/kafka/driver.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";
import { waitFor, within } from "../../support/wait_for.ts";
import { datapy, type World } from "./fake_context.ts";

const NOW = 1_700_000_000_000; // the fake clock's
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | null) => value === null ? null : new TextDecoder().decode(value);

interface LetterSpec extends Partial<Omit<DeadMessage, "record">> {
  readonly record?: Partial<RawRecord>;
  readonly ageMs?: number;
}

/** A Kafka with a topic of two partitions, and one for its dead letters. */
class Bench {
  readonly broker = new MemoryBroker({ maxFetchRecords: 3 });
  #next = 0n;
  /** Sends that no fault and no gate meets: the first of each redrive is that of its hold. */
  #spared = 0;

  constructor() {
    const { gate, faults } = this.broker.requests.send;
    const [pass, take] = [gate.pass.bind(gate), faults.take.bind(faults)];
    let taking = 0;
    gate.pass = () => {
      if (this.#spared === 0) return pass();
      this.#spared--;
      taking++;
      return Promise.resolve();
    };
    faults.take = () => taking === 0 ? take() : void taking--;
    this.broker.createTopic("orders", 2);
    this.broker.createTopic("orders.dlq", 2);
  }

  /** Writes a dead letter; its message is `m0`, `m1`, ... */
  letter(error: unknown, { record, ageMs = 0, ...given }: LetterSpec = {}): void {
    const offset = this.#next++;
    const partition = given.partition ?? 0;
    const own = { offset, timestamp: NOW - ageMs, key: bytes("k"), value: bytes(`m${offset}`), headers: [] };
    const dead = {
      topic: "orders",
      kind: "record" as const,
      attempts: 1,
      stage: "process" as const,
      ...given,
      partition,
      error,
      record: { ...own, ...record },
    };
    const letter = letterOf(dead, { job: "job", group: "g" }, NOW - ageMs, "whole");
    this.broker.append("orders.dlq", { ...letter, partition, timestamp: NOW - ageMs });
  }

  run(command: string, ...words: string[]) {
    return this.runIn({}, command, ...words);
  }

  runIn(world: World, command: string, ...words: string[]) {
    if (command === "redrive" && words.includes("--execute")) this.#spared++;
    const all = ["dlq", command, "orders.dlq", ...words, "--bootstrap", "memory:9092"];
    return within(datapy(all, { broker: this.broker, ...world }), `dlq ${command}`);
  }

  /** Values of the messages that were redriven. */
  sent(topic = "orders"): (string | null)[] {
    return this.broker.records(topic).map(({ value }) => text(value));
  }

  /** Runs that hold the dead letters at a time, and until when. */
  holds(): (readonly [run: string, until: number])[] {
    return this.broker.records("orders.dlq").flatMap((record) => {
      const hold = readHold(record);
      return hold === undefined ? [] : [[hold.run, hold.until] as const];
    });
  }

  get marks(): [partition: number, done: string, offsets: number[]][] {
    return this.broker.records("orders.dlq").flatMap((record) => {
      const mark = readMark(record);
      return mark === undefined ? [] : [[record.partition, mark.done, mark.offsets.map(Number)]];
    });
  }
}

const never = () => new Promise<never>(() => {});

const jsonLines = (out: string) =>
  out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));

Deno.test("normalised() makes one text of those that differ by numbers, ids and blanks only", () => {
  const same = [
    "order 17 of 2026-01-02: amount 3.50 is\n too  small",
    "order 4 of 2025-12-31: amount 1,000 is too small",
  ].map(normalised);
  assert.equal(new Set(same).size, 1, same.join("\n"));
  assert.equal(
    normalised("no 6f9619ff-8b86-d011-b42d-00cf4fc964ff, nor deadbeef42"),
    "no #, nor #",
  );
  assert.notEqual(normalised('no "amount"'), normalised('no "price"'));
  assert.ok(normalised("x".repeat(1000)).length <= 100);
});

Deno.test("datapy dlq list counts letters by their causes", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("amount 17 is negative"), { ageMs: 60_000 });
  bench.letter(new RecordError("amount 4 is negative"), { ageMs: 30_000, partition: 1 });
  bench.letter(new PermanentError("no JSON"), { record: { headers: [[REDRIVE.count, bytes("1")]] } });
  bench.broker.append("orders.dlq", { key: null, value: bytes("stray"), headers: [], partition: 0 });
  const { code, out, err } = await bench.run("list");
  assert.equal(code, 0, err);
  assert.equal(err, "1 record of the topic is no dead letter\n3 letters of 2 causes: 3 open, 0 done\n");
  const [titles, first, second] = out.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(titles, ["CAUSE", "OPEN", "AGAIN", "DONE", "FIRST", "LAST", "TOPIC", "ERROR"]);
  assert.deepEqual(first?.slice(1), [
    "2",
    "0",
    "0",
    "2023-11-14T22:12:20.000Z",
    "2023-11-14T22:12:50.000Z",
    "orders",
    "RecordError: amount # is negative",
  ]);
  assert.deepEqual(second?.slice(1, 4), ["1", "1", "0"]);
  const [row] = jsonLines((await bench.run("list", "--json")).out);
  assert.deepEqual([row.cause, row.letters, row.class], [first?.[0], 2, "RecordError"]);
  const later = jsonLines((await bench.run("list", "--json", "--from", "-45s", "--until", "-10s")).out);
  assert.deepEqual(later.map(({ letters }) => letters), [1]);
});

Deno.test("datapy dlq list lets nothing of a letter command a terminal", async () => {
  const bench = new Bench();
  bench.letter(Object.assign(new Error("a\x1b[2J\u202eb"), { name: "C\x9bD" }));
  bench.letter(new RecordError("bad"), { topic: "orders\x1b[31m" });
  for (const words of [[], ["--json"]]) {
    const { out, err } = await bench.run("list", ...words);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(out + err, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    assert.match(err, /^1 record of the topic is no dead letter\n1 letter of 1 cause/);
  }
});

Deno.test("datapy dlq list of a topic without letters says so; an unknown topic is a configuration error", async () => {
  const bench = new Bench();
  assert.deepEqual(await bench.run("list"), {
    code: 0,
    out: "",
    err: "There are no dead letters in topic orders.dlq\n",
  });
  const { code, err } = await datapy(["dlq", "list", "order.dlq", "--bootstrap", "memory:9092"], {
    broker: bench.broker,
  });
  assert.equal(code, 78);
  assert.match(err, /did you mean "orders\.dlq"/);
});

Deno.test("datapy dlq show shows a letter, with nothing in it that commands a terminal", async () => {
  const bench = new Bench();
  const headers = [["trace", bytes("t\x1b[2J")], ["none", null]] as const;
  bench.letter(new RecordError("bad \x1b[31mvalue"), {
    attempts: 4,
    record: { key: bytes("A\u202e1"), value: bytes('{"a":\n1}\x07'), headers },
  });
  const { code, out, err } = await bench.run("show", "0@0");
  assert.deepEqual([code, err], [0, ""]);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f\x7f\u202e]/);
  const lines = new Map(out.trimEnd().split("\n").map((line) => [line.slice(0, 9).trim(), line.slice(10)]));
  assert.equal(lines.get("letter"), "orders.dlq 0@0");
  assert.equal(lines.get("message"), "orders 0@0");
  assert.equal(lines.get("state"), "open");
  assert.equal(lines.get("error"), "bad \\x1b[31mvalue");
  assert.equal(lines.get("attempts"), "4");
  assert.equal(lines.get("group"), "g");
  assert.equal(lines.get("value"), '{"a":\\n1}\\x07');
  assert.match(out, /\nheader +trace=t\\x1b\[2J\nheader +none=\n/);
  assert.match(out, /\nstack +RecordError: bad/);
  assert.doesNotMatch(out, /__connect/, "only the message's own headers");
  const [json] = jsonLines((await bench.run("show", "0@0", "--json")).out);
  assert.deepEqual([json.message, json.state, json.redriven], [
    { topic: "orders", partition: 0, offset: "0" },
    "open",
    0,
  ]);
  assert.deepEqual(json.headers, [{ name: "trace", value: "t\x1b[2J" }, { name: "none", value: null }]);
});

Deno.test("datapy dlq show refuses a place without a letter", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  await bench.run("drop", "--execute");
  for (
    const [place, why] of [["0@7", /no dead letter at 0@7/], ["5@0", /no dead letter/], [
      "0@1",
      /the mark of/,
    ]] as const
  ) {
    const { code, err } = await bench.run("show", place);
    assert.equal(code, 78);
    assert.match(err, why);
  }
  const { code, err } = await bench.run("show", "first");
  assert.deepEqual([code, /expected partition@offset/.test(err)], [64, true]);
});

Deno.test("datapy dlq redrive only shows what it would do, unless it is told to execute", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  const { code, out, err } = await bench.run("redrive");
  assert.equal(code, 0);
  assert.match(out, /RecordError: bad/);
  assert.equal(err, "1 letter would be redriven\nNothing was changed: --execute does it\n");
  assert.deepEqual([bench.sent(), bench.marks], [[], []]);
  assert.equal((await bench.run("redrive", "--execute", "--dry-run")).code, 64);
});

Deno.test("datapy dlq redrive sends messages back as they were, marked, and only once", async () => {
  const bench = new Bench();
  const headers = [["b", bytes("1")], ["a", null], ["b", bytes("2")], [REDRIVE.count, bytes("x")]] as const;
  bench.letter(new RecordError("bad"), { partition: 1, record: { headers, key: null, value: null } });
  bench.letter(new RecordError("worse"));
  const { code, err } = await bench.run("redrive", "--execute", "--force");
  assert.deepEqual([code, err], [0, "Redrove 2 letters\n"]);
  const [first, second] = [...bench.broker.records("orders")].sort((a, b) => b.partition - a.partition);
  assert.deepEqual([first?.partition, first?.key, first?.value], [1, null, null], "where it came from");
  assert.deepEqual(first?.headers.map(([name, value]) => [name, text(value)]), [
    ["b", "1"],
    ["a", null],
    ["b", "2"],
    [REDRIVE.from, "orders.dlq/1/0"],
    [REDRIVE.count, "1"],
    [REDRIVE.time, "2023-11-14T22:13:20.000Z"],
  ]);
  assert.deepEqual([second?.partition, text(second?.value ?? null)], [0, "m1"]);
  assert.deepEqual(bench.marks, [[0, "redriven", [0]], [1, "redriven", [0]]]);
  const again = await bench.run("redrive", "--execute");
  assert.equal(
    again.err,
    "Left out: 2 letters redriven or dropped before (--force takes them)\nNo letter fits\n",
  );
  assert.equal(bench.sent().length, 2);
  assert.equal((await bench.run("list")).err, "2 letters of 2 causes: 0 open, 2 done\n");
  await bench.run("redrive", "--execute", "--force");
  assert.equal(bench.sent().length, 4);
});

Deno.test("datapy dlq redrive leaves out what failed again, unless it is forced; then the youngest letter goes", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  await bench.run("redrive", "--execute");
  const [message] = bench.broker.records("orders");
  bench.letter(new RecordError("bad"), { record: { headers: message!.headers, value: bytes("again") } });
  assert.equal((await bench.run("list", "--json")).out.includes('"again":1'), true);
  const { err } = await bench.run("redrive", "--execute");
  assert.equal(
    err,
    "Left out: 1 letter redriven or dropped before, 1 letter that failed again after a redrive (--force takes them)\n" +
      "No letter fits\n",
  );
  assert.match((await bench.run("show", "0@0")).out, /\nstate +redriven, and failed again/);
  await bench.run("redrive", "--execute", "--force");
  assert.deepEqual(bench.sent(), ["m0", "again"]);
  const { headers } = bench.broker.records("orders")[1]!;
  assert.equal(headerText(headers, REDRIVE.count), "2");
  assert.equal(headers.filter(([name]) => name === REDRIVE.count).length, 1);
});

Deno.test("datapy dlq redrive knows a redrive without a mark by the letter of its failure", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  const place = { topic: "orders.dlq", partition: 0, record: bench.broker.records("orders.dlq")[0]! };
  const { headers } = redriven(readLetter(place)!, "orders.dlq", NOW); // sent, and then killed
  bench.letter(new RecordError("bad"), { partition: 1, record: { headers } });
  const { err } = await bench.run("redrive", "--execute");
  assert.match(err, /Left out: 1 letter redriven .*, 1 letter that failed again/);
  assert.deepEqual(bench.sent(), []);
});

Deno.test("datapy dlq redrive keeps to its filters", async () => {
  const bench = new Bench();
  const cause = async (part: string) =>
    jsonLines((await bench.run("list", "--json")).out).find(({ message }) => message.includes(part)).cause;
  bench.broker.createTopic("customers", 2);
  bench.letter(new RecordError("amount 1"), { ageMs: 7_200_000 });
  bench.letter(new RecordError("amount 2"), { partition: 1, record: { key: bytes("other") } });
  bench.letter(new PermanentError("no JSON"));
  bench.letter(new PermanentError("no JSON"), { partition: 1, topic: "customers" });
  const would = async (...words: string[]) => (await bench.run("redrive", ...words)).err.split(" ")[0];
  assert.equal(await would("--cause", await cause("amount")), "2");
  assert.equal(await would("--cause", "permanentERROR: no"), "2");
  assert.equal(await would("--cause", "amount 2"), "1");
  assert.equal(await would("--key", "other"), "1");
  assert.equal(await would("--group", "g"), "4");
  assert.equal(await would("--group", "h"), "No");
  assert.equal(await would("--from", "-1h"), "3");
  assert.equal(await would("--from", "1"), "2");
  assert.equal(await would("--partition", "1"), "2");
  assert.equal(await would("--letter", "0@1", "--letter", "1@0"), "2");
  assert.equal(await would("--letter", "0@1", "--key", "other"), "No");
});

Deno.test("datapy dlq redrive --to sends to another topic, by keys; not to the dead letters themselves", async () => {
  const bench = new Bench();
  bench.broker.createTopic("repair", 5);
  bench.letter(new RecordError("bad"), { partition: 1 });
  const { out } = await bench.run("redrive", "--execute", "--to", "repair", "--json");
  assert.deepEqual(bench.sent("repair"), ["m0"]);
  const [{ letter, to }] = jsonLines(out);
  assert.deepEqual(letter, { topic: "orders.dlq", partition: 1, offset: 0 });
  assert.equal(to.topic, "repair");
  assert.equal((await bench.run("redrive", "--to", "orders.dlq")).code, 64);
  for (const execute of [["--execute"], []]) {
    const missing = await bench.run("redrive", ...execute, "--force", "--to", "reparir");
    assert.equal(missing.code, 78);
    assert.match(missing.err, /did you mean "repair"/);
  }
});

Deno.test("datapy dlq redrive marks what was sent where a send fails, and goes on there the next time", async () => {
  const bench = new Bench();
  for (let i = 0; i < 5; i++) bench.letter(new RecordError("bad"));
  bench.broker.failNextSends(1, new UnavailableError("no leader"));
  const failed = await bench.run("redrive", "--execute");
  assert.equal(failed.code, 1);
  assert.match(failed.err, /Cannot redrive letter orders\.dlq 0@0 to topic "orders": no leader/);
  assert.equal(bench.sent().length, 4);
  assert.equal((await bench.run("redrive", "--execute")).err.split("\n").at(-2), "Redrove 1 letter");
  assert.deepEqual(bench.sent().sort(), ["m0", "m1", "m2", "m3", "m4"]);
});

Deno.test("datapy dlq redrive says that sent messages could not be marked", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  using hold = bench.broker.holdSends();
  const running = bench.run("redrive", "--execute");
  await hold.arrived;
  bench.broker.topicSettings.set("orders.dlq", { maxMessageBytes: 1 });
  hold.release();
  const { code, err } = await running;
  assert.equal(code, 1);
  assert.match(
    err,
    /1 letter could not be marked though its message was sent: a further redrive would send them again/,
  );
});

Deno.test("datapy dlq redrive refuses a compacted topic, where marks would be lost", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  bench.broker.topicSettings.set("orders.dlq", { isCompacted: true });
  const { code, err } = await bench.run("redrive", "--execute");
  assert.deepEqual([code, /compacted/.test(err), bench.sent()], [78, true, []]);
});

/** Signals that a test sends. */
function signals() {
  const listeners = new Map<string, () => void>();
  const source = {
    onSignal(signal: string, callback: () => void) {
      listeners.set(signal, callback);
      return { [Symbol.dispose]: () => void listeners.delete(signal) };
    },
  };
  const exits: number[] = [];
  const exit = (code: number) => void exits.push(code) as never;
  return { stopSignals: new StopSignals(source, { exit }), listeners, exits };
}

Deno.test("datapy dlq redrive ends at Ctrl+C after the send under way, marked; the same command goes on", async () => {
  const bench = new Bench();
  for (let i = 0; i < 150; i++) bench.letter(new RecordError("bad"));
  const { stopSignals, listeners } = signals();
  using hold = bench.broker.holdSends();
  const running = bench.runIn({ stopSignals }, "redrive", "--execute");
  await hold.arrived;
  listeners.get("SIGINT")?.();
  await settle();
  hold.release();
  const { code, err } = await running;
  assert.equal(code, 1);
  assert.equal(
    err,
    "Stopped after 100 letters, which are marked: the same command goes on with the rest, so none is sent twice\n",
  );
  assert.equal(listeners.size, 0);
  assert.equal(bench.sent().length, 100);
  await bench.run("redrive", "--execute");
  assert.deepEqual(bench.sent(), Array.from({ length: 150 }, (_, i) => `m${i}`), "in their order");
});

Deno.test("datapy dlq redrive --rate sends no faster", async () => {
  const bench = new Bench();
  for (let i = 0; i < 20; i++) bench.letter(new RecordError("bad"));
  const clock = new ManualClock();
  const running = bench.runIn({ clock }, "redrive", "--execute", "--rate", "10");
  await settle();
  for (let at = 0; at <= 2_000; at += 100) {
    const sent = bench.sent().length;
    assert.ok(sent <= at / 100 + 2, `${sent} after ${at} ms`);
    assert.ok(at < 1_000 || sent >= at / 100 - 2, `${sent} after ${at} ms`);
    await clock.advance(100);
  }
  await clock.advance(1_000);
  assert.equal((await running).err, "Redrove 20 letters\n");
  assert.equal((await bench.run("redrive", "--rate", "0")).code, 64);
});

Deno.test("datapy dlq drop marks letters, which are then left out", async () => {
  const bench = new Bench();
  for (let i = 0; i < 4; i++) bench.letter(new RecordError("bad"), { partition: i % 2 });
  assert.match((await bench.run("drop")).err, /^4 letters would be dropped\nNothing was changed/);
  assert.equal((await bench.run("drop", "--partition", "1", "--execute")).err, "Dropped 2 letters\n");
  assert.deepEqual(bench.marks, [[1, "dropped", [0, 1]]]);
  assert.match((await bench.run("redrive", "--execute")).err, /Left out: 2 letters .*\nRedrove 2 letters\n$/);
  assert.match((await bench.run("drop", "--execute")).err, /No letter fits\n$/);
  assert.match((await bench.run("show", "1@0")).out, /\nstate +dropped\n/);
  assert.deepEqual(bench.marks, [[0, "redriven", [0, 1]], [1, "dropped", [0, 1]]]);
});

Deno.test("datapy dlq redrive sends each open letter once, whatever stops it in between", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.record({ failedSends: fc.nat({ max: 3 }), rate: fc.constantFrom("5", "50") }), {
        maxLength: 4,
      }),
      async (partitions, runs) => {
        const bench = new Bench();
        for (const partition of partitions) bench.letter(new RecordError("bad"), { partition });
        let unmarked = 0;
        const run = async (...words: string[]) => {
          const clock = new ManualClock();
          clock.jump(begin += 10 * HOLD_MS); // a hold that could not be let go has ended
          const running = bench.runIn({ clock }, "redrive", "--execute", ...words);
          let over = false;
          running.finally(() => over = true);
          while (!over) await clock.advance(1_000);
          const { err } = await running;
          unmarked += Number(/(\d+) letters? could not be marked/.exec(err)?.[1] ?? 0);
        };
        let begin = 0;
        for (const { failedSends, rate } of runs) {
          bench.broker.failNextSends(failedSends, new PermanentError("refused"));
          await run("--rate", rate);
          bench.broker.requests.send.faults.take();
        }
        while (bench.broker.requests.send.faults.take() !== undefined);
        await run();
        const sent = bench.sent();
        assert.equal(new Set(sent).size, partitions.length, "none is left");
        assert.ok(sent.length <= partitions.length + unmarked, "what goes twice was told");
        assert.match((await bench.run("list")).err, / 0 open/);
      },
    ),
    { numRuns: 40 },
  ));

Deno.test("datapy dlq redrive is refused while another one of the topic is under way, and not afterwards", async () => {
  const bench = new Bench();
  for (let i = 0; i < 3; i++) bench.letter(new RecordError("bad"));
  const clock = new ManualClock();
  const first = bench.runIn({ clock }, "redrive", "--execute", "--rate", "1");
  await waitFor(() => bench.sent().length === 1, "the first message");
  const { code, err } = await bench.run("redrive", "--execute", "--force");
  assert.equal(code, 1);
  assert.match(
    err,
    /^datapy: Cannot redrive letters of topic "orders\.dlq": another redrive of it is under way, or was killed/,
  );
  assert.match(
    (await bench.run("list")).err,
    /^3 letters of 1 cause: \d open, \d done\n$/,
    "holds are no records of somebody else",
  );
  assert.equal((await bench.run("redrive")).code, 0, "a dry run disturbs nobody");
  await clock.advance(5_000);
  assert.equal((await first).err, "Redrove 3 letters\n");
  assert.equal(bench.sent().length, 3);
  assert.match((await bench.run("redrive", "--execute", "--force")).err, /Redrove 3 letters/);
});

Deno.test("datapy dlq redrive by many at once sends each letter once", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 1, max: 30 }),
      async (runs, letters) => {
        const bench = new Bench();
        for (let i = 0; i < letters; i++) bench.letter(new RecordError("bad"), { partition: i % 2 });
        const ends = await Promise.all(Array.from({ length: runs }, () => bench.run("redrive", "--execute")));
        assert.ok(ends.some(({ code }) => code === 0), "one of them is first");
        assert.equal(bench.sent().length, letters);
        assert.equal(new Set(bench.sent()).size, letters);
      },
    ),
    { numRuns: 50 },
  ));

Deno.test("datapy dlq redrive waits out the hold of one that was killed, and no longer", async () => {
  const bench = new Bench();
  bench.letter(new RecordError("bad"));
  const clock = new ManualClock();
  const { send } = {
    send: (topic: string, [record]: readonly Sent[]) => (bench.broker.append(topic, record!), never()),
  };
  void Hold.take({ producer: { send }, topic: "orders.dlq", clock, timeoutMs: 1 });
  await settle();
  clock.jump(HOLD_MS - 1);
  const refused = await bench.runIn({ clock }, "redrive", "--execute");
  assert.match(
    refused.err,
    new RegExp(`its hold on the topic ends at ${new Date(NOW + HOLD_MS).toISOString()}`),
  );
  clock.jump(1);
  assert.equal((await bench.runIn({ clock }, "redrive", "--execute")).err, "Redrove 1 letter\n");
});

Deno.test("datapy dlq redrive holds its topic as long as it lasts", async () => {
  const bench = new Bench();
  for (let i = 0; i < 3; i++) bench.letter(new RecordError("bad"));
  const clock = new ManualClock();
  const first = bench.runIn({ clock }, "redrive", "--execute", "--rate", "0.01");
  for (let i = 0; i < 13; i++) {
    await clock.advance(HOLD_MS / 2);
    const other = new ManualClock();
    other.jump(clock.now());
    const { code } = await bench.runIn({ clock: other }, "redrive", "--execute");
    assert.equal(code, 1, `after ${clock.now()} ms`);
  }
  await clock.advance(HOLD_MS);
  assert.equal((await first).err, "Redrove 3 letters\n");
  assert.equal(bench.sent().length, 3);
});

Deno.test("datapy dlq redrive that cannot renew its hold ends before it sends more", async () => {
  const bench = new Bench();
  for (let i = 0; i < 3; i++) bench.letter(new RecordError("bad"));
  const clock = new ManualClock();
  const first = bench.runIn({ clock }, "redrive", "--execute", "--rate", "0.02");
  await waitFor(() => bench.marks.length === 1, "the mark of the first message");
  bench.broker.failNextSends(2, new UnavailableError("no leader")); // of two renewals
  await clock.advance(60_000);
  const { code, err } = await first;
  assert.equal(code, 1);
  assert.match(err, /its hold on the topic could not be renewed in time/);
  assert.equal(bench.sent().length, 1);
  assert.equal(bench.holds().at(-1)?.[1], 0, "it lets go");
  assert.equal(
    (await bench.runIn({ clock }, "redrive", "--execute")).err.split("\n").at(-2),
    "Redrove 2 letters",
  );
});

Deno.test("Holds.heldBefore() lets exactly one of those go that hold at the same time", () =>
  fc.assert(fc.property(
    fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 }),
    fc.array(fc.constantFrom("a", "b", "c", "d")),
    (order, renewed) => {
      const holds = new Holds();
      for (const run of order) holds.add({ run, until: 100 });
      for (const run of renewed.filter((run) => order.includes(run))) holds.add({ run, until: 200 });
      const first = order.filter((run) => holds.heldBefore(run, 50) === undefined);
      assert.deepEqual(first, order.slice(0, 1));
    },
  )));

Deno.test("Holds.heldBefore() takes who lets go meanwhile for one that holds: its last marks may not have been seen", () => {
  const until = (...records: readonly (readonly [string, number])[]) => {
    const holds = new Holds();
    for (const [run, until] of records) holds.add({ run, until });
    return holds.heldBefore("me", 50);
  };
  assert.equal(until(["a", 100], ["a", 0], ["me", 100]), undefined);
  assert.equal(until(["a", 100], ["me", 100], ["a", 0]), 100);
  assert.equal(until(["a", 40], ["me", 100]), undefined, "it was killed");
  assert.equal(until(["a", 40], ["me", 100], ["a", 70]), 70, "it was not");
  assert.equal(until(["me", 100], ["a", 100]), undefined);
  assert.throws(() => until(["a", 100]), UnavailableError);
});

Deno.test("inBatches() works on all items in their order, in batches of at most the size", () =>
  fc.assert(fc.asyncProperty(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 9 }), async (count, size) => {
    async function* items() {
      for (let i = 0; i < count; i++) yield await Promise.resolve(i);
    }
    const batches: (readonly number[])[] = [];
    const context = { ...signals(), clock: new ManualClock() };
    const result = await inBatches(context, items(), { size }, (batch) => {
      batches.push(batch);
      return Promise.resolve();
    });
    assert.deepEqual(result, { count, stopped: false });
    assert.deepEqual(batches.flat(), Array.from({ length: count }, (_, i) => i));
    assert.ok(batches.every((batch) => batch.length > 0 && batch.length <= size));
  })));

Deno.test("readLetter() reads letters that Kafka Connect has written", () => {
  const record: RawRecord = {
    offset: 3n,
    timestamp: NOW,
    key: null,
    value: bytes("v"),
    headers: [
      ["own", bytes("1")],
      [CONNECT.topic, bytes("orders")],
      [CONNECT.partition, bytes("4")],
      [CONNECT.offset, bytes("17")],
      [CONNECT.exception, bytes("org.apache.kafka.connect.errors.DataException")],
      [CONNECT.message, bytes("bad value 7")],
    ],
  };
  const letter = readLetter({ topic: "dlq", partition: 0, record });
  assert.deepEqual(letter?.origin, { topic: "orders", partition: 4, offset: "17" });
  assert.equal(letter?.cause.message, "bad value #");
  assert.deepEqual(redriven(letter!, "dlq", NOW).headers.map(([name]) => name), [
    "own",
    ...Object.values(REDRIVE),
  ]);
  assert.equal(headerText(record.headers, OURS.job), undefined);
  assert.equal(readLetter({ topic: "dlq", partition: 0, record: { ...record, headers: [] } }), undefined);
});
