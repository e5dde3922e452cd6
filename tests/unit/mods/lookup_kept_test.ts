import assert from "node:assert/strict";
import {
  ConfigurationError,
  type ErrorKind,
  errorText,
  kindOf,
  PermanentError,
  UnavailableError,
} from "../../../src/core/errors.ts";
import { currentMessageScope, inMessageScope, MessageScope } from "../../../src/core/message_scope.ts";
import { closeResources } from "../../../src/core/resources.ts";
import type { Row } from "../../../src/core/rows.ts";
import { type KeepPolicy, KeptTable } from "../../../src/mods/transform/lookup/kept_table.ts";
import type { LookupSource, ReadOptions } from "../../../src/mods/transform/lookup/source.ts";
import { LookupTables } from "../../../src/mods/transform/lookup/tables.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { asJob } from "./lookup_support.ts";

/** A clock that says how many timers wait. */
class CountingClock extends ManualClock {
  waiting = 0;

  override timer(ms: number, callback: () => void): Disposable {
    this.waiting++;
    const end = () => this.waiting--;
    const timer = super.timer(ms, () => (end(), callback()));
    return { [Symbol.dispose]: () => (end(), timer[Symbol.dispose]()) };
  }
}

/** A source whose answers a test gives by hand. */
class ManualSource implements LookupSource {
  readonly name = "the table";
  readonly open: PromiseWithResolvers<readonly Row[]>[] = [];
  readonly options: ReadOptions[] = [];
  readonly scopes: (MessageScope | undefined)[] = [];
  reads = 0;

  read(_values: unknown, options: ReadOptions): Promise<readonly Row[]> {
    this.reads++;
    this.options.push(options);
    this.scopes.push(currentMessageScope());
    const answer = Promise.withResolvers<readonly Row[]>();
    options.signal?.addEventListener("abort", () => answer.reject(options.signal?.reason));
    this.open.push(answer);
    return answer.promise;
  }

  async answer(rows: readonly Row[]): Promise<void> {
    this.open.shift()!.resolve(rows);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.open.shift()!.reject(error);
    await settle();
  }
}

const SHAPE = { keys: ["id"], columns: ["v"], keyTypes: "strict" } as const;
const EVERY_MINUTE: KeepPolicy = { maxRows: 100, refreshMs: 60_000, maxStaleMs: 300_000 };
const ONCE: KeepPolicy = { maxRows: 100, refreshMs: undefined, maxStaleMs: undefined };

function kept(policy: KeepPolicy) {
  const [source, clock, log] = [new ManualSource(), new CountingClock(), new RecordingLogger()];
  let closed = 0;
  const table = new KeptTable(source, SHAPE, policy, { clock, log, whenClosed: () => void closed++ });
  return {
    source,
    clock,
    log,
    table,
    closed: () => closed,
    one: async () => (await table.current()).find("n1")[0]?.[0],
  };
}

async function failure(work: Promise<unknown>, kind: ErrorKind): Promise<string> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  assert.equal(error === undefined ? "no error" : kindOf(error), kind, errorText(error));
  return errorText(error);
}

Deno.test("KeptTable reads once for all who ask meanwhile, and says what it read", () =>
  asJob(async () => {
    const { source, clock, log, one } = kept(ONCE);
    const waiting = [one(), one(), one()];
    await clock.advance(1500);
    await source.answer([{ id: 1, v: "a" }, { id: 1, v: "b" }]);
    assert.deepEqual(await Promise.all(waiting), ["a", "a", "a"]);
    assert.equal(await one(), "a");
    await clock.advance(1e9);
    assert.equal(await one(), "a", "without a bound of age it serves for ever");
    assert.equal(source.reads, 1);
    assert.equal(source.options[0]?.maxRows, 100);
    const [line, ...more] = log.lines;
    assert.match(line!.message, /^Read the lookup in the table: 2 rows, about 0\.0 MiB, in 1\.5 s$/);
    const { bytes, ...fields } = line!.fields;
    assert.deepEqual(fields, { rows: 2, repeated_keys: 1 });
    assert.ok(Number(bytes) > 0);
    assert.deepEqual(more, []);
  }));

Deno.test("KeptTable tells all who wait that reading failed, and reads again for who asks next", () =>
  asJob(async () => {
    const { source, one } = kept(ONCE);
    const waiting = [one(), one()].map((work) => failure(work, "unavailable"));
    await settle();
    await source.fail(new UnavailableError("the database is down"));
    await Promise.all(waiting);
    assert.equal(source.reads, 1);
    const again = one();
    await settle();
    await source.answer([{ id: 1, v: "a" }]);
    assert.equal(await again, "a");
    const wrong = kept(ONCE);
    const text = failure(wrong.one(), "configuration"); // no message may be skipped for it
    await settle();
    await wrong.source.fail(new PermanentError("a value does not fit"));
    assert.match(await text, /Cannot read the lookup in the table: a value does not fit/);
  }));

Deno.test("KeptTable refreshes in the background while the old rows serve, without a word", () =>
  asJob(async () => {
    const { source, clock, log, one } = kept(EVERY_MINUTE);
    const first = one();
    await settle();
    await source.answer([{ id: 1, v: "old" }]);
    assert.equal(await first, "old");
    await clock.advance(59_999);
    assert.equal(source.reads, 1);
    await clock.advance(1);
    assert.equal(source.reads, 2);
    assert.equal(await one(), "old", "nobody waits for a refresh");
    await clock.advance(30_000);
    await source.answer([{ id: 1, v: "new" }]);
    assert.equal(await one(), "new");
    await clock.advance(59_999);
    assert.equal(source.reads, 2, "the next interval begins when the last reading has ended");
    await clock.advance(1);
    assert.equal(source.reads, 3);
    assert.deepEqual(log.lines.map(({ level }) => level), ["info", "debug"]);
  }));

Deno.test("KeptTable warns of a failed refresh with the age of what serves, and is unavailable when that is too old", () =>
  asJob(async () => {
    const { source, clock, log, one } = kept(EVERY_MINUTE);
    const first = one();
    await settle();
    await source.answer([{ id: 1, v: "old" }]);
    await first;
    for (let minute = 1; minute <= 5; minute++) {
      await clock.advance(60_000);
      assert.equal(await one(), "old");
      await source.fail(new UnavailableError(`failure ${minute}`));
      assert.equal(
        log.messages("warning").at(-1),
        `Cannot refresh the lookup in the table, what was read ${
          minute * 60
        } s ago serves on: failure ${minute}`,
      );
    }
    await clock.advance(1);
    assert.equal(
      await failure(one(), "unavailable"),
      "Cannot look up in the table: it was read 300 s ago, more than max_stale_s (300 s), as reading it again failed: failure 5",
    );
    await clock.advance(59_999);
    await source.answer([{ id: 1, v: "new" }]);
    assert.equal(await one(), "new", "it serves again when a refresh succeeds");
    assert.deepEqual(log.messages("info").slice(1), ["The lookup in the table is fresh again"]);
  }));

Deno.test("KeptTable is unavailable too when a refresh does not end", () =>
  asJob(async () => {
    const { source, clock, one, table } = kept(EVERY_MINUTE);
    const first = one();
    await settle();
    await source.answer([{ id: 1, v: "old" }]);
    await first;
    await clock.advance(300_000);
    assert.equal(await one(), "old");
    await clock.advance(1);
    assert.match(await failure(one(), "unavailable"), /and a reading is under way since$/);
    assert.equal(source.reads, 2);
    await table.close();
  }));

Deno.test("KeptTable warns where there are no rows, and where they went", () =>
  asJob(async () => {
    const { source, clock, log, one } = kept(EVERY_MINUTE);
    const first = one();
    await settle();
    await source.answer([{ id: 1, v: "a" }]);
    await first;
    await clock.advance(60_000);
    await source.answer([]);
    assert.deepEqual(log.messages("warning"), ["The lookup in the table has no rows; before it had 1"]);
    await clock.advance(60_000);
    await source.answer([]);
    assert.equal(log.messages("warning").length, 1);
    const empty = kept(ONCE);
    const none = empty.one();
    await settle();
    await empty.source.answer([]);
    assert.equal(await none, undefined);
    assert.deepEqual(empty.log.messages("warning"), ["The lookup in the table has no rows"]);
  }));

Deno.test("KeptTable ends with the job: its reading is given up, nothing is read or logged any more", () =>
  asJob(async () => {
    const { source, clock, log, one, table, closed } = kept(EVERY_MINUTE);
    const first = one();
    await settle();
    await source.answer([{ id: 1, v: "a" }]);
    await first;
    await clock.advance(60_000);
    assert.equal(source.reads, 2);
    assert.deepEqual(await closeResources(1000), []);
    assert.equal(source.options[1]?.signal?.aborted, true);
    await clock.advance(1e9);
    assert.equal(source.reads, 2);
    assert.equal(log.lines.length, 1);
    assert.equal(closed(), 1);
    assert.match(await failure(one(), "unavailable"), /the job is being closed/);
    const early = kept(EVERY_MINUTE);
    const waiting = early.one().catch(() => "given up");
    await settle();
    await early.table.close();
    assert.equal(await waiting, "given up");
    await early.clock.advance(1e9);
    assert.equal(early.source.reads, 1);
    await table.close(); // again
    const idle = kept(EVERY_MINUTE); // closed between two readings
    const only = idle.one();
    await settle();
    await idle.source.answer([{ id: 1, v: "a" }]);
    await only;
    assert.equal(idle.clock.waiting, 1);
    await idle.table.close();
    assert.equal(idle.clock.waiting, 0);
  }));

Deno.test("KeptTable reads outside of the message that asked first, the first time and later", () =>
  asJob(async () => {
    const { source, clock, one } = kept(EVERY_MINUTE);
    const scope = new MessageScope();
    const first = inMessageScope(scope, one);
    await settle();
    await source.answer([{ id: 1, v: "a" }]);
    await first;
    await clock.advance(60_000);
    assert.deepEqual(source.scopes, [undefined, undefined]);
    assert.equal(inMessageScope(scope, currentMessageScope), scope);
    await source.answer([]);
  }));

Deno.test("LookupTables keeps one table a declaration, forgets it when closed, and bounds how many there are", () =>
  asJob(async () => {
    const tables = new LookupTables(new ManualClock());
    const log = new RecordingLogger();
    const source = new ManualSource();
    const make = () => ({ source, shape: SHAPE, policy: ONCE });
    const table = tables.kept("a", make, log);
    assert.ok(Object.is(tables.kept("a", make, log), table));
    assert.ok(!Object.is(tables.kept("b", make, log), table));
    await table.close();
    assert.ok(!Object.is(tables.kept("a", make, log), table));
    for (let i = 2; i < 100; i++) tables.kept(`${i}`, make, log);
    assert.throws(
      () => tables.kept("one more", make, log),
      (error) =>
        error instanceof ConfigurationError && /100 different lookups.*per_message/.test(error.message),
    ); // deno-fmt-ignore
  }));
