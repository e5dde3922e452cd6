import assert from "node:assert/strict";
import fc from "fast-check";
import { WriteQueue } from "../../../src/database/write_queue.ts";

Deno.test("WriteQueue runs one piece of work at a time, in the order of arrival, past failures", () =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 12 }), async (scheduler, fates) => {
      const queue = new WriteQueue();
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
  const queue = new WriteQueue();
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
