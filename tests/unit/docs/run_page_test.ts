import assert from "node:assert/strict";
import { readPage } from "../../support/docs/blocks.ts";
import { runPages } from "../../support/docs/run_page.ts";

const run = (...lines: string[]) => runPages([readPage("page.md", lines.join("\n"))]);

Deno.test("runPages() runs commands in the page's folder, and compares what they print", async () => {
  await run(
    "```sh file=words.txt",
    "one",
    "two",
    "```",
    "```sh",
    "cat words.txt",
    "```",
    "```text",
    "one",
    "...",
    "```",
  );
  await assert.rejects(
    run("```sh", "echo a", "```", "```text", "b", "```"),
    /page.md:1: the page states\nb\n\nbut .*\na$/s,
  );
  await assert.rejects(run("```sh", "false", "echo a", "```"), /page.md:1: exit code 1/);
});

Deno.test("runPages() stops a command at ^C, when what is stated before was printed", async () => {
  const waits = [
    "```sh",
    "echo up",
    "A=1 sh -c 'trap \"echo down; exit 0\" TERM; echo ready; while :; do sleep 0.05; done'",
    "```",
  ];
  await run(...waits, "```text", "up", "ready", "^C", "...", "down", "```");
  await assert.rejects(
    run(...waits, "```text", "up", "ready", "^C", "...", "gone", "```"),
    /the page states\nup\nready\n\^C\n\.\.\.\ngone/,
  );
  const ends = run("```sh", "echo up", "```", "```text", "down", "^C", "```");
  await assert.rejects(ends, /page.md:1: the page states/);
});

Deno.test("runPages() reads JSON", async () => {
  await run("```json", '{"a": [1]}', "```");
  await assert.rejects(run("```json", "{a: 1}", "```"), /page.md:1: the block is no JSON/);
});

Deno.test("runPages() checks the types of modules, also of a file that is written over", async () => {
  const wrong = ["```ts file=a.ts", 'export const a: number = "1";', "```"];
  await assert.rejects(run(...wrong), /types: exit code 1.*Type 'string'/s);
  await assert.rejects(run(...wrong, "```ts file=a.ts", "export const a = 1;", "```"), /types: exit code 1/);
});
