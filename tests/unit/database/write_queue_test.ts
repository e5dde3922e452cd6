import assert from "node:assert/strict";
import fc from "fast-check";
import { PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { CommitUnknown } from "../../../src/database/commit_unknown.ts";
import type { WriteCall } from "../../../src/database/database.ts";
import { WriteQueue, type WriteTogether } from "../../../src/database/write_queue.ts";
import { tableWrite } from "./support.ts";

const nothing: WriteTogether = (calls) => Promise.resolve(calls.map(() => []));

/** A call of one row; its value says whose it is. */
const callOf = (id: number, over: Partial<WriteCall[number]> = {}): WriteCall => [
  tableWrite({ table: "t", rows: [{ id }], ...over }),
];
const idOf = (call: WriteCall) => call[0]?.rows[0]?.id as number;

/** A table in memory behind a queue: takes calls whole or not at all, and refuses some of them. */
class FakeTable {
  readonly rows: number[] = [];
  /** The calls of each transaction that was tried, by their ids. */
  readonly tried: number[][] = [];
  readonly queue: WriteQueue;
  /** Waits before each transaction, so that calls gather meanwhile. */
  gate: Promise<void> = Promise.resolve();

  constructor(errorOf: (id: number) => Error | undefined = () => undefined) {
    this.queue = new WriteQueue(async (calls, signal) => {
      const ids = calls.map(idOf);
      this.tried.push(ids);
      await this.gate;
      signal?.throwIfAborted();
      for (const id of ids) {
        const error = errorOf(id);
        if (error !== undefined) throw error;
      }
      this.rows.push(...ids);
      return calls.map((call) => call.map(({ rows }) => rows.length));
    });
  }
}

Deno.test("WriteQueue runs one piece of work at a time, in the order of arrival, past failures", () =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 12 }), async (scheduler, fates) => {
      const queue = new WriteQueue(nothing);
      const order: number[] = [];
      let running = 0;
      const results = fates.map((succeeds, i) =>
        queue.add(async () => {
          assert.equal(++running, 1);
          order.push(i);
          await scheduler.schedule(Promise.resolve());
          running--;
          if (!succeeds) throw new Error(`${i}`);
          return i;
        })
      );
      const settled = Promise.allSettled(results);
      await scheduler.waitFor(settled);
      assert.deepEqual(order, fates.map((_, i) => i));
      assert.deepEqual(
        (await settled).map((result) => result.status === "fulfilled" ? result.value : result.reason.message),
        fates.map((succeeds, i) => succeeds ? i : `${i}`),
      );
    }),
  ));

Deno.test("WriteQueue.drained() waits for work that was added while it waited", async () => {
  const queue = new WriteQueue(nothing);
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  queue.add(async () => {
    await gate.promise;
    queue.add(() => Promise.resolve(void done.push("second")));
    done.push("first");
  });
  const drained = queue.drained().then(() => done.push("drained"));
  gate.resolve();
  await drained;
  assert.deepEqual(done, ["first", "second", "drained"]);
});

Deno.test("WriteQueue writes what arrives during a transaction in the next one", async () => {
  const table = new FakeTable();
  const gate = Promise.withResolvers<void>();
  table.gate = gate.promise;
  const first = table.queue.write(callOf(0));
  await Promise.resolve(); // its turn has come
  const others = [1, 2, 3].map((id) => table.queue.write(callOf(id)));
  gate.resolve();
  assert.deepEqual(await Promise.all([first, ...others]), [[1], [1], [1], [1]]);
  assert.deepEqual(table.tried, [[0], [1, 2, 3]]);
});

Deno.test("WriteQueue fails exactly the calls that do not fit, and writes the others in their order", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (fits) => {
      const table = new FakeTable((id) => fits[id] === true ? undefined : new PermanentError(`row ${id}`));
      const settled = await Promise.allSettled(fits.map((_, id) => table.queue.write(callOf(id))));
      const good = fits.flatMap((fits, id) => fits ? [id] : []);
      assert.deepEqual(table.rows, good);
      settled.forEach((result, id) => {
        const text = result.status === "rejected" ? result.reason.message : "written";
        assert.equal(text, fits[id] === true ? "written" : `row ${id}`);
      });
    }),
  ));

Deno.test("WriteQueue tries each half by itself: one bad call of many costs few transactions", async () => {
  const table = new FakeTable((id) => id === 700 ? new PermanentError("bad") : undefined);
  await Promise.allSettled(Array.from({ length: 1000 }, (_, id) => table.queue.write(callOf(id))));
  assert.equal(table.rows.length, 999);
  assert.ok(table.tried.length <= 2 * Math.ceil(Math.log2(1000)) + 1, `${table.tried.length} transactions`);
});

Deno.test("WriteQueue fails all of them alike where the database is unavailable", async () => {
  const table = new FakeTable((id) => id === 2 ? new UnavailableError("away") : undefined);
  const settled = await Promise.allSettled([0, 1, 2, 3].map((id) => table.queue.write(callOf(id))));
  assert.deepEqual(settled.map(({ status }) => status), Array(4).fill("rejected"));
  assert.deepEqual(table.tried, [[0, 1, 2, 3]], "it is not tried call by call");
});

Deno.test("WriteQueue tries nothing again of which nobody knows whether it was written", async () => {
  const gone = new AbortController();
  const table = new FakeTable((id) => {
    if (id !== 1) return undefined;
    gone.abort(new Error("given up"));
    return new CommitUnknown(new UnavailableError("no answer"));
  });
  const calls = [0, 1, 2].map((id) => table.queue.write(callOf(id), id === 2 ? gone.signal : undefined));
  const settled = await Promise.allSettled(calls);
  assert.ok(
    settled.every((result) => result.status === "rejected" && result.reason instanceof CommitUnknown),
  );
  assert.equal(table.tried.length, 1);
});

Deno.test("WriteQueue gives up a call whose signal fires before its turn at once, and none but that", async () => {
  const table = new FakeTable();
  const gate = Promise.withResolvers<void>();
  table.gate = gate.promise;
  const gone = new AbortController();
  const first = table.queue.write(callOf(0));
  await Promise.resolve();
  const late = [1, 2, 3].map((id) => table.queue.write(callOf(id), id === 2 ? gone.signal : undefined));
  gone.abort(new Error("given up"));
  await assert.rejects(late[1] ?? Promise.resolve(), /given up/);
  gate.resolve();
  await Promise.all([first, late[0], late[2]]);
  assert.deepEqual(table.tried, [[0], [1, 3]]);
});

Deno.test("WriteQueue writes the others of a transaction again that the signal of one has ended", async () => {
  const table = new FakeTable();
  const gate = Promise.withResolvers<void>();
  table.gate = gate.promise;
  const gone = new AbortController();
  const calls = [0, 1, 2].map((id) => table.queue.write(callOf(id), id === 1 ? gone.signal : undefined));
  await new Promise((resolve) => setTimeout(resolve)); // the transaction has begun
  gone.abort(new Error("given up"));
  gate.resolve();
  await assert.rejects(calls[1] ?? Promise.resolve(), /given up/);
  await Promise.all([calls[0], calls[2]]);
  assert.deepEqual([table.tried, table.rows], [[[0, 1, 2], [0, 2]], [0, 2]]);
});

Deno.test("WriteQueue lets no call pass work that was added before it", async () => {
  const done: unknown[] = [];
  const queue = new WriteQueue((calls) => {
    done.push(calls.map(idOf));
    return Promise.resolve(calls.map(() => [1]));
  });
  const first = queue.write(callOf(0));
  const work = queue.add(() => Promise.resolve(done.push("work")));
  await Promise.all([first, work, queue.write(callOf(1)), queue.write(callOf(2))]);
  assert.deepEqual(done, [[0], "work", [1, 2]]);
});

Deno.test("WriteQueue writes a call that may make its table alone, until one of its kind has succeeded", async () => {
  const table = new FakeTable();
  const call = (id: number) => callOf(id, { createTable: true });
  await Promise.all([0, 1, 2].map((id) => table.queue.write(call(id))));
  await Promise.all([3, 4].map((id) => table.queue.write(call(id))));
  assert.deepEqual(table.tried, [[0], [1], [2], [3, 4]]);
});

Deno.test("WriteQueue gathers no more calls and rows than it should", async () => {
  const table = new FakeTable();
  const wide = (id: number) => callOf(id, { rows: Array.from({ length: 4000 }, () => ({ id })) });
  await Promise.all([0, 1, 2, 3, 4].map((id) => table.queue.write(wide(id))));
  assert.deepEqual(table.tried, [[0, 1], [2, 3], [4]]);
  await Promise.all(Array.from({ length: 1001 }, (_, id) => table.queue.write(callOf(id))));
  assert.deepEqual(table.tried.slice(3).map(({ length }) => length), [1000, 1]);
});
