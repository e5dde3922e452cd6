import assert from "node:assert/strict";
import { asHelp, wrapped } from "../../../src/cli/help.ts";

Deno.test("asHelp() shortens long usage, keeps what is required, and leaves all else alone", () => {
  assert.equal(asHelp("1.2.3\n"), "1.2.3\n");
  const flags = Array.from({ length: 12 }, (_, i) => `[--flag${i} VALUE]`).join(" ");
  const text =
    `USAGE\n  datapy x (--need N) ${flags} (--too N) [--many]... [--last] <NAME>\n  datapy x [--short]\n`;
  const [, long, short] = asHelp(text).split("\n");
  assert.equal(long, "  datapy x (--need N) [OPTION]... (--too N) <NAME>");
  assert.equal(short, "  datapy x [--short]");
});

Deno.test("asHelp() says nothing of flags that are off, with colours and without", () => {
  const plain = asHelp("USAGE\n [--json]  Print JSON  [default = false]\n [--n]  N  [default = 10]\n");
  assert.match(plain, /Print JSON\n \[--n\] {2}N {2}\[default = 10\]\n/);
  const coloured = asHelp("USAGE\n [--json]  Print JSON  [\x1b[2mdefault =\x1b[22m false]\n");
  assert.match(coloured, /Print JSON\n/);
});

Deno.test("wrapped() breaks between words only, and loses none", () => {
  const text = Array.from({ length: 60 }, (_, i) => "w".repeat(i % 13 + 1)).join(" ");
  const lines = wrapped(text, "    ");
  assert.ok(lines.every((line) => line.length <= 100 && line.startsWith("    ")));
  assert.equal(lines.map((line) => line.trim()).join(" "), text);
  assert.deepEqual(wrapped("x".repeat(200), ""), ["x".repeat(200)]);
});
