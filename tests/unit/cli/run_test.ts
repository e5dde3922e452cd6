import assert from "node:assert/strict";
import { UnavailableError } from "../../../src/core/errors.ts";
import { datapy } from "./fake_context.ts";

Deno.test("datapy run calls the job's main with the further words", async () => {
  const calls: unknown[] = [];
  const jobs = { "jobs/a.ts": { main: (...args: unknown[]) => void calls.push(args) } };
  const { code, out, err } = await datapy(["run", "jobs/a.ts", "one", "--", "--two"], { jobs });
  assert.deepEqual({ code, out, err }, { code: 0, out: "", err: "" });
  assert.deepEqual(calls, [[["one", "--two"]]]);
});

Deno.test("datapy run hands on the context file that is given", async () => {
  const chosen: unknown[] = [];
  const jobs = { "jobs/a.ts": { main() {} } };
  const exitWith = (_: unknown, contextFile: string | undefined) => Promise.resolve(chosen.push(contextFile));
  await datapy(["run", "jobs/a.ts", "--context", "prod.json"], { jobs, exitWith });
  await datapy(["run", "jobs/a.ts"], { jobs, exitWith });
  assert.deepEqual(chosen, ["prod.json", undefined]);
});

Deno.test("datapy run refuses a path without a job with 64, and suggests the nearest", async () => {
  const jobs = { "jobs/orders.ts": { main() {} } };
  const typo = await datapy(["run", "jobs/order.ts"], { jobs });
  assert.equal(typo.code, 64);
  assert.match(
    typo.err,
    /Cannot run jobs\/order.ts: there is no such file; did you mean "jobs\/orders.ts"\?/,
  );
  const far = await datapy(["run", "elsewhere.ts"], { jobs });
  assert.match(far.err, /Cannot run elsewhere.ts: there is no such file\n$/);
  const folder = await datapy(["run", "jobs"], { jobs });
  assert.equal(folder.code, 64);
  assert.match(folder.err, /it is a folder/);
});

Deno.test("datapy run refuses a job without a main with 78", async () => {
  for (const exported of [{}, { main: 1 }, { default: () => {} }]) {
    const { code, err } = await datapy(["run", "a.ts"], { jobs: { "a.ts": exported } });
    assert.equal(code, 78);
    assert.match(err, /Cannot run a.ts: it exports no function main/);
  }
});

Deno.test("datapy run ends with 78 where a job cannot be loaded, and says why", async () => {
  const missing = Object.assign(new TypeError('Module not found "file:///b.ts".'), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  for (const error of [new SyntaxError("Unexpected token"), missing]) {
    const { code, err } = await datapy(["run", "a.ts"], { jobs: { "a.ts": error } });
    assert.equal(code, 78);
    assert.equal(err, `datapy: Cannot load a.ts: ${error.message}\n`);
  }
});

Deno.test("datapy run keeps the kind of what a job throws while it is loaded", async () => {
  const error = new UnavailableError("the database is away");
  const { code, err } = await datapy(["run", "a.ts"], { jobs: { "a.ts": error } });
  assert.equal(code, 1);
  assert.match(err, /the database is away/);
});
