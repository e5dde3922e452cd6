import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import config from "../../../../deno.json" with { type: "json" };
import { contextFilesOf, secretIn } from "../../../../src/cli/build/context_files.ts";
import { entryText } from "../../../../src/cli/build/entry.ts";
import { programFlags } from "../../../../src/cli/build/flags.ts";
import { checkGraph, packagesOf } from "../../../../src/cli/build/graph.ts";
import { jobsIn } from "../../../../src/cli/job_search.ts";
import { ConfigurationError } from "../../../../src/core/errors.ts";

const disk = (files: Readonly<Record<string, string>>) => ({
  list: (folder: string) =>
    Promise.resolve(
      Object.keys(files).filter((path) => path.startsWith(`${folder}/`)).map((path) =>
        path.slice(folder.length + 1)
      ),
    ),
  readText: (path: string) => Promise.resolve(files[path]),
});

Deno.test("jobsIn() finds files that export a main, and no tests", async () => {
  const found = await jobsIn(
    "jobs",
    disk({
      "jobs/a.ts": "export async function main() {}",
      "jobs/b.js": "const main = 1;\nexport { x, main };",
      "jobs/c.mts": "export const main = () => {};",
      "jobs/a_test.ts": "export function main() {}",
      "jobs/helper.ts": "// export function main() {}\nexport const maintain = 1;",
      "jobs/notes.md": "export function main() {}",
    }),
  );
  assert.deepEqual(found, [
    { name: "a", file: "jobs/a.ts" },
    { name: "b", file: "jobs/b.js" },
    { name: "c", file: "jobs/c.mts" },
  ]);
});

Deno.test("programFlags() gives a program what the task run has, but where it may write", () => {
  const flags = programFlags(config.tasks.run.command, ["data", "/var/lib/x"]);
  assert.deepEqual([...flags].sort(), [
    "--allow-env",
    "--allow-ffi",
    "--allow-net",
    "--allow-read",
    "--allow-write=data,/var/lib/x",
    "--no-prompt",
    "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=50",
  ]);
});

Deno.test("entryText() imports the library from where the command comes, and the jobs by relative paths", () => {
  const jobs = [{ name: "orders", file: "/p/jobs/or ders.ts" }];
  const text = (folder: string, pkg?: string) =>
    entryText("/p/.datapy/build/main.ts", jobs, { folder: new URL(folder), package: pkg });
  assert.match(text(pathToFileURL("/lib/").href), /from "..\/..\/..\/lib\/src\/cli\/program\/main.ts";/);
  assert.match(text("https://host/x/"), /from "https:\/\/host\/x\/src\/cli\/program\/main.ts";/);
  assert.match(text("file:///a/", "npm:@d/d@1.0.0"), /from "npm:@d\/d@1.0.0\/program";/);
  assert.match(
    text("file:///a/"),
    /"orders": \{ file: .*, load: \(\) => import\("..\/..\/jobs\/or%20ders.ts"\) \}/,
  );
});

Deno.test("contextFilesOf() takes the JSON files beside a job that it names", async () => {
  const files = {
    "jobs/a.ts": 'setupContext(`${import.meta.dirname}/kafka_context.json`); read("gone.json");',
    "jobs/kafka_context.json": '{"kafka":{"password":"${env:KAFKA_PASSWORD}"}}',
    "jobs/other.json": '{"password":"x"}',
  };
  const found = await contextFilesOf([{ name: "a", file: "jobs/a.ts" }], disk(files));
  assert.deepEqual(found, ["jobs/kafka_context.json"]);
});

Deno.test("contextFilesOf() refuses a file with a password, without telling it", async () => {
  const files = {
    "jobs/a.ts": 'setupContext("kafka_context.json")',
    "jobs/kafka_context.json": '{"kafka":{"password":"hunter22"}}',
  };
  await assert.rejects(contextFilesOf([{ name: "a", file: "jobs/a.ts" }], disk(files)), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /jobs\/kafka_context.json holds a secret \(password\)/);
    assert.doesNotMatch(error.message, /hunter22/);
    return true;
  });
  assert.equal(secretIn('{"a":{"api_key":"${file:/x}","username":"u"}}'), undefined);
  assert.equal(secretIn("no json"), undefined);
});

Deno.test("checkGraph() refuses jobs that import another copy of the library", () => {
  const module = (specifier: string, npmPackage?: string) =>
    npmPackage === undefined ? { specifier } : { specifier, npmPackage };
  const one = { modules: [module("file:///a/src/job/run_mod.ts"), module("npm:/zod@4.6.7", "zod@4.6.7")] };
  checkGraph(one, "out");
  assert.deepEqual(packagesOf(one), ["zod@4.6.7"]);
  const two = { modules: [...one.modules, module("https://h/src/job/run_mod.ts")] };
  assert.throws(() => checkGraph(two, "out"), /file:\/\/\/a and https:\/\/h/);
  const mixed = { modules: [...one.modules, module("npm:/@datapy/datapy@0.1.0", "@datapy/datapy@0.1.0")] };
  assert.throws(() => checkGraph(mixed, "out"), /another copy of the library/);
  const broken = { modules: [{ specifier: "file:///x.ts", error: "Module not found" }] };
  assert.throws(() => checkGraph(broken, "dist/x"), /Cannot build dist\/x: Module not found/);
});
