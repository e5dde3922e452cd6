import assert from "node:assert/strict";
import { generatedPages } from "../../../scripts/docs/generate.ts";
import { isThere, readText } from "../../support/docs/pages.ts";

const HINT = 'is not what the code says: "deno task docs" writes it anew';

Deno.test("docs/mods and docs/cli.md are what `deno task docs` would write", async () => {
  const generated = await generatedPages();
  for (const [path, text] of generated) {
    assert.equal(isThere(path) ? readText(path) : "", text, `${path} ${HINT}`);
  }
  const there = [...Deno.readDirSync(new URL("../../../docs/mods/", import.meta.url))].map(({ name }) =>
    name
  );
  assert.deepEqual(
    there.filter((name) => !generated.has(`docs/mods/${name}`)),
    [],
    "a page of a mod that is gone",
  );
});

Deno.test("each page of a mod says what it counts and how it fails", async () => {
  for (const [path, text] of await generatedPages()) {
    if (!path.startsWith("docs/mods/") || path.endsWith("README.md")) continue;
    for (const heading of ["## Parameters", "## Artifacts", "## Metrics", "## Errors"]) {
      assert.ok(text.includes(`\n${heading}\n`), `${path} lacks "${heading}"`);
    }
  }
});
