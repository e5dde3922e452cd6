import assert from "node:assert/strict";
import { readPage } from "../../support/docs/blocks.ts";
import { stepsOf } from "../../support/docs/steps.ts";

const page = (...lines: string[]) => readPage("page.md", lines.join("\n"));

Deno.test("readPage() reads language, file and text of each block", () => {
  const { blocks, needs } = page(
    "<!-- snippets need: kafka postgres -->",
    "",
    "```ts file=jobs/hello.ts",
    "a();",
    "",
    "b();",
    "```",
    "1. in a list",
    "   ```sh",
    "   echo",
    "   ```",
    "````json",
    "{}",
    "````",
  );
  assert.deepEqual(needs, ["kafka", "postgres"]);
  assert.deepEqual(blocks, [
    { line: 3, language: "ts", file: "jobs/hello.ts", ignored: undefined, text: "a();\n\nb();" },
    { line: 9, language: "sh", file: undefined, ignored: undefined, text: "echo" },
    { line: 12, language: "json", file: undefined, ignored: undefined, text: "{}" },
  ]);
});

Deno.test("readPage() wants a reason for each block that is ignored", () => {
  const [block] = page("<!-- not run: because -->", "", "```sh ignore", "rm", "```").blocks;
  assert.equal(block?.ignored, "because");
  assert.throws(() => page("```sh ignore", "rm", "```"), /page.md:1: a block that is ignored/);
  assert.throws(() => page("<!-- not run: because -->", "```sh", "rm", "```"), /lacks "ignore"/);
});

Deno.test("readPage() refuses what it does not know, by its line", () => {
  assert.throws(() => page("", "```", "x", "```"), /page.md:2: "" is no language/);
  assert.throws(() => page("```python", "x", "```"), /"python" is no language/);
  assert.throws(() => page("```ts fil=x.ts", "x", "```"), /page.md:1: "fil=x.ts" is unknown/);
  assert.throws(() => page("```ts", "x"), /page.md:1: the block does not end/);
  assert.throws(() => page("<!-- snippets need: oracle -->"), /need "oracle"/);
});

Deno.test("stepsOf() gives a text block to the block before it", () => {
  const steps = stepsOf(page("```sh", "echo a", "```", "It prints:", "```text", "a", "```"));
  assert.deepEqual(steps, [{ kind: "sh", line: 1, text: "echo a", output: ["a"] }]);
});

Deno.test("stepsOf() refuses the output of nothing", () => {
  assert.throws(() => stepsOf(page("```text", "a", "```")), /page.md:1: a text block states/);
  assert.throws(() => stepsOf(page("```json", "1", "```", "```text", "a", "```")), /page.md:4: a text block/);
  const ignored = ["<!-- not run: x -->", "```sh ignore", "a", "```", "```text", "a", "```"];
  assert.throws(() => stepsOf(page(...ignored)), /page.md:5: a text block/);
  assert.throws(() => stepsOf(page("```sh", "b", "```", ...ignored)), /page.md:8: a text block/);
  assert.throws(
    () => stepsOf(page("```ts", "a", "```", "```text", "^C", "```")),
    /only commands are stopped/,
  );
});
