import assert from "node:assert/strict";
import { closeResources, trackResource } from "../../../src/core/resources.ts";
import { within } from "../../support/wait_for.ts";

const close = (boundMs: number) => within(closeResources(boundMs), "closing");

Deno.test("closeResources closes the newest first, each after the one before, and each once", async () => {
  const order: string[] = [];
  for (const name of ["database", "connection", "producer"]) {
    trackResource({
      name,
      async close() {
        order.push(`begin ${name}`);
        await Promise.resolve();
        order.push(`end ${name}`);
      },
    });
  }
  const untrack = trackResource({ name: "closed earlier", close: () => Promise.reject(new Error("twice")) });
  untrack();
  assert.deepEqual(await close(10_000), []);
  assert.deepEqual(order, [
    "begin producer",
    "end producer",
    "begin connection",
    "end connection",
    "begin database",
    "end database",
  ]);
  assert.deepEqual(await close(10_000), []);
  assert.equal(order.length, 6);
});

Deno.test("closeResources reports what fails or hangs, and closes the others all the same", async () => {
  const closed: string[] = [];
  const track = (name: string, work: () => Promise<void>) =>
    trackResource({ name, close: () => (closed.push(name), work()) });
  track("oldest", () => Promise.resolve());
  track("hangs", () => new Promise(() => {}));
  track("rejects", () => Promise.reject(new Error("broken")));
  track("throws", () => {
    throw new Error("at once");
  });
  const failed = await close(60);
  assert.deepEqual(closed, ["throws", "rejects", "hangs", "oldest"]);
  assert.deepEqual(failed.map(({ name, reason }) => `${name}: ${(reason as Error).message}`), [
    "throws: at once",
    "rejects: broken",
    "hangs: it did not close within 60 ms",
  ]);
});

Deno.test("closeResources waits for a slow one while there is time, beyond its share", async () => {
  const gate = Promise.withResolvers<void>();
  trackResource({ name: "old", close: () => Promise.resolve(gate.resolve()) });
  trackResource({ name: "waits for the old one", close: () => gate.promise });
  assert.deepEqual(await close(200), []);
});

Deno.test("closeResources also closes what is opened while it closes", async () => {
  let late = false;
  trackResource({
    name: "opens another",
    close() {
      trackResource({ name: "late", close: () => Promise.resolve(void (late = true)) });
      return Promise.resolve();
    },
  });
  assert.deepEqual(await close(10_000), []);
  assert.equal(late, true);
});

Deno.test("closeResources: one that fails after the bound is no unhandled rejection", async () => {
  const gate = Promise.withResolvers<void>();
  trackResource({ name: "late", close: () => gate.promise });
  const failed = await close(1);
  gate.reject(new Error("too late"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(failed.length, 1);
});
