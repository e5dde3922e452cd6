/** The command line as a process of its own: what only a real one shows. */
import assert from "node:assert/strict";
import { ChildProcess } from "../../support/child_process.ts";

const MAIN = new URL("../../../src/cli/main.ts", import.meta.url);
const job = (name: string) => new URL(`./jobs/${name}`, import.meta.url).pathname;

async function run(...words: string[]): Promise<{ code: number; errors: string; lines: string[] }> {
  await using child = new ChildProcess(MAIN, words, { NO_COLOR: "1" });
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  const { code, errors } = await child.ended();
  return { code, errors: errors.join("\n"), lines };
}

Deno.test("datapy lists the mods that come with it", async () => {
  const { code, lines, errors } = await run("mods", "list", "--json");
  assert.equal(code, 0, errors);
  const names = lines.map((line) => (JSON.parse(line) as { name: string }).name);
  for (const name of ["json_parser", "data_mapper"]) assert.ok(names.includes(name), names.join());
});

Deno.test("datapy run ends the process with the exit code of the job", async () => {
  const good = await run("run", job("good.ts"), "a", "--", "--b");
  assert.deepEqual([good.code, good.lines], [0, ['main ["a","--b"]']], good.errors);
  const bad = await run("run", job("failing.ts"));
  assert.equal(bad.code, 1);
  assert.match(bad.errors, /CRITICAL.*the job's own words/);
});

Deno.test("datapy run says what does not load", async () => {
  const broken = await run("run", job("broken.ts.txt"));
  assert.equal(broken.code, 78);
  assert.match(broken.errors, /Cannot load .*broken.ts.txt/);
});
