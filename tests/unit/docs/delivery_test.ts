/** docs/delivery.md names a test for each of its sentences: those tests are there. */
import assert from "node:assert/strict";
import { join } from "node:path/posix";
import { isThere, readText } from "../../support/docs/pages.ts";

const PAGE = "docs/delivery.md";
const page = readText(PAGE);

/** The tests that the page links to, as `[name of the test](its file)`. */
const named = [...page.matchAll(/\[([^\]]+)\]\((\.\.\/tests\/[^)]+)\)/g)]
  .map(([, name = "", path = ""]) => ({ name: unescaped(name), file: join("docs", path) }));

/** The text of Markdown without its escapes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([_*|\\])/g, "$1");
}

Deno.test("every test that docs/delivery.md names is there", () => {
  const lost = named.filter(({ name, file }) =>
    !isThere(file) || ![`"${name}"`, `\`${name}\``].some((literal) => readText(file).includes(literal))
  );
  assert.ok(named.length > 40, `only ${named.length} are named`);
  assert.deepEqual(lost, []);
});

Deno.test("every row of a table in docs/delivery.md names a test", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!-)/.test(line));
  const without = rows.filter((row) => !row.includes("](../tests/") && !/\| Test +\|$/.test(row));
  assert.deepEqual(without.map((row) => row.slice(0, 60)), []);
});
