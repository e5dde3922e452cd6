import assert from "node:assert/strict";
import type { BuildOrder } from "../../../src/cli/build/program.ts";
import { datapy, type World } from "./fake_context.ts";

const main = () => {};
const jobs = { "jobs/orders.ts": { main }, "jobs/other.ts": { main } };

/** A world whose compiler remembers what it was asked for. */
function compiling(): { readonly world: World; readonly orders: BuildOrder[] } {
  const orders: BuildOrder[] = [];
  const build = (order: BuildOrder) => (orders.push(order), Promise.resolve(177_000_000));
  const jobsIn = () => Promise.resolve([{ name: "orders", file: "jobs/orders.ts" }]);
  return { world: { jobs, builds: { build, jobsIn } }, orders };
}

Deno.test("datapy build compiles the jobs that it is given, and says how large that is", async () => {
  const { world, orders } = compiling();
  const { code, out, err } = await datapy(
    [
      "build",
      "jobs/orders.ts",
      "--out",
      "bin/x",
      "--include",
      "a",
      "--include",
      "b",
      "--allow-write",
      "data, /var",
    ],
    world,
  );
  assert.deepEqual([code, out, err], [0, "bin/x\n", "bin/x: 177 MB with orders\n"]);
  assert.deepEqual(orders, [{
    jobs: [{ name: "orders", file: "jobs/orders.ts" }],
    out: "bin/x",
    target: undefined,
    include: ["a", "b"],
    writable: ["data", "/var"],
  }]);
});

Deno.test("datapy build takes all jobs where none is named, and those of a folder", async () => {
  const { world, orders } = compiling();
  await datapy(["build"], world);
  await datapy(["build", "jobs", "--target", "aarch64-apple-darwin"], world);
  assert.deepEqual(orders.map(({ jobs }) => jobs.map(({ name }) => name)), [["orders", "other"], ["orders"]]);
  assert.deepEqual(orders.map(({ target, out }) => [target, out]), [
    [undefined, "dist/datapy"],
    ["aarch64-apple-darwin", "dist/datapy"],
  ]);
});

Deno.test("datapy build refuses what is no job, and two jobs of one name", async () => {
  const { world, orders } = compiling();
  const wrong: [words: string[], says: RegExp][] = [
    [["jobs/order.ts"], /Cannot build jobs\/order.ts: .* did you mean "jobs\/orders.ts"\?/],
    [["jobs/orders.ts", "old/orders.ts"], /jobs\/orders.ts and old\/orders.ts would both be called "orders"/],
    [["jobs", "--target", "sparc"], /--target is "sparc": expected x86_64/],
    [["jobs", "--allow-write", " , "], /expected a folder/],
  ];
  const more = { ...world, jobs: { ...jobs, "old/orders.ts": { main } } };
  for (const [words, says] of wrong) {
    const { code, err } = await datapy(["build", ...words], more);
    assert.equal(code, 64);
    assert.match(err, says);
  }
  const none = await datapy(["build"], { ...world, jobs: {} });
  assert.match(none.err, /there is no job in this folder/);
  assert.deepEqual(orders, []);
});
