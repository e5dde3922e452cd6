import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import { isThere, linked, readText } from "../../support/docs/pages.ts";

/** The page without its code: what looks like a link there is none. */
const withoutCode = (text: string) =>
  text.replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2$/gm, "").replaceAll(/`[^`\n]*`/g, "``");

/** Links as `[text](target)` and images alike. */
const linksIn = (text: string) =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to);

/** The anchors that a forge makes of headings. */
function anchorsOf(text: string): readonly string[] {
  const headings = text.replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2$/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

for (const page of linked) {
  Deno.test(`${page} links to what is there`, () => {
    const wrong = linksIn(readText(page)).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      if (!isThere(file)) return true;
      return anchor !== undefined && !anchorsOf(readText(file)).includes(anchor);
    });
    assert.deepEqual(wrong, []);
  });
}

Deno.test("docs/README.md links to every page beside it", () => {
  const links = linksIn(readText("docs/README.md"));
  const there = [...Deno.readDirSync(new URL("../../../docs/", import.meta.url))].map((
    { name, isDirectory },
  ) => isDirectory ? `${name}/README.md` : name);
  assert.deepEqual(there.filter((name) => name !== "README.md" && !links.includes(name)), []);
});
