import assert from "node:assert/strict";
import { ConnectionPool } from "../../../src/database/duckdb/connection_pool.ts";
import { settle } from "../../support/manual_clock.ts";

type Connection = Parameters<Parameters<ConnectionPool["use"]>[0]>[0];

/** A pool of connections that do nothing but count. */
function countingPool() {
  const counts = { opened: 0, closed: 0 };
  const pool = new ConnectionPool(() => {
    counts.opened++;
    return Promise.resolve({ closeSync: () => void counts.closed++ } as unknown as Connection);
  });
  return { pool, counts };
}

/** Work that goes on until it is told to end. */
function held(pool: ConnectionPool, signal?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let runs = false;
  const done = pool.use(async () => {
    runs = true;
    await promise;
  }, signal);
  return { done, end: resolve, fail: reject, runs: () => runs };
}

Deno.test("ConnectionPool uses four connections at a time, again and again, but none whose work failed", async () => {
  const { pool, counts } = countingPool();
  const works = Array.from({ length: 6 }, () => held(pool));
  await settle();
  assert.deepEqual(works.map(({ runs }) => runs()), [true, true, true, true, false, false]);
  works[0]?.fail(new Error("it failed"));
  works[1]?.end();
  await assert.rejects(works[0]!.done, /it failed/);
  await settle();
  assert.ok(works.every(({ runs }) => runs()));
  works.forEach(({ end }) => end());
  await Promise.allSettled(works.map(({ done }) => done));
  assert.deepEqual(counts, { opened: 5, closed: 1 });
  pool.close();
  assert.deepEqual(counts, { opened: 5, closed: 5 });
});

Deno.test("ConnectionPool hands the turn of one that was given up to the next, whatever comes first", async () => {
  for (const order of ["abort, then end", "end, then abort", "abort"] as const) {
    const { pool } = countingPool();
    const works = Array.from({ length: 4 }, () => held(pool));
    const stop = new AbortController();
    const given = held(pool, stop.signal);
    given.done.catch(() => {}); // looked at below
    const next = held(pool);
    await settle();
    if (order === "end, then abort") works[0]?.end();
    stop.abort(new Error("given up"));
    if (order === "abort, then end") works[0]?.end();
    await settle();
    if (order === "abort") works[0]?.end();
    given.end();
    if (order !== "end, then abort") await assert.rejects(given.done, /given up/, order);
    await given.done.catch(() => {});
    await settle();
    assert.ok(next.runs(), order);
    [...works, next].forEach(({ end }) => end());
    await Promise.all([...works, next].map(({ done }) => done));
  }
});
