import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { inJobScope, JobLocal, JobScope } from "../../../src/core/job_scope.ts";

Deno.test("JobLocal.get() makes a value once a job, and finds it through awaits and timers", async () => {
  let made = 0;
  const local = new JobLocal(() => ({ number: ++made }));
  const ofProcess = local.get();
  const job = async () => {
    const first = local.get();
    await setImmediate();
    assert.equal(local.get(), first);
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        assert.equal(local.get(), first);
        resolve();
      })
    );
    return first;
  };
  const [a, b] = await Promise.all([inJobScope(new JobScope(), job), inJobScope(new JobScope(), job)]);
  assert.equal(new Set([ofProcess, a, b]).size, 3);
  assert.equal(local.get(), ofProcess);
  assert.equal(made, 3);
});

Deno.test("JobLocal.set() changes the value of its own job only; undefined is a value", () => {
  const local = new JobLocal<string | undefined>(() => "initial");
  const scope = new JobScope().set(local, undefined);
  inJobScope(scope, () => assert.equal(local.get(), undefined));
  inJobScope(scope, () => local.set("changed"));
  assert.deepEqual([local.get(), inJobScope(scope, () => local.get())], ["initial", "changed"]);
});
