import assert from "node:assert/strict";
import { pages } from "../../support/docs/pages.ts";
import { runPages } from "../../support/docs/run_page.ts";

/** How many blocks of all pages may be shown without being run. */
const MOST_IGNORED = 8;

Deno.test(`at most ${MOST_IGNORED} blocks of the pages are not run`, () => {
  const ignored = pages().flatMap(({ path, blocks }) =>
    blocks.filter((block) => block.ignored !== undefined).map(({ line, ignored }) =>
      `${path}:${line}: ${ignored}`
    )
  );
  assert.ok(ignored.length <= MOST_IGNORED, `${ignored.length} blocks are not run:\n${ignored.join("\n")}`);
});

/** The pages of the mods share a folder, so that types are checked once. */
const runnable = pages().filter(({ needs, blocks }) => needs.length === 0 && blocks.length > 0);
const ofMods = runnable.filter(({ path }) => path.startsWith("docs/mods/"));

for (const page of runnable.filter((page) => !ofMods.includes(page))) {
  Deno.test(`${page.path} has snippets that run`, () => runPages([page]));
}

Deno.test("docs/mods have snippets that run", () => runPages(ofMods));
